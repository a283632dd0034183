using System.Collections.Frozen;
using System.Collections.Immutable;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>A configuration file that is free of errors; the default is that of an empty file.</summary>
internal sealed record ServerConfiguration
{
    /// <summary>How long a lease lasts, where neither pool nor reservation says otherwise; whole seconds.</summary>
    public TimeSpan LeaseTime { get; init; } = new LeasePolicy().LeaseTime;

    /// <summary>How long an ended lease is remembered, if its address is not needed before.</summary>
    public TimeSpan Retention { get; init; } = new LeasePolicy().Retention;

    /// <summary>How long it is known who had which address.</summary>
    public TimeSpan HistoryRetention { get; init; } = new LeasePolicy().HistoryRetention;

    /// <summary>How many addresses of a family one peer may occupy, leased and remembered.</summary>
    public int AddressesPerPeer { get; init; } = new LeasePolicy().AddressesPerPeer;

    /// <summary>How often a peer may get another address than it has, on average; zero for no limit.</summary>
    public TimeSpan GrantInterval { get; init; } = new LeasePolicy().GrantInterval;

    /// <summary>How many such addresses in a row.</summary>
    public int GrantBurst { get; init; } = new LeasePolicy().GrantBurst;

    /// <summary>How much of the server peers may occupy.</summary>
    public SessionLimits Limits { get; init; } = new();

    /// <summary>Whether a new configuration ends the leases that it does not allow; else they last until their time.</summary>
    public bool RevokeOnReload { get; init; }

    /// <summary>Whether the routes that lead to the interface are pools, as without a file.</summary>
    public bool PoolsFromRoutes { get; init; } = true;

    /// <summary>Whether fe80::/64 is put on the interface if it lacks the server's address.</summary>
    public bool AssignAddress { get; init; }

    /// <summary>The group whose members may change something at the control socket; null for root alone.</summary>
    public string? ControlGroup { get; init; }

    /// <summary>Where metrics are served; null for nowhere.</summary>
    public MetricsEndPoint? Metrics { get; init; }

    /// <summary>The pools, in the order of the file; no two of them overlap.</summary>
    public ImmutableArray<PoolSection> Pools { get; init; } = [];

    /// <summary>The groups, in the order of the file.</summary>
    public ImmutableArray<GroupSection> Groups { get; init; } = [];

    /// <summary>The reservations, in the order of the file; no address and no family of a peer is in two.</summary>
    public ImmutableArray<ReservationSection> Reservations { get; init; } = [];

    /// <summary>What is pushed to whom, in the order of the file; <see cref="PushRules"/> answers for a peer.</summary>
    public ImmutableArray<PushSection> Pushes { get; init; } = [];
}

/// <summary>Addresses to lease.</summary>
internal sealed record PoolSection
{
    /// <summary>Where it begins in the file.</summary>
    public required int Line { get; init; }

    /// <summary>What it is called; null for one without a name.</summary>
    public string? Name { get; init; }

    /// <summary>All of its addresses, exclusions and all.</summary>
    public required IpRange Range { get; init; }

    /// <summary>What is not leased; may overlap, and reach outside.</summary>
    public ImmutableArray<IpRange> Exclusions { get; init; } = [];

    /// <summary>How long its leases last; null for the server's time.</summary>
    public TimeSpan? LeaseTime { get; init; }

    /// <summary>Who may use it, groups and all; null for everyone.</summary>
    public FrozenSet<PublicKey>? Peers { get; init; }

    /// <summary>For people: the name, or else the range.</summary>
    public string Label => Name ?? Range.ToString();
}

/// <summary>Peers with a name in common.</summary>
internal sealed record GroupSection
{
    /// <summary>Where it begins in the file.</summary>
    public required int Line { get; init; }

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>Who is in it.</summary>
    public required FrozenSet<PublicKey> Peers { get; init; }
}

/// <summary>Addresses for one peer, in a pool or outside of all; they win over pools and their exclusions.</summary>
internal sealed record ReservationSection
{
    /// <summary>Where it begins in the file.</summary>
    public required int Line { get; init; }

    /// <summary>Whose they are.</summary>
    public required PublicKey Peer { get; init; }

    /// <summary>The IPv4 address, if any.</summary>
    public IpAddress? IPv4 { get; init; }

    /// <summary>The IPv6 address, if any.</summary>
    public IpAddress? IPv6 { get; init; }

    /// <summary>How long its leases last; null for the server's time.</summary>
    public TimeSpan? LeaseTime { get; init; }

    /// <summary>Free text for people; null for none.</summary>
    public string? Name { get; init; }
}

/// <summary>What some peers, or all, get with their addresses.</summary>
internal sealed record PushSection
{
    /// <summary>Where it begins in the file.</summary>
    public required int Line { get; init; }

    /// <summary>Names of pools: whoever has an address of one.</summary>
    public ImmutableArray<string> Pools { get; init; } = [];

    /// <summary>Whoever is in one of these.</summary>
    public ImmutableArray<GroupSection> Groups { get; init; } = [];

    /// <summary>These very peers.</summary>
    public FrozenSet<PublicKey> Peers { get; init; } = [];

    /// <summary>What is reached through the tunnel.</summary>
    public ImmutableArray<IpPrefix> Routes { get; init; } = [];

    /// <summary>The DNS servers, best first.</summary>
    public ImmutableArray<IpAddress> Dns { get; init; } = [];

    /// <summary>The domains that short names are looked up in, first one first.</summary>
    public ImmutableArray<string> Search { get; init; } = [];

    /// <summary>The MTU of the peer's interface, in bytes; null for none.</summary>
    public int? Mtu { get; init; }

    /// <summary>Whether it selects nobody, and so is for all.</summary>
    public bool IsForAll => Pools.IsEmpty && Groups.IsEmpty && Peers.Count == 0;
}
