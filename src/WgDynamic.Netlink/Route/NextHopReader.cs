using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>Where a route leads: in the route itself, or in each of a list.</summary>
internal struct NextHopReader
{
    public int InterfaceIndex;
    public IpAddress? Gateway;

    /// <summary>struct rtnexthop, linux/rtnetlink.h: a length, like an attribute's, before each hop and its attributes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public ushort Length;
        public byte Flags;
        public byte Hops;
        public int InterfaceIndex;
    }

    /// <summary>Reads a gateway, which may be of the other family (struct rtvia: family, address).</summary>
    public void ReadGateway(NetlinkAttribute attribute)
    {
        if (attribute.TypeAs<RouteMessage.Attribute>() == RouteMessage.Attribute.Gateway)
            Gateway = attribute.AsAddress();
        else if (attribute.Value.Length is 2 + 4 or 2 + 16)
            Gateway = new IpAddress(attribute.Value[2..]);
    }

    /// <summary>Reads the hops of a route over several.</summary>
    public static List<NextHop> ReadAll(ReadOnlySpan<byte> bytes)
    {
        List<NextHop> hops = [];
        while (!bytes.IsEmpty)
        {
            if (!MemoryMarshal.TryRead(bytes, out Header header) || header.Length < Unsafe.SizeOf<Header>() || header.Length > bytes.Length)
                NetlinkException.ThrowMalformed($"next hop of {header.Length} bytes where {bytes.Length} are left");
            hops.Add(Read(header, new AttributeReader(bytes[Unsafe.SizeOf<Header>()..header.Length])));
            bytes = bytes[int.Min(Alignment.Pad(header.Length), bytes.Length)..];
        }

        return hops;
    }

    private static NextHop Read(Header header, AttributeReader attributes)
    {
        NextHopReader hop = default;
        foreach (NetlinkAttribute attribute in attributes)
        {
            if (attribute.TypeAs<RouteMessage.Attribute>() is RouteMessage.Attribute.Gateway or RouteMessage.Attribute.Via)
                hop.ReadGateway(attribute);
        }

        return new NextHop(header.InterfaceIndex, hop.Gateway, header.Hops + 1);
    }
}
