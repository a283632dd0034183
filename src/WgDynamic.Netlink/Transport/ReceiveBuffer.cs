using System.Buffers;

namespace WgDynamic.Netlink;

/// <summary>
/// A pooled buffer for datagrams, rented when the first one is there, so that a waiting connection costs nothing.
/// Owned by who makes it; views into it end with the next <see cref="Reserve"/> or <see cref="Release"/>.
/// </summary>
/// <param name="holdsSecrets">Whether keys may pass through: then it is cleared before the pool has it back.</param>
internal sealed class ReceiveBuffer(bool holdsSecrets) : IDisposable
{
    // The kernel makes the datagrams of a dump as large as the largest buffer it was offered, up to this
    // (netlink_recvmsg(), net/netlink/af_netlink.c).
    private const int MinimumSize = 32 * 1024;

    private byte[] _bytes = [];

    /// <summary>Room for at least <paramref name="length"/> bytes; what the buffer held is gone.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_bytes.Length < length || _bytes.Length == 0)
        {
            Release();
            _bytes = ArrayPool<byte>.Shared.Rent(int.Max(length, MinimumSize));
        }

        return _bytes;
    }

    public ReadOnlySpan<byte> Datagram(ReceivedDatagram datagram) => _bytes.AsSpan(0, datagram.Length);

    /// <summary>Gives the memory back until it is needed again.</summary>
    public void Release()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes, clearArray: holdsSecrets);
    }

    public void Dispose() => Release();
}
