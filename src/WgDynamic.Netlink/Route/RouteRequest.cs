namespace WgDynamic.Netlink;

/// <summary>Requests about routes.</summary>
internal static class RouteRequest
{
    /// <summary>Asks for the routes of one family, of one interface or of all when <paramref name="interfaceIndex"/> is 0.</summary>
    public static NetlinkRequest GetAll(byte family, int interfaceIndex)
    {
        NetlinkRequest request = new(
            interfaceIndex == 0 ? "list routes" : $"list routes of interface {interfaceIndex}",
            RouteMessageType.GetRoute,
            MessageFlags.Dump);
        request.WriteHeader(new RouteMessage.Header { Family = family });
        if (interfaceIndex != 0)
            request.Write(RouteMessage.Attribute.OutputInterface, (uint)interfaceIndex);
        return request;
    }

    /// <summary>Asks which route a packet would take.</summary>
    public static NetlinkRequest Lookup(IpAddress destination, int interfaceIndex)
    {
        // RTM_F_FIB_MATCH: the route itself, not what becomes of it for one packet. Without it IPv4 invents an
        // on-link route whenever an interface is given (ip_route_output_key_hash_rcu(), net/ipv4/route.c).
        const uint FibMatch = 0x2000;
        NetlinkRequest request = new($"look up the route to {destination} through interface {interfaceIndex}", RouteMessageType.GetRoute);
        request.WriteHeader(new RouteMessage.Header
        {
            Family = AddressFamilyNumber.Of(destination),
            DestinationLength = (byte)destination.BitLength,
            Flags = FibMatch,
        });
        request.Write(RouteMessage.Attribute.Destination, destination);
        if (interfaceIndex != 0)
            request.Write(RouteMessage.Attribute.OutputInterface, (uint)interfaceIndex);
        return request;
    }

    /// <summary>Adds a route that must not be there yet.</summary>
    public static NetlinkRequest Add(Route route)
    {
        NetlinkRequest request = new($"add route {Describe(route)}", RouteMessageType.NewRoute, MessageFlags.Create | MessageFlags.Exclusive);
        Write(request, route, route.Scope ?? DefaultScope(route));
        return request;
    }

    /// <summary>Removes the route that has all that is given.</summary>
    public static NetlinkRequest Delete(Route route)
    {
        NetlinkRequest request = new($"remove route {Describe(route)}", RouteMessageType.DeleteRoute);
        // For a removal "nowhere" means any (fib_table_delete(), net/ipv4/fib_trie.c).
        Write(request, route, route.Scope ?? RouteScope.Nowhere);
        return request;
    }

    private static void Write(NetlinkRequest request, Route route, RouteScope scope)
    {
        if (route.NextHops.Count > 0)
            throw new ArgumentException("Routes over several next hops can be read only.", nameof(route));

        request.WriteHeader(new RouteMessage.Header
        {
            Family = AddressFamilyNumber.Of(route.Destination.Address),
            DestinationLength = (byte)route.Destination.Length,
            // The number of a table has outgrown the header; where it does not fit, the attribute counts.
            Table = route.Table <= byte.MaxValue ? (byte)route.Table : (byte)0,
            Protocol = (byte)route.Protocol,
            Scope = (byte)scope,
            Type = (byte)route.Type,
        });
        request.Write(RouteMessage.Attribute.Destination, route.Destination.Address);
        request.Write(RouteMessage.Attribute.Table, route.Table);
        if (route.InterfaceIndex != 0)
            request.Write(RouteMessage.Attribute.OutputInterface, (uint)route.InterfaceIndex);
        if (route.Gateway is { } gateway)
            WriteGateway(request, gateway, route.Destination.Address);
        if (route.Priority is { } priority)
            request.Write(RouteMessage.Attribute.Priority, priority);
        if (route.PreferredSource is { } source)
            request.Write(RouteMessage.Attribute.PreferredSource, source);
    }

    private static void WriteGateway(NetlinkRequest request, IpAddress gateway, IpAddress destination)
    {
        if (gateway.IsIPv6 == destination.IsIPv6)
        {
            request.Write(RouteMessage.Attribute.Gateway, gateway);
            return;
        }

        // struct rtvia: the family as a 16-bit number, then the address.
        Span<byte> via = stackalloc byte[2 + 16];
        _ = BitConverter.TryWriteBytes(via, (ushort)AddressFamilyNumber.Of(gateway));
        int length = 2 + gateway.CopyTo(via[2..]);
        request.Write(RouteMessage.Attribute.Via, via[..length]);
    }

    // What ip-route(8) chooses; IPv6 does not look at it.
    private static RouteScope DefaultScope(Route route) => route.Type switch
    {
        RouteType.Local => RouteScope.Host,
        RouteType.Broadcast or RouteType.Multicast or RouteType.Anycast => RouteScope.Link,
        RouteType.Unicast when route.Gateway is null => RouteScope.Link,
        _ => RouteScope.Universe,
    };

    private static string Describe(Route route) =>
        route.Gateway is null
            ? $"{route.Destination} through interface {route.InterfaceIndex}"
            : $"{route.Destination} via {route.Gateway} through interface {route.InterfaceIndex}";
}
