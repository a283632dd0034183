using WgDynamic.Netlink;

namespace WgDynamic.Client;

/// <summary>What a pushed state meets on this machine, its own earlier effects included.</summary>
internal sealed record Surroundings
{
    /// <summary>The peer that the pushed routes lead to.</summary>
    public required PublicKey Server { get; init; }

    /// <summary>Which peer of the interface has which prefix.</summary>
    public IReadOnlyDictionary<IpPrefix, PublicKey> AllowedIPs { get; init; } = new Dictionary<IpPrefix, PublicKey>();

    /// <summary>Where the tunnel's own packets go.</summary>
    public IReadOnlyList<IpAddress> Endpoints { get; init; } = [];

    /// <summary>The mark of the tunnel's own packets; 0 for none.</summary>
    public uint Mark { get; init; }

    /// <summary>The MTU of the interface.</summary>
    public int Mtu { get; init; }

    /// <summary>The routes through the interface, of all tables.</summary>
    public IReadOnlyList<Route> Routes { get; init; } = [];

    /// <summary>The routing rules.</summary>
    public IReadOnlyList<RoutingRule> Rules { get; init; } = [];

    /// <summary>A table that has no routes and is looked up by no rule; 0 where none was needed.</summary>
    public uint FreeTable { get; init; }

    /// <summary>Whether src_valid_mark is on for all interfaces.</summary>
    public bool ValidMark { get; init; }

    /// <summary>Whether nft(8) can make tables for this interface.</summary>
    public bool HasFirewall { get; init; }

    /// <summary>Whether this is root, who may use resolvconf(8).</summary>
    public bool IsRoot { get; init; } = true;

    /// <summary>Who is told about DNS servers; null if nobody can be.</summary>
    public NameService? NameService { get; init; }

    /// <summary>Whether the interface has DNS servers already, by whomever.</summary>
    public bool HasNames { get; init; }
}
