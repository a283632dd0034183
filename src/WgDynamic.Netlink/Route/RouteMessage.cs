using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>Routes as the kernel writes them.</summary>
internal static class RouteMessage
{
    /// <summary>RTA_*, linux/rtnetlink.h.</summary>
    internal enum Attribute : ushort
    {
        Destination = 1,
        OutputInterface = 4,
        Gateway = 5,
        Priority = 6,
        PreferredSource = 7,
        Multipath = 9,
        Table = 15,
        Via = 18,
    }

    /// <summary>struct rtmsg, linux/rtnetlink.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Header
    {
        public byte Family;
        public byte DestinationLength;
        public byte SourceLength;
        public byte TypeOfService;
        public byte Table;
        public byte Protocol;
        public byte Scope;
        public byte Type;
        public uint Flags;
    }

    /// <summary>Reads a route.</summary>
    /// <returns>The route, or null when it is no route of a table: of another family (multicast forwarding, MPLS), or a cached one.</returns>
    /// <exception cref="NetlinkException">The message cannot be read.</exception>
    public static Route? Read(NetlinkMessage message)
    {
        const uint Cloned = 0x200; // RTM_F_CLONED
        Header header = message.FamilyHeader<Header>();
        if (!AddressFamilyNumber.IsInternet(header.Family) || (header.Flags & Cloned) != 0)
            return null;

        IpAddress destination = AddressFamilyNumber.AnyAddress(header.Family);
        IpAddress? source = null;
        uint table = header.Table;
        uint? priority = null;
        NextHopReader hop = default;
        List<NextHop>? hops = null;
        foreach (NetlinkAttribute attribute in message.Attributes(Unsafe.SizeOf<Header>()))
        {
            switch (attribute.TypeAs<Attribute>())
            {
                case Attribute.Destination:
                    destination = attribute.AsAddress();
                    break;
                case Attribute.OutputInterface:
                    hop.InterfaceIndex = (int)attribute.AsUInt32();
                    break;
                case Attribute.Gateway or Attribute.Via:
                    hop.ReadGateway(attribute);
                    break;
                case Attribute.Priority:
                    priority = attribute.AsUInt32();
                    break;
                case Attribute.PreferredSource:
                    source = attribute.AsAddress();
                    break;
                case Attribute.Multipath:
                    hops = NextHopReader.ReadAll(attribute.Value);
                    break;
                case Attribute.Table:
                    table = attribute.AsUInt32();
                    break;
            }
        }

        if (header.DestinationLength > destination.BitLength || destination.IsIPv6 != (header.Family == AddressFamilyNumber.IPv6))
            NetlinkException.ThrowMalformed($"route to {destination}/{header.DestinationLength} of family {header.Family}");
        return new Route
        {
            Destination = IpPrefix.Containing(destination, header.DestinationLength),
            InterfaceIndex = hops is [{ } first, ..] ? first.InterfaceIndex : hop.InterfaceIndex,
            Gateway = hops is [{ } firstHop, ..] ? firstHop.Gateway : hop.Gateway,
            Type = (RouteType)header.Type,
            Table = table,
            Protocol = header.Protocol,
            Priority = priority,
            Scope = (RouteScope)header.Scope,
            PreferredSource = source,
            NextHops = (IReadOnlyList<NextHop>?)hops ?? [],
        };
    }
}
