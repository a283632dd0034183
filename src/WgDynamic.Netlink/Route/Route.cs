namespace WgDynamic.Netlink;

/// <summary>A route. Defaults are those of a route that this project adds.</summary>
public sealed record Route
{
    /// <summary>The table that routes are looked up in when no rule says otherwise (RT_TABLE_MAIN).</summary>
    public const uint MainTable = 254;

    /// <summary>The number of the rule for that table.</summary>
    public const uint MainRulePriority = 32766;

    /// <summary>Where packets go that take it; of length 0 for a default route.</summary>
    public required IpPrefix Destination { get; init; }

    /// <summary>The interface they leave by; for a route over several, the first one's; 0 for none.</summary>
    public required int InterfaceIndex { get; init; }

    /// <summary>The next router; null when the destination is on the link. May be IPv6 for an IPv4 destination.</summary>
    public IpAddress? Gateway { get; init; }

    /// <summary>What happens to a packet.</summary>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>The number of the table.</summary>
    public uint Table { get; init; } = MainTable;

    /// <summary>Who made the route (RTPROT_*, linux/rtnetlink.h): 2 is the kernel, 4 an administrator.</summary>
    public int Protocol { get; init; } = RouteClient.RouteProtocol;

    /// <summary>The metric: of routes to the same destination the lowest wins. Null is the kernel's choice.</summary>
    public uint? Priority { get; init; }

    /// <summary>How far it reaches; null is what fits the type and the gateway.</summary>
    public RouteScope? Scope { get; init; }

    /// <summary>The source address of packets that have none yet.</summary>
    public IpAddress? PreferredSource { get; init; }

    /// <summary>All ways of a route over several, empty for a route with one. Compared by reference, not by content. Read only: <see cref="RouteClient"/> does not add such routes.</summary>
    public IReadOnlyList<NextHop> NextHops { get; init; } = [];

    /// <summary>Whether any packet may leave by this interface.</summary>
    /// <param name="interfaceIndex">An interface.</param>
    public bool Uses(int interfaceIndex) => InterfaceIndex == interfaceIndex || NextHops.Any(hop => hop.InterfaceIndex == interfaceIndex);
}
