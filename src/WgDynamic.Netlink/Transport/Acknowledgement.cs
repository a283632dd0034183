using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>The end of an exchange: NLMSG_ERROR (0 is success) or, for dumps, NLMSG_DONE. Both may explain themselves.</summary>
internal static class Acknowledgement
{
    /// <summary>NLMSGERR_ATTR_*, linux/netlink.h.</summary>
    private enum Attribute : ushort
    {
        Message = 1,
        Offset = 2,
    }

    /// <summary>NLM_F_CAPPED, linux/netlink.h: the request is not repeated.</summary>
    private const MessageFlags Capped = (MessageFlags)0x100;

    /// <summary>NLM_F_ACK_TLVS, linux/netlink.h: attributes follow.</summary>
    private const MessageFlags Explained = (MessageFlags)0x200;

    /// <summary>Whether the message ends an exchange.</summary>
    public static bool IsEnd(NetlinkMessage message) => message.Type is ControlMessageType.Error or ControlMessageType.Done;

    /// <summary>Reads the verdict.</summary>
    /// <param name="message">A message that ends an exchange.</param>
    /// <param name="operation">What was tried.</param>
    /// <returns>The failure, or null for success.</returns>
    public static NetlinkException? Read(NetlinkMessage message, string operation)
    {
        // A "done" of old kernels may come without a number.
        if (message.Type == ControlMessageType.Done && message.Payload.IsEmpty)
            return null;
        int error = message.FamilyHeader<int>();
        if (error == 0)
            return null;
        if (error is > 0 or int.MinValue)
            return NetlinkException.Malformed($"error number {error} in an acknowledgement");

        (string? text, int? offset) = ReadExplanation(message);
        return new NetlinkException(operation, -error, text, offset);
    }

    private static (string? Text, int? Offset) ReadExplanation(NetlinkMessage message)
    {
        string? text = null;
        int? offset = null;
        if (!message.Flags.HasFlag(Explained))
            return (text, offset);

        foreach (NetlinkAttribute attribute in message.Attributes(HeaderSize(message)))
        {
            switch (attribute.TypeAs<Attribute>())
            {
                case Attribute.Message:
                    text = attribute.AsText();
                    break;
                case Attribute.Offset:
                    offset = (int)attribute.AsUInt32();
                    break;
            }
        }

        return (text, offset);
    }

    // A "done" has its number only. An error has the header of the request behind it (struct nlmsgerr), and unless capped all of the request.
    private static int HeaderSize(NetlinkMessage message)
    {
        const int NumberSize = sizeof(int);
        if (message.Type == ControlMessageType.Done)
            return NumberSize;
        if (!message.Flags.HasFlag(Capped)
            && message.Payload.Length > NumberSize
            && MemoryMarshal.TryRead(message.Payload[NumberSize..], out MessageHeader request)
            && request.Length <= message.Payload.Length)
            return NumberSize + Alignment.Pad((int)request.Length);
        return NumberSize + MessageHeader.Size;
    }
}
