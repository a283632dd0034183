namespace WgDynamic.Netlink;

/// <summary>
/// One request and the reading of its answer: which messages belong to it, when it is over and whether it can be trusted.
/// No I/O.
/// </summary>
internal sealed class Exchange<T>(NetlinkRequest request, uint sequence, uint portId, T result, ReplyHandler<T> handle)
{
    private bool _waitsForOther;

    /// <summary>Whether nothing more belongs to this exchange.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether the answer is one whole; else the request must be sent again.</summary>
    public bool IsConsistent { get; private set; } = true;

    /// <summary>Takes the messages of a datagram that the kernel sent.</summary>
    /// <exception cref="NetlinkException">The kernel refused, or the datagram cannot be read.</exception>
    public void Read(ReadOnlySpan<byte> datagram)
    {
        MessageReader reader = new(datagram);
        while (!IsOver && reader.TryRead(out NetlinkMessage message))
        {
            if (message.Sequence == sequence && message.PortId == portId)
                ReadOwn(message);
            else
                // The rest of an answer that was given up; or what is no answer at all.
                IsOver = _waitsForOther && Acknowledgement.IsEnd(message);
        }
    }

    private void ReadOwn(NetlinkMessage message)
    {
        IsConsistent &= !message.Flags.HasFlag(MessageFlags.DumpInterrupted);
        if (message.Type >= ControlMessageType.FirstOfFamilies)
        {
            handle(result, message);
        }
        else if (Acknowledgement.IsEnd(message))
        {
            NetlinkException? failure = Acknowledgement.Read(message, request.Operation);
            IsOver = true;
            if (failure is { Errno: Errno.EBUSY } && request.IsDump)
                WaitForOther();
            else if (failure is not null)
                throw failure;
        }
    }

    // The kernel makes one dump at a time for a socket (netlink_dump_start(), net/netlink/af_netlink.c):
    // one that was given up is still on its way. Its end, which comes after this, clears it.
    private void WaitForOther() => (IsOver, IsConsistent, _waitsForOther) = (false, false, true);
}
