using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>Generic netlink: one protocol for many families, whose numbers are asked for by name.</summary>
internal static class GenericNetlink
{
    /// <summary>GENL_ID_CTRL, linux/genetlink.h: the family that knows the others.</summary>
    private const ushort Controller = 0x10;

    /// <summary>CTRL_CMD_*, linux/genetlink.h.</summary>
    private enum ControllerCommand : byte
    {
        GetFamily = 3,
    }

    /// <summary>CTRL_ATTR_*, linux/genetlink.h.</summary>
    internal enum ControllerAttribute : ushort
    {
        FamilyId = 1,
        FamilyName = 2,
    }

    /// <summary>struct genlmsghdr, linux/genetlink.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Header
    {
        public byte Command;
        public byte Version;
        public ushort Reserved;
    }

    /// <summary>The attributes of a message, behind the header.</summary>
    public static AttributeReader Attributes(NetlinkMessage message)
    {
        _ = message.FamilyHeader<Header>();
        return message.Attributes(Unsafe.SizeOf<Header>());
    }

    /// <summary>Asks for a family.</summary>
    public static NetlinkRequest GetFamily(string name)
    {
        NetlinkRequest request = new($"find the generic netlink family {name}", Controller);
        request.WriteHeader(new Header { Command = (byte)ControllerCommand.GetFamily, Version = 1 });
        request.Write(ControllerAttribute.FamilyName, name);
        return request;
    }

    /// <summary>Reads the number of a family.</summary>
    /// <returns>The number, or null if the message does not have it.</returns>
    /// <exception cref="NetlinkException">The message cannot be read.</exception>
    public static ushort? ReadFamilyId(NetlinkMessage message)
    {
        ushort? id = null;
        foreach (NetlinkAttribute attribute in Attributes(message))
        {
            if (attribute.TypeAs<ControllerAttribute>() == ControllerAttribute.FamilyId)
                id = attribute.AsUInt16();
        }

        return id;
    }
}
