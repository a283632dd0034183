using System.IO.Hashing;

namespace WgDynamic.Leasing;

/// <summary>The keyed hash that picks an address for a peer: the same key, peer and pool always give the same.</summary>
internal static class AddressHash
{
    private const int MaxAddressBytes = 16;

    public static UInt128 Compute(PublicKey key, PublicKey peer, IpRange pool)
    {
        Span<byte> input = stackalloc byte[2 * (PublicKey.ByteLength + MaxAddressBytes)];
        input.Clear();
        key.CopyTo(input);
        peer.CopyTo(input[PublicKey.ByteLength..]);
        _ = pool.First.CopyTo(input[(2 * PublicKey.ByteLength)..]);
        _ = pool.Last.CopyTo(input[((2 * PublicKey.ByteLength) + MaxAddressBytes)..]);
        return XxHash128.HashToUInt128(input);
    }
}
