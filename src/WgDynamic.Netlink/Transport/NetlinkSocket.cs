using System.Net.Sockets;

namespace WgDynamic.Netlink;

/// <summary>A netlink socket on .NET's event loop. It belongs to the network namespace of the thread that opened it.</summary>
internal sealed class NetlinkSocket : INetlinkConnection
{
    private const string Receiving = "receive from the kernel";

    private readonly SafeSocketHandle _handle;
    private readonly Socket _socket;

    /// <summary>Takes over an open descriptor.</summary>
    internal NetlinkSocket(SafeSocketHandle handle, uint portId)
    {
        _handle = handle;
        // The only way in: Socket does not know the family, but waits on any descriptor.
        _socket = new Socket(handle);
        PortId = portId;
    }

    public uint PortId { get; }

    /// <summary>Opens a socket.</summary>
    /// <param name="protocol">Whom to talk to.</param>
    /// <param name="groups">The multicast groups to hear, as a bit mask.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public static NetlinkSocket Open(NetlinkProtocol protocol, uint groups = 0)
    {
        SafeSocketHandle handle = NetlinkSyscalls.Open((int)protocol, groups, out uint portId);
        NetlinkSocket socket = new(handle, portId);
        socket.TrySet(SocketOption.Level, SocketOption.ExtendedAcknowledgements, 1);
        socket.TrySet(SocketOption.Level, SocketOption.CapAcknowledgements, 1);
        // Makes the kernel obey filters in dump requests, and refuse what it does not understand.
        socket.TrySet(SocketOption.Level, SocketOption.StrictChecking, 1);
        return socket;
    }

    /// <summary>Asks for a receive buffer beyond the limit for ordinary users, which holds a burst of events.</summary>
    public void EnlargeReceiveBuffer(int size) => TrySet(SocketOption.SocketLevel, SocketOption.ForceReceiveBuffer, size);

    public void Send(ReadOnlySpan<byte> datagram)
    {
        int sent = NetlinkSyscalls.Send(_handle, datagram);
        if (sent < 0)
            throw new NetlinkException("send a request to the kernel", -sent);
    }

    public async ValueTask<ReceivedDatagram> ReceiveAsync(ReceiveBuffer buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Socket.ReceiveAsync itself would cut a datagram without a word; and asking first saves the wait
            // for an answer that is there already, which to netlink is the rule.
            if (TryReceive(buffer, out ReceivedDatagram datagram))
                return datagram;
            await WaitAsync(cancellationToken);
        }
    }

    public void Discard()
    {
        int result;
        do
        {
            // Into no buffer at all: the datagram goes, the length comes.
            result = NetlinkSyscalls.Receive(_handle, [], out _);
        }
        while (result is >= 0 or -Errno.ENOBUFS or -Errno.EINTR);
    }

    public void Dispose() => _socket.Dispose();

    // Kernels that lack an option work without it, only less helpfully.
    private void TrySet(int level, int option, int value)
    {
        try
        {
            _socket.SetRawSocketOption(level, option, BitConverter.GetBytes(value));
        }
        catch (SocketException)
        {
        }
    }

    private bool TryReceive(ReceiveBuffer buffer, out ReceivedDatagram datagram)
    {
        datagram = default;
        int length = NetlinkSyscalls.PeekLength(_handle);
        if (length >= 0)
        {
            int expected = length;
            length = NetlinkSyscalls.Receive(_handle, buffer.Reserve(expected), out uint sender);
            datagram = new ReceivedDatagram(length, sender);
            if (length > expected)
                throw new NetlinkException(Receiving, Errno.EMSGSIZE, $"a datagram of {length} bytes was cut to {expected}");
        }

        if (length is < 0 and not (-Errno.EAGAIN) and not (-Errno.EINTR))
            throw new NetlinkException(Receiving, -length);
        return length >= 0;
    }

    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            _ = await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.Peek, cancellationToken);
        }
        catch (SocketException e) when (e.SocketErrorCode != SocketError.OperationAborted)
        {
            // The error that was waiting at the socket is taken off it by whoever asks first.
            throw new NetlinkException(Receiving, e.SocketErrorCode == SocketError.NoBufferSpaceAvailable ? Errno.ENOBUFS : e.NativeErrorCode);
        }
    }
}
