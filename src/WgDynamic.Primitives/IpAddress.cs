using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WgDynamic;

/// <summary>
/// An IPv4 or IPv6 address as a value of 128 bits at most: comparable, countable and free of allocation,
/// which <see cref="IPAddress"/> is not. Scope identifiers are not part of it.
/// </summary>
/// <remarks>IPv4-mapped IPv6 addresses (<c>::ffff:192.0.2.1</c>) are IPv6 addresses here, never IPv4.</remarks>
public readonly struct IpAddress : IEquatable<IpAddress>, IComparable<IpAddress>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>The longest text of an address, in characters: an IPv6 address with an IPv4 tail.</summary>
    public const int MaxTextLength = 45;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly bool _isIPv6;

    internal IpAddress(UInt128 bits, bool isIPv6)
    {
        _high = (ulong)(bits >> 64);
        _low = (ulong)bits;
        _isIPv6 = isIPv6;
    }

    /// <summary>The address whose number, most significant bit first, is <paramref name="bits"/>.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="bits">The number; for IPv4 below 2^32.</param>
    /// <exception cref="ArgumentOutOfRangeException">The family is neither, or the number is too large for it.</exception>
    public IpAddress(AddressFamily family, UInt128 bits)
        : this(bits, family == AddressFamily.InterNetworkV6)
    {
        if (family is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
            throw new ArgumentOutOfRangeException(nameof(family), family, "Neither IPv4 nor IPv6.");
        if (family == AddressFamily.InterNetwork)
            ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, uint.MaxValue);
    }

    /// <summary>The address of 4 or 16 bytes in network order.</summary>
    /// <param name="bytes">4 bytes for IPv4, 16 for IPv6.</param>
    /// <exception cref="ArgumentException">Neither 4 nor 16 bytes.</exception>
    public IpAddress(ReadOnlySpan<byte> bytes)
    {
        this = bytes.Length switch
        {
            4 => new IpAddress(BinaryPrimitives.ReadUInt32BigEndian(bytes), isIPv6: false),
            16 => new IpAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes), isIPv6: true),
            _ => throw new ArgumentException($"An address has 4 or 16 bytes, not {bytes.Length}.", nameof(bytes)),
        };
    }

    /// <summary>The same address as a value; a scope identifier is dropped.</summary>
    /// <param name="address">An address of the base class library.</param>
    public static IpAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out int written);
        return new IpAddress(bytes[..written]);
    }

    /// <summary><see cref="AddressFamily.InterNetwork"/> or <see cref="AddressFamily.InterNetworkV6"/>.</summary>
    public AddressFamily Family => _isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    /// <summary>Whether this is an IPv6 address.</summary>
    public bool IsIPv6 => _isIPv6;

    /// <summary>32 for IPv4, 128 for IPv6.</summary>
    public int BitLength => _isIPv6 ? 128 : 32;

    /// <summary>4 for IPv4, 16 for IPv6.</summary>
    public int ByteLength => _isIPv6 ? 16 : 4;

    /// <summary>The address as a number, most significant bit first.</summary>
    public UInt128 Bits => new(_high, _low);

    /// <summary>Whether all bits are zero: <c>0.0.0.0</c> or <c>::</c>.</summary>
    public bool IsUnspecified => (_high | _low) == 0;

    /// <summary>Whether it is of <c>fe80::/10</c> (RFC 4291) or <c>169.254.0.0/16</c> (RFC 3927).</summary>
    public bool IsLinkLocal => _isIPv6 ? _high >> 54 == 0xfe80 >> 6 : _low >> 16 == 0xa9fe;

    /// <summary>Whether it is of <c>ff00::/8</c> (RFC 4291) or <c>224.0.0.0/4</c> (RFC 5771).</summary>
    public bool IsMulticast => _isIPv6 ? _high >> 56 == 0xff : _low >> 28 == 0xe;

    /// <summary>Whether it is <c>::1</c> or of <c>127.0.0.0/8</c>.</summary>
    public bool IsLoopback => _isIPv6 ? _high == 0 && _low == 1 : _low >> 24 == 127;

    /// <summary>Writes the address in network order.</summary>
    /// <param name="destination">At least <see cref="ByteLength"/> bytes.</param>
    /// <returns>How many bytes were written: 4 or 16.</returns>
    public int CopyTo(Span<byte> destination)
    {
        if (_isIPv6)
            BinaryPrimitives.WriteUInt128BigEndian(destination, Bits);
        else
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
        return ByteLength;
    }

    /// <summary>The same address for the base class library.</summary>
    /// <param name="scopeId">The index of the interface, for a link-local IPv6 address.</param>
    public IPAddress ToIPAddress(long scopeId = 0)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes = bytes[..CopyTo(bytes)];
        return scopeId == 0 ? new IPAddress(bytes) : new IPAddress(bytes, scopeId);
    }

    /// <summary>Reads an address in its usual text form; scope identifiers, ports, brackets and the
    /// historical short IPv4 forms (<c>127.1</c>, <c>0x7f.1</c>, <c>010.0.0.1</c>) are refused.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">The address, if the text is one.</param>
    /// <returns>Whether the text is an address.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out IpAddress address)
    {
        address = default;
        if (text.Length > MaxTextLength)
            return false;
        if (text.Contains((byte)':'))
        {
            if (!IPv6Text.TryParse(text, out UInt128 bits))
                return false;
            address = new IpAddress(bits, isIPv6: true);
            return true;
        }

        if (!TryParseIPv4(text, out uint number))
            return false;
        address = new IpAddress(number, isIPv6: false);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out IpAddress)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        Span<byte> utf8 = stackalloc byte[MaxTextLength];
        if (text.Length <= MaxTextLength && Ascii.FromUtf16(text, utf8, out int written) == OperationStatus.Done)
            return TryParse(utf8[..written], out address);
        address = default;
        return false;
    }

    /// <summary>Reads an address in its usual text form.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The address.</returns>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public static IpAddress Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out IpAddress address) ? address : throw new FormatException($"Not an IP address: '{text}'.");

    // Four decimal numbers of up to three digits without leading zeros: what inet_pton(3) takes.
    // IPAddress.TryParse takes the historical forms as well, and reads 010 as octal.
    internal static bool TryParseIPv4(ReadOnlySpan<byte> text, out uint bits)
    {
        bits = 0;
        for (int part = 0; part < 4; part++)
        {
            int length = part < 3 ? text.IndexOf((byte)'.') : text.Length;
            if (length is < 1 or > 3 || (length > 1 && text[0] == (byte)'0'))
                return false;
            uint value = 0;
            foreach (byte digit in text[..length])
            {
                if (digit is < (byte)'0' or > (byte)'9')
                    return false;
                value = (value * 10) + (digit - (uint)'0');
            }

            if (value > 255)
                return false;
            bits = (bits << 8) | value;
            text = text[(part < 3 ? length + 1 : length)..];
        }

        return true;
    }

    internal static int FormatIPv4(uint bits, Span<byte> destination)
    {
        int length = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            if (!((byte)(bits >> shift)).TryFormat(destination[length..], out int digits))
                return 0;
            length += digits;
            if (shift == 0)
                break;
            if (length == destination.Length)
                return 0;
            destination[length++] = (byte)'.';
        }

        return length;
    }

    /// <summary>The usual text form: dotted decimal, or RFC 5952.</summary>
    public override string ToString() => string.Create(null, stackalloc char[MaxTextLength], $"{this}");

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <summary>Writes the usual text form.</summary>
    /// <param name="destination">45 characters always suffice.</param>
    /// <param name="charsWritten">How many were written.</param>
    /// <param name="format">Ignored: there is one form.</param>
    /// <param name="provider">Ignored.</param>
    /// <returns>Whether it fitted.</returns>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        Span<byte> utf8 = stackalloc byte[MaxTextLength];
        _ = TryFormat(utf8, out int length);
        charsWritten = 0;
        return destination.Length >= length
            && Ascii.ToUtf16(utf8[..length], destination, out charsWritten) == OperationStatus.Done;
    }

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider?)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        if (_isIPv6)
            return IPv6Text.TryFormat(Bits, utf8Destination, out bytesWritten);
        bytesWritten = FormatIPv4((uint)_low, utf8Destination);
        return bytesWritten > 0;
    }

    /// <inheritdoc/>
    public bool Equals(IpAddress other) => _high == other._high && _low == other._low && _isIPv6 == other._isIPv6;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is IpAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low, _isIPv6);

    /// <summary>IPv4 before IPv6, then by number.</summary>
    /// <param name="other">The other address.</param>
    /// <returns>Less than, equal to or greater than zero.</returns>
    public int CompareTo(IpAddress other) =>
        _isIPv6 != other._isIPv6 ? _isIPv6.CompareTo(other._isIPv6) : Bits.CompareTo(other.Bits);

    /// <summary>Whether two addresses are the same.</summary>
    public static bool operator ==(IpAddress left, IpAddress right) => left.Equals(right);

    /// <summary>Whether two addresses differ.</summary>
    public static bool operator !=(IpAddress left, IpAddress right) => !left.Equals(right);

    /// <summary>IPv4 before IPv6, then by number.</summary>
    public static bool operator <(IpAddress left, IpAddress right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(IpAddress left, IpAddress right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(IpAddress left, IpAddress right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(IpAddress left, IpAddress right) => left.CompareTo(right) >= 0;
}
