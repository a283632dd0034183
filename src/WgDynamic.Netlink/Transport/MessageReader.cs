using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>The messages of one datagram, one after another.</summary>
internal ref struct MessageReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>Reads the next message.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="NetlinkException">The datagram ends inside a message.</exception>
    public bool TryRead(out NetlinkMessage message)
    {
        message = default;
        if (_rest.IsEmpty)
            return false;
        if (!MemoryMarshal.TryRead(_rest, out MessageHeader header) || header.Length < MessageHeader.Size || header.Length > _rest.Length)
            NetlinkException.ThrowMalformed($"message of {header.Length} bytes where {_rest.Length} are left");

        int length = (int)header.Length;
        message = new NetlinkMessage(header, _rest[MessageHeader.Size..length]);
        // The last message need not be padded.
        _rest = _rest[int.Min(Alignment.Pad(length), _rest.Length)..];
        return true;
    }
}
