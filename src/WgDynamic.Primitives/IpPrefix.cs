using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace WgDynamic;

/// <summary>
/// A prefix such as <c>192.0.2.0/24</c> or <c>2001:db8::/64</c>. The bits behind the prefix length, the host bits,
/// are always zero: <see cref="Containing"/> clears them, <see cref="TryParse(ReadOnlySpan{char}, out IpPrefix)"/> refuses them.
/// </summary>
public readonly struct IpPrefix : IEquatable<IpPrefix>, IComparable<IpPrefix>, ISpanFormattable
{
    /// <summary>The longest text of a prefix, in characters.</summary>
    public const int MaxTextLength = IpAddress.MaxTextLength + 4;

    // Not an IpAddress and a length, which with what lies unused between them would be a third more: a hub has many.
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly bool _isIPv6;
    private readonly byte _length;

    private IpPrefix(IpAddress address, int length)
    {
        UInt128 bits = address.Bits;
        (_high, _low) = ((ulong)(bits >> 64), (ulong)bits);
        _isIPv6 = address.IsIPv6;
        _length = (byte)length;
    }

    /// <summary>The prefix of <paramref name="length"/> bits that <paramref name="address"/> lies in; host bits are cleared, as WireGuard does with AllowedIPs.</summary>
    /// <param name="address">Any address of the prefix.</param>
    /// <param name="length">0 to 32 for IPv4, 0 to 128 for IPv6.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is too large for the family, or negative.</exception>
    public static IpPrefix Containing(IpAddress address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, address.BitLength);
        return new IpPrefix(new IpAddress(address.Family, address.Bits & ~HostMask(address.BitLength - length)), length);
    }

    /// <summary>The prefix that holds one address: <c>/32</c> or <c>/128</c>.</summary>
    /// <param name="address">The address.</param>
    public static IpPrefix Host(IpAddress address) => new(address, address.BitLength);

    /// <summary>The lowest address: the one that is written in front of the slash.</summary>
    public IpAddress Address => new(new UInt128(_high, _low), _isIPv6);

    /// <summary>The prefix length in bits: 0 to 32 for IPv4, 0 to 128 for IPv6.</summary>
    public int Length => _length;

    /// <summary>IPv4 or IPv6.</summary>
    public AddressFamily Family => Address.Family;

    /// <summary>Whether it holds one address only.</summary>
    public bool IsHost => _length == BitLength;

    /// <summary>The highest address.</summary>
    public IpAddress Last => new(Family, Bits | HostMask(HostBits));

    /// <summary>The offset of the highest address: one less than the count of addresses, which for <c>::/0</c> does not fit 128 bits.</summary>
    public UInt128 LastOffset => HostMask(HostBits);

    private int HostBits => BitLength - _length;

    private int BitLength => _isIPv6 ? 128 : 32;

    private UInt128 Bits => new(_high, _low);

    /// <summary>Whether the address lies in the prefix; never across families.</summary>
    /// <param name="address">An address.</param>
    public bool Contains(IpAddress address) =>
        address.IsIPv6 == _isIPv6 && (address.Bits & ~HostMask(HostBits)) == Bits;

    /// <summary>Whether every address of <paramref name="other"/> lies in this prefix; a prefix contains itself.</summary>
    /// <param name="other">A prefix.</param>
    public bool Contains(IpPrefix other) => other._length >= _length && Contains(other.Address);

    /// <summary>Whether any address lies in both, which for prefixes means that one contains the other.</summary>
    /// <param name="other">A prefix.</param>
    public bool Overlaps(IpPrefix other) => Contains(other) || other.Contains(this);

    /// <summary>The address at an offset from the lowest.</summary>
    /// <param name="offset">0 to <see cref="LastOffset"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset lies outside.</exception>
    public IpAddress this[UInt128 offset]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, LastOffset);
            return new IpAddress(Family, Bits + offset);
        }
    }

    /// <summary>How far an address lies above the lowest.</summary>
    /// <param name="address">An address of the prefix.</param>
    /// <returns>0 to <see cref="LastOffset"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address lies outside.</exception>
    public UInt128 OffsetOf(IpAddress address) =>
        Contains(address) ? address.Bits - Bits : throw new ArgumentOutOfRangeException(nameof(address), $"{address} is not in {this}.");

    /// <summary>Reads <c>address/length</c>; without a length it is one address. Host bits must be zero.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prefix">The prefix, if the text is one.</param>
    /// <returns>Whether the text is a prefix.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        Span<byte> utf8 = stackalloc byte[MaxTextLength];
        if (text.Length <= MaxTextLength && System.Text.Ascii.FromUtf16(text, utf8, out int written) == System.Buffers.OperationStatus.Done)
            return TryParse(utf8[..written], out prefix);
        prefix = default;
        return false;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out IpPrefix)"/>
    public static bool TryParse(ReadOnlySpan<byte> text, out IpPrefix prefix)
    {
        prefix = default;
        if (!TrySplit(text, out IpAddress address, out int length))
            return false;
        prefix = Containing(address, length);
        return prefix.Bits == address.Bits;
    }

    /// <summary>Reads <c>address/length</c> and keeps the whole address, host bits and all, as interface addresses and the wire need it.</summary>
    /// <param name="text">The text; without a length, the whole address counts.</param>
    /// <param name="address">The address in front of the slash.</param>
    /// <param name="length">0 to 32 or 0 to 128: digits only, no sign, no leading zero.</param>
    /// <returns>Whether the text has this form.</returns>
    public static bool TrySplit(ReadOnlySpan<byte> text, out IpAddress address, out int length)
    {
        length = 0;
        int slash = text.IndexOf((byte)'/');
        if (!IpAddress.TryParse(slash < 0 ? text : text[..slash], out address))
            return false;
        if (slash < 0)
        {
            length = address.BitLength;
            return true;
        }

        ReadOnlySpan<byte> digits = text[(slash + 1)..];
        if (digits.Length is 0 or > 3 || (digits.Length > 1 && digits[0] == (byte)'0'))
            return false;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            length = (length * 10) + (digit - '0');
        }

        return length <= address.BitLength;
    }

    /// <summary>Reads <c>address/length</c>; host bits must be zero.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The prefix.</returns>
    /// <exception cref="FormatException">The text is not a prefix.</exception>
    public static IpPrefix Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException($"Not a prefix (or host bits are set): '{text}'.");

    /// <summary><c>address/length</c>, the length always written.</summary>
    public override string ToString() => $"{Address}/{_length}";

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        destination.TryWrite($"{Address}/{_length}", out charsWritten);

    /// <inheritdoc/>
    public bool Equals(IpPrefix other) => _high == other._high && _low == other._low && _length == other._length && _isIPv6 == other._isIPv6;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is IpPrefix other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low, _length, _isIPv6);

    /// <summary>By lowest address, then the wider first: a prefix comes right before what it contains.</summary>
    /// <param name="other">The other prefix.</param>
    /// <returns>Less than, equal to or greater than zero.</returns>
    public int CompareTo(IpPrefix other)
    {
        int order = Address.CompareTo(other.Address);
        return order != 0 ? order : _length.CompareTo(other._length);
    }

    /// <summary>Whether two prefixes are the same.</summary>
    public static bool operator ==(IpPrefix left, IpPrefix right) => left.Equals(right);

    /// <summary>Whether two prefixes differ.</summary>
    public static bool operator !=(IpPrefix left, IpPrefix right) => !left.Equals(right);

    /// <summary>By lowest address, then the wider first.</summary>
    public static bool operator <(IpPrefix left, IpPrefix right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(IpPrefix left, IpPrefix right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(IpPrefix left, IpPrefix right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(IpPrefix left, IpPrefix right) => left.CompareTo(right) >= 0;

    // Shifting a UInt128 by 128 shifts by 0, so the two ends need care.
    private static UInt128 HostMask(int hostBits) => hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
}
