using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace WgDynamic.Netlink;

// What System.Net.Sockets cannot do for AF_NETLINK: create the socket, send with the true errno,
// receive with the true length and the sender. Failures come back as negative errno, as the kernel has them.
internal static unsafe class NetlinkSyscalls
{
    /// <summary>socket(2) and bind(2); the kernel chooses the port id.</summary>
    public static SafeSocketHandle Open(int protocol, uint groups, out uint portId)
    {
        int fd = LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, protocol);
        if (fd < 0)
            throw new NetlinkException("open a netlink socket", LastError);
        SafeSocketHandle handle = new(fd, ownsHandle: true);

        sockaddr_nl address = new() { nl_family = (ushort)LibC.AF_NETLINK, nl_groups = groups };
        socklen_t length = sizeof(sockaddr_nl);
        if (LibC.bind(fd, (sockaddr*)&address, length) < 0 || LibC.getsockname(fd, (sockaddr*)&address, &length) < 0)
        {
            int errno = LastError;
            handle.Dispose();
            throw new NetlinkException("bind a netlink socket", errno);
        }

        portId = address.nl_pid;
        return handle;
    }

    /// <summary>sendto(2) to the kernel, which carries a request out before the call returns.</summary>
    /// <returns>The number of bytes, or a negative errno.</returns>
    public static int Send(SafeSocketHandle socket, ReadOnlySpan<byte> datagram)
    {
        sockaddr_nl kernel = new() { nl_family = (ushort)LibC.AF_NETLINK };
        using Borrowed fd = new(socket);
        fixed (byte* start = datagram)
        {
            long sent = LibC.sendto(fd, start, datagram.Length, 0, (sockaddr*)&kernel, sizeof(sockaddr_nl));
            return sent < 0 ? -LastError : (int)sent;
        }
    }

    /// <summary>The length of the next datagram, which stays where it is.</summary>
    /// <returns>The length, or a negative errno; -EAGAIN when nothing is there.</returns>
    public static int PeekLength(SafeSocketHandle socket) =>
        Receive(socket, [], LibC.MSG_PEEK, out _);

    /// <summary>recvmsg(2), without waiting.</summary>
    /// <returns>The true length, which may exceed the buffer, or a negative errno; -EAGAIN when nothing is there.</returns>
    public static int Receive(SafeSocketHandle socket, Span<byte> buffer, out uint sender) =>
        Receive(socket, buffer, 0, out sender);

    private static int Receive(SafeSocketHandle socket, Span<byte> buffer, int flags, out uint sender)
    {
        sockaddr_nl address = default;
        using Borrowed fd = new(socket);
        fixed (byte* start = buffer)
        {
            iovec vector = new() { iov_base = start, iov_len = buffer.Length };
            msghdr message = new()
            {
                msg_name = &address,
                msg_namelen = sizeof(sockaddr_nl),
                msg_iov = &vector,
                msg_iovlen = 1,
            };
            long received = LibC.recvmsg(fd, &message, flags | LibC.MSG_DONTWAIT | LibC.MSG_TRUNC);
            int result = received < 0 ? -LastError : (int)received;
            // Only a netlink address names a sender; anything else is nobody we listen to.
            sender = message.msg_namelen == sizeof(sockaddr_nl) ? address.nl_pid : uint.MaxValue;
            return result;
        }
    }

    // To be read right after the call that failed, before anything else can set it.
    private static int LastError => Marshal.GetLastPInvokeError();

    // Keeps the descriptor from being closed, and its number from being given to another file, during a call.
    private readonly ref struct Borrowed : IDisposable
    {
        private readonly SafeSocketHandle _handle;

        public Borrowed(SafeSocketHandle handle)
        {
            bool added = false;
            handle.DangerousAddRef(ref added);
            _handle = handle;
        }

        public static implicit operator int(Borrowed borrowed) => (int)borrowed._handle.DangerousGetHandle();

        public void Dispose() => _handle.DangerousRelease();
    }
}
