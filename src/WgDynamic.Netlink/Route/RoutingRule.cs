namespace WgDynamic.Netlink;

/// <summary>
/// A rule that says in which table a route is looked up. Defaults are those of a rule that this project adds. Of what
/// rules can ask for, only what this project uses has a property; a rule that was read and asks for more says so.
/// </summary>
public sealed record RoutingRule
{
    /// <summary>Whether it is about IPv6; else it is about IPv4.</summary>
    public required bool IsIPv6 { get; init; }

    /// <summary>Rules are asked in the order of this number, lowest first; 0 is the kernel's own rule for local addresses.</summary>
    public required uint Priority { get; init; }

    /// <summary>The table that routes are looked up in.</summary>
    public required uint Table { get; init; }

    /// <summary>The mark that packets must have; null if any will do.</summary>
    public uint? Mark { get; init; }

    /// <summary>Whether it is for all packets but those that it describes.</summary>
    public bool Invert { get; init; }

    /// <summary>Routes that are found but are of this prefix length at most do not count: 0 passes over default routes. Null if all count.</summary>
    public int? SuppressPrefixLength { get; init; }

    /// <summary>Who made the rule, in the numbers of routes (RTPROT_*); 0 on kernels before 4.17, which do not tell.</summary>
    public int Protocol { get; init; } = RouteClient.RouteProtocol;

    /// <summary>Whether it asks for something that has no property here, such as a source or an interface, or does something else than look in a table. Read only.</summary>
    public bool HasMore { get; init; }
}
