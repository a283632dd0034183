using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>What every netlink message begins with: struct nlmsghdr, linux/netlink.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MessageHeader
{
    public const int Size = 16;

    public uint Length;
    public ushort Type;
    public MessageFlags Flags;
    public uint Sequence;
    public uint PortId;
}

/// <summary>NLM_F_*, linux/netlink.h. The bits from 0x100 mean different things by the kind of message.</summary>
[Flags]
internal enum MessageFlags : ushort
{
    None = 0,
    Request = 0x1,
    Multi = 0x2,
    Acknowledge = 0x4,
    /// <summary>The thing being dumped changed meanwhile: NLM_F_DUMP_INTR.</summary>
    DumpInterrupted = 0x10,

    /// <summary>Of a get request: NLM_F_ROOT | NLM_F_MATCH.</summary>
    Dump = 0x300,

    /// <summary>Of a new request.</summary>
    Replace = 0x100,
    /// <inheritdoc cref="Replace"/>
    Exclusive = 0x200,
    /// <inheritdoc cref="Replace"/>
    Create = 0x400,
}

/// <summary>NLMSG_*, linux/netlink.h: the types that belong to netlink itself.</summary>
internal static class ControlMessageType
{
    public const ushort Error = 2;
    public const ushort Done = 3;

    /// <summary>Types below are netlink's own (NLMSG_MIN_TYPE).</summary>
    public const ushort FirstOfFamilies = 0x10;
}
