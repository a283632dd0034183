using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Text;

namespace WgDynamic;

/// <summary>
/// Addresses of one family from a first to a last, both included: a prefix such as <c>10.66.0.0/24</c>, or what no
/// prefix can say, such as <c>10.66.0.10-10.66.0.99</c>.
/// </summary>
public readonly struct IpRange : IEquatable<IpRange>, IComparable<IpRange>, ISpanFormattable
{
    /// <summary>The longest text of a range, in characters: two addresses and the hyphen.</summary>
    public const int MaxTextLength = (2 * IpAddress.MaxTextLength) + 1;

    private readonly IpAddress _first;
    private readonly IpAddress _last;

    /// <summary>The range of two addresses and all between them.</summary>
    /// <param name="first">The lowest address.</param>
    /// <param name="last">The highest address; the same for a range of one.</param>
    /// <exception cref="ArgumentException">They are of two families, or the last lies below the first.</exception>
    public IpRange(IpAddress first, IpAddress last)
    {
        if (first.Family != last.Family || last < first)
            throw new ArgumentException($"{first} to {last} is not a range of addresses.", nameof(last));
        (_first, _last) = (first, last);
    }

    /// <summary>All addresses of a prefix.</summary>
    /// <param name="prefix">The prefix.</param>
    public static IpRange FromPrefix(IpPrefix prefix) => new(prefix.Address, prefix.Last);

    /// <summary>The lowest address.</summary>
    public IpAddress First => _first;

    /// <summary>The highest address, which is a part of the range.</summary>
    public IpAddress Last => _last;

    /// <summary>IPv4 or IPv6.</summary>
    public AddressFamily Family => _first.Family;

    /// <summary>How many addresses it has, at least 1; for all of IPv6, whose 2^128 do not fit, <see cref="UInt128.MaxValue"/>.</summary>
    public UInt128 Count
    {
        get
        {
            UInt128 lastOffset = _last.Bits - _first.Bits;
            return lastOffset == UInt128.MaxValue ? lastOffset : lastOffset + 1;
        }
    }

    /// <summary>Whether the address lies in the range; never across families.</summary>
    /// <param name="address">An address.</param>
    public bool Contains(IpAddress address) => address.Family == Family && address >= _first && address <= _last;

    /// <summary>Whether every address of <paramref name="other"/> lies in this range; a range contains itself.</summary>
    /// <param name="other">A range.</param>
    public bool Contains(IpRange other) => Contains(other._first) && Contains(other._last);

    /// <summary>Whether any address lies in both.</summary>
    /// <param name="other">A range.</param>
    public bool Overlaps(IpRange other) => Family == other.Family && _first <= other._last && other._first <= _last;

    /// <summary>The prefix that has the very same addresses, if there is one.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGetPrefix(out IpPrefix prefix)
    {
        // The bits in which the ends differ are the host bits of a prefix if they are the lowest ones, and zero in
        // the first address. The sum wraps to 0 where all 128 differ, as it should.
        UInt128 difference = _first.Bits ^ _last.Bits;
        bool isPrefix = (difference & unchecked(difference + 1)) == 0 && (_first.Bits & difference) == 0;
        prefix = isPrefix ? IpPrefix.Containing(_first, _first.BitLength - (int)UInt128.PopCount(difference)) : default;
        return isPrefix;
    }

    /// <summary>
    /// Reads <c>first-last</c>, <c>address/length</c> or one address, without spaces. Host bits of a prefix must be
    /// zero, and the last address must not lie below the first.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="range">The range, if the text is one.</param>
    /// <returns>Whether the text is a range.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out IpRange range)
    {
        range = default;
        Span<byte> utf8 = stackalloc byte[MaxTextLength];
        return text.Length <= MaxTextLength
            && Ascii.FromUtf16(text, utf8, out int written) == OperationStatus.Done
            && TryParse(utf8[..written], out range);
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out IpRange)"/>
    public static bool TryParse(ReadOnlySpan<byte> text, out IpRange range)
    {
        range = default;
        int hyphen = text.IndexOf((byte)'-');
        if (hyphen < 0)
        {
            if (!IpPrefix.TryParse(text, out IpPrefix prefix))
                return false;
            range = FromPrefix(prefix);
            return true;
        }

        if (!IpAddress.TryParse(text[..hyphen], out IpAddress first) || !IpAddress.TryParse(text[(hyphen + 1)..], out IpAddress last)
            || first.Family != last.Family || last < first)
        {
            return false;
        }

        range = new IpRange(first, last);
        return true;
    }

    /// <summary>Reads <c>first-last</c>, <c>address/length</c> or one address, without spaces.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The range.</returns>
    /// <exception cref="FormatException">The text is not a range.</exception>
    public static IpRange Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out IpRange range) ? range : throw new FormatException($"Not a range of addresses (or host bits are set): '{text}'.");

    /// <summary>The prefix where it is one (a single address with its <c>/32</c> or <c>/128</c>), else <c>first-last</c>.</summary>
    public override string ToString() => TryGetPrefix(out IpPrefix prefix) ? prefix.ToString() : $"{_first}-{_last}";

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        TryGetPrefix(out IpPrefix prefix)
            ? prefix.TryFormat(destination, out charsWritten, format, provider)
            : destination.TryWrite($"{_first}-{_last}", out charsWritten);

    /// <inheritdoc/>
    public bool Equals(IpRange other) => _first == other._first && _last == other._last;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is IpRange other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_first, _last);

    /// <summary>By first address, then the longer first, as prefixes do: a range comes right before what it contains.</summary>
    /// <param name="other">The other range.</param>
    /// <returns>Less than, equal to or greater than zero.</returns>
    public int CompareTo(IpRange other)
    {
        int order = _first.CompareTo(other._first);
        return order != 0 ? order : other._last.CompareTo(_last);
    }

    /// <summary>Whether two ranges are the same.</summary>
    public static bool operator ==(IpRange left, IpRange right) => left.Equals(right);

    /// <summary>Whether two ranges differ.</summary>
    public static bool operator !=(IpRange left, IpRange right) => !left.Equals(right);

    /// <summary>By first address, then the longer first.</summary>
    public static bool operator <(IpRange left, IpRange right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(IpRange left, IpRange right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(IpRange left, IpRange right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(IpRange left, IpRange right) => left.CompareTo(right) >= 0;
}
