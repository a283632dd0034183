namespace WgDynamic.Netlink;

/// <summary>Datagrams to and from the kernel. In tests: a function from request to replies.</summary>
internal interface INetlinkConnection : IDisposable
{
    /// <summary>The port id that answers are addressed to.</summary>
    uint PortId { get; }

    /// <summary>Sends one datagram; the kernel has carried the request out, or begun to, when this returns.</summary>
    /// <exception cref="NetlinkException">The kernel did not take it.</exception>
    void Send(ReadOnlySpan<byte> datagram);

    /// <summary>Waits for a datagram and receives all of it.</summary>
    /// <param name="buffer">Grows to hold it.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is lost then.</param>
    /// <exception cref="NetlinkException">ENOBUFS: datagrams were lost. Others: the socket is beyond use.</exception>
    ValueTask<ReceivedDatagram> ReceiveAsync(ReceiveBuffer buffer, CancellationToken cancellationToken);

    /// <summary>Throws away all that waits to be received.</summary>
    void Discard();
}

/// <summary>A datagram at the start of the buffer it was received into.</summary>
/// <param name="Length">Its length, in bytes.</param>
/// <param name="Sender">The port id of the sender; 0 is the kernel.</param>
internal readonly record struct ReceivedDatagram(int Length, uint Sender);
