namespace WgDynamic.Netlink;

/// <summary>Socket options that <see cref="System.Net.Sockets.SocketOptionName"/> does not have.</summary>
internal static class SocketOption
{
    /// <summary>SOL_SOCKET, asm-generic/socket.h.</summary>
    public const int SocketLevel = 1;

    /// <summary>SO_RCVBUFFORCE, asm-generic/socket.h.</summary>
    public const int ForceReceiveBuffer = 33;

    /// <summary>SOL_NETLINK, linux/socket.h.</summary>
    public const int Level = 270;

    /// <summary>NETLINK_CAP_ACK, linux/netlink.h: an error does not repeat the request.</summary>
    public const int CapAcknowledgements = 10;

    /// <summary>NETLINK_EXT_ACK: an error explains itself.</summary>
    public const int ExtendedAcknowledgements = 11;

    /// <summary>NETLINK_GET_STRICT_CHK: dump requests are checked and their filters obeyed.</summary>
    public const int StrictChecking = 12;
}
