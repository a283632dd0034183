using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace WgDynamic.Netlink;

/// <summary>The pieces of the userspace protocol's lines: <c>key=value</c>, keys of peers as 64 hexadecimal digits.</summary>
internal static class UapiText
{
    private const int KeyDigits = 2 * PublicKey.ByteLength;

    /// <summary>Splits a line.</summary>
    /// <exception cref="NetlinkException">It has no <c>=</c>.</exception>
    public static LineParts Split(ReadOnlySpan<byte> line)
    {
        int equals = line.IndexOf((byte)'=');
        // What the line says may be a key that nobody shall see: it is not repeated.
        if (equals < 0)
            NetlinkException.ThrowMalformed("a line without '='");
        return new LineParts(line[..equals], line[(equals + 1)..]);
    }

    public static PublicKey ReadKey(ReadOnlySpan<byte> value)
    {
        Span<byte> bytes = stackalloc byte[PublicKey.ByteLength];
        return value.Length == KeyDigits && Convert.FromHexString(value, bytes, out _, out _) == OperationStatus.Done
            ? new PublicKey(bytes)
            : throw Malformed(value);
    }

    public static T Read<T>(ReadOnlySpan<byte> value)
        where T : struct, IBinaryInteger<T> =>
        T.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out T number) ? number : throw Malformed(value);

    public static NetlinkException Malformed(ReadOnlySpan<byte> value) =>
        NetlinkException.Malformed($"'{Encoding.UTF8.GetString(value)}' in an answer");

    /// <summary>Writes a peer's key.</summary>
    public static void WriteKey(IBufferWriter<byte> output, PublicKey key)
    {
        Span<byte> bytes = stackalloc byte[PublicKey.ByteLength];
        key.CopyTo(bytes);
        output.Write("public_key="u8);
        _ = Convert.TryToHexStringLower(bytes, output.GetSpan(KeyDigits), out int written);
        output.Advance(written);
        output.Write("\n"u8);
    }

    /// <summary>Two parts of a line.</summary>
    internal readonly ref struct LineParts(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        private readonly ReadOnlySpan<byte> _key = key;
        private readonly ReadOnlySpan<byte> _value = value;

        public void Deconstruct(out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
        {
            key = _key;
            value = _value;
        }
    }
}
