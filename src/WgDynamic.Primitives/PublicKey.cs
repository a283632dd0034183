using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace WgDynamic;

/// <summary>
/// A peer's Curve25519 public key: 32 bytes, written as 44 characters of base64 as <c>wg(8)</c> does.
/// It is the identity of a peer, so it is what leases, reservations and history are kept by.
/// </summary>
/// <remarks>
/// There is deliberately no type for private keys here: nothing in this project needs one,
/// and what does not exist cannot be printed.
/// </remarks>
public readonly struct PublicKey : IEquatable<PublicKey>, IComparable<PublicKey>
{
    /// <summary>The length of a key, in bytes (<c>WG_KEY_LEN</c>, linux/wireguard.h).</summary>
    public const int ByteLength = 32;

    /// <summary>The length of a key as text, in characters.</summary>
    public const int TextLength = 44;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>Makes a key of its bytes.</summary>
    /// <param name="bytes">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">There are not 32 bytes.</exception>
    public PublicKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != ByteLength)
            throw new ArgumentException($"A public key has {ByteLength} bytes, not {bytes.Length}.", nameof(bytes));

        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Writes the 32 bytes of the key.</summary>
    /// <param name="destination">At least 32 bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter.</exception>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>Reads a key from its base64 text; nothing else may stand around it.</summary>
    /// <param name="text">44 characters of base64.</param>
    /// <param name="key">The key, if the text is one.</param>
    /// <returns>Whether the text is a key.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out PublicKey key)
    {
        Span<byte> utf8 = stackalloc byte[TextLength];
        if (text.Length == TextLength && System.Text.Ascii.FromUtf16(text, utf8, out _) == OperationStatus.Done)
            return TryParse(utf8, out key);
        key = default;
        return false;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out PublicKey)"/>
    public static bool TryParse(ReadOnlySpan<byte> text, out PublicKey key)
    {
        key = default;
        // 44 characters, the last of which is padding: 43 * 6 = 258 bits, of which 256 count.
        // Base64 decoders skip white space, and ours must not; and the two spare bits must be
        // zero, or one key would have four spellings.
        if (text.Length != TextLength || text[^1] != (byte)'=' || text.ContainsAny(" \t\r\n"u8))
            return false;
        Span<byte> bytes = stackalloc byte[ByteLength + 1];
        if (Base64.DecodeFromUtf8(text, bytes, out int consumed, out int written) != OperationStatus.Done
            || consumed != TextLength || written != ByteLength)
            return false;
        Span<byte> canonical = stackalloc byte[TextLength];
        _ = Base64.EncodeToUtf8(bytes[..ByteLength], canonical, out _, out _);
        if (!canonical.SequenceEqual(text))
            return false;
        key = new PublicKey(bytes[..ByteLength]);
        return true;
    }

    /// <summary>Reads a key from its base64 text.</summary>
    /// <param name="text">44 characters of base64.</param>
    /// <returns>The key.</returns>
    /// <exception cref="FormatException">The text is not a key.</exception>
    public static PublicKey Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out PublicKey key)
            ? key
            // The text may be a private key pasted into the wrong place: it is not repeated.
            : throw new FormatException($"Not a WireGuard key: expected {TextLength} characters of base64, ending in '='.");

    /// <summary>The key as base64, 44 characters.</summary>
    /// <returns>The text that <c>wg show</c> prints for it.</returns>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[ByteLength];
        CopyTo(bytes);
        return Convert.ToBase64String(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(PublicKey other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is PublicKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_a, _b, _c, _d);

    /// <summary>Orders keys by their bytes.</summary>
    /// <param name="other">The other key.</param>
    /// <returns>Less than, equal to or greater than zero.</returns>
    public int CompareTo(PublicKey other)
    {
        int order = _a.CompareTo(other._a);
        if (order == 0)
            order = _b.CompareTo(other._b);
        if (order == 0)
            order = _c.CompareTo(other._c);
        return order != 0 ? order : _d.CompareTo(other._d);
    }

    /// <summary>Whether two keys are the same.</summary>
    public static bool operator ==(PublicKey left, PublicKey right) => left.Equals(right);

    /// <summary>Whether two keys differ.</summary>
    public static bool operator !=(PublicKey left, PublicKey right) => !left.Equals(right);

    /// <summary>Orders keys by their bytes.</summary>
    public static bool operator <(PublicKey left, PublicKey right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(PublicKey left, PublicKey right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(PublicKey left, PublicKey right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(PublicKey left, PublicKey right) => left.CompareTo(right) >= 0;
}
