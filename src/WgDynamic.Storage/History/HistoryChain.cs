using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>
/// What makes the history tamper-evident: each row has the SHA-256 of the hash of the row before it and of its own
/// values, so that whoever changes a row has to change all that follow it, and with them the head, which is in the log.
/// </summary>
internal static class HistoryChain
{
    /// <summary>The length of a hash, in bytes.</summary>
    public const int HashLength = SHA256.HashSizeInBytes;

    // The hash before; number, time and start of 8 bytes each; event, length of the address and whether there is a
    // hostname of one byte each; the address, the peer. The hostname follows.
    private const int MostBeforeHostname = HashLength + 24 + 3 + 16 + PublicKey.ByteLength;

    /// <summary>Finds out whether hashes can be computed here: where OpenSSL is missing, .NET ends the process at the first one.</summary>
    /// <exception cref="LeaseStoreException">They cannot.</exception>
    public static void RequireHash()
    {
        foreach (string name in (ReadOnlySpan<string>)["libssl.so.3", "libssl.so.1.1"])
        {
            if (NativeLibrary.TryLoad(name, out _))
                return;
        }

        throw new LeaseStoreException("the history of leases needs OpenSSL, and there is no libssl.so.3 here: install it (Debian: libssl3), or keep leases in memory only with --ephemeral");
    }

    /// <summary>Computes a row's hash.</summary>
    /// <param name="previous">The hash of the row before.</param>
    /// <param name="row">The row.</param>
    /// <param name="hash">Where it goes: 32 bytes, which may be those of <paramref name="previous"/>.</param>
    public static void Link(ReadOnlySpan<byte> previous, in HistoryRow row, Span<byte> hash)
    {
        int most = MostBeforeHostname + Encoding.UTF8.GetMaxByteCount(row.Hostname?.Length ?? 0);
        Span<byte> bytes = most <= 1024 ? stackalloc byte[1024] : new byte[most];
        previous.CopyTo(bytes);
        int length = HashLength;
        BinaryPrimitives.WriteInt64BigEndian(bytes[length..], row.Sequence);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(length + 8)..], Ticks.Of(row.At));
        BinaryPrimitives.WriteInt64BigEndian(bytes[(length + 16)..], Ticks.Of(row.Start));
        length += 24;
        bytes[length++] = (byte)row.Event;
        bytes[length++] = (byte)row.Address.ByteLength;
        length += row.Address.CopyTo(bytes[length..]);
        row.Peer.CopyTo(bytes[length..]);
        length += PublicKey.ByteLength;
        bytes[length++] = row.Hostname is null ? (byte)0 : (byte)1;
        length += Encoding.UTF8.GetBytes(row.Hostname, bytes[length..]);
        _ = SHA256.HashData(bytes[..length], hash);
    }
}
