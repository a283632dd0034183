using System.IO.Hashing;

namespace WgDynamic.Leasing;

/// <summary>The keyed hash that picks an address for a peer: the same key, peer and pool always give the same.</summary>
internal static class AddressHash
{
    public static UInt128 Compute(PublicKey key, PublicKey peer, IpPrefix pool)
    {
        Span<byte> input = stackalloc byte[(2 * PublicKey.ByteLength) + 17];
        key.CopyTo(input);
        peer.CopyTo(input[PublicKey.ByteLength..]);
        input[^1] = (byte)pool.Length;
        int length = pool.Address.CopyTo(input[(2 * PublicKey.ByteLength)..^1]);
        input[((2 * PublicKey.ByteLength) + length)..^1].Clear();
        return XxHash128.HashToUInt128(input);
    }
}
