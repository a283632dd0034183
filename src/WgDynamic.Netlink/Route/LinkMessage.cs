using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>Links as the kernel writes and reads them.</summary>
internal static class LinkMessage
{
    /// <summary>IFLA_*, linux/if_link.h.</summary>
    internal enum Attribute : ushort
    {
        Name = 3,
        Mtu = 4,
        Info = 18,
        ExtensionMask = 29,
    }

    /// <summary>IFLA_INFO_*, linux/if_link.h.</summary>
    internal enum InfoAttribute : ushort
    {
        Kind = 1,
    }

    /// <summary>IFF_*, linux/if.h.</summary>
    [Flags]
    internal enum Flags : uint
    {
        None = 0,
        Up = 0x1,
        Loopback = 0x8,
        PointToPoint = 0x10,
    }

    /// <summary>RTEXT_FILTER_SKIP_STATS, linux/rtnetlink.h: counters are half of a link's bytes, and nobody here reads them.</summary>
    internal const uint SkipStatistics = 1 << 3;

    /// <summary>struct ifinfomsg, linux/rtnetlink.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Header
    {
        public byte Family;
        public byte Padding;
        public ushort DeviceType;
        public int Index;
        public Flags Flags;
        public Flags ChangeMask;
    }

    /// <summary>Reads a link.</summary>
    /// <returns>The link, or null when the message tells of something else: bridges report their ports as links too.</returns>
    /// <exception cref="NetlinkException">The message cannot be read.</exception>
    public static Link? Read(NetlinkMessage message)
    {
        Header header = message.FamilyHeader<Header>();
        if (header.Family != AddressFamilyNumber.Unspecified)
            return null;

        InterfaceName name = default;
        int mtu = 0;
        string? kind = null;
        foreach (NetlinkAttribute attribute in message.Attributes(Unsafe.SizeOf<Header>()))
        {
            switch (attribute.TypeAs<Attribute>())
            {
                case Attribute.Name:
                    _ = InterfaceName.TryParse(attribute.AsText(), out name);
                    break;
                case Attribute.Mtu:
                    mtu = (int)uint.Min(attribute.AsUInt32(), int.MaxValue);
                    break;
                case Attribute.Info:
                    kind = ReadKind(attribute.Nested);
                    break;
            }
        }

        return new Link(
            header.Index,
            name,
            header.Flags.HasFlag(Flags.Up),
            mtu,
            kind,
            header.Flags.HasFlag(Flags.Loopback),
            header.Flags.HasFlag(Flags.PointToPoint));
    }

    /// <summary>Asks for one link by name, or for all.</summary>
    public static NetlinkRequest Get(InterfaceName? name)
    {
        NetlinkRequest request = name is null
            ? new("list links", RouteMessageType.GetLink, MessageFlags.Dump)
            : new($"find link {name}", RouteMessageType.GetLink);
        request.WriteHeader(default(Header));
        if (name is not null)
            request.Write(Attribute.Name, name.Value.ToString());
        request.Write(Attribute.ExtensionMask, SkipStatistics);
        return request;
    }

    public static NetlinkRequest SetUp(int index, bool up)
    {
        NetlinkRequest request = new($"set interface {index} {(up ? "up" : "down")}", RouteMessageType.NewLink);
        request.WriteHeader(new Header { Index = index, Flags = up ? Flags.Up : Flags.None, ChangeMask = Flags.Up });
        return request;
    }

    public static NetlinkRequest SetMtu(int index, int mtu)
    {
        NetlinkRequest request = new($"set MTU {mtu} on interface {index}", RouteMessageType.NewLink);
        request.WriteHeader(new Header { Index = index });
        request.Write(Attribute.Mtu, (uint)mtu);
        return request;
    }

    private static string? ReadKind(AttributeReader information)
    {
        string? kind = null;
        foreach (NetlinkAttribute attribute in information)
        {
            if (attribute.TypeAs<InfoAttribute>() == InfoAttribute.Kind)
                kind = attribute.AsText();
        }

        return kind;
    }
}
