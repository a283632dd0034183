namespace WgDynamic.Leasing;

/// <summary>What the operator says about a pool.</summary>
public sealed record PoolDefinition
{
    /// <summary>From which to which address. Of an IPv4 range that is a whole prefix, the first and the last address (network and broadcast) are not leased.</summary>
    public required IpRange Range { get; init; }

    /// <summary>What it is called; null if it has no name.</summary>
    public string? Name { get; init; }

    /// <summary>What is not leased; may overlap, and reach outside.</summary>
    public IReadOnlyCollection<IpRange> Exclusions { get; init; } = [];

    /// <summary>How long its leases last; null for the time of the <see cref="LeasePolicy"/>.</summary>
    public TimeSpan? LeaseTime { get; init; }

    /// <summary>Who may have an address of it; null for everyone.</summary>
    public IReadOnlySet<PublicKey>? Peers { get; init; }

    /// <summary>Whether new leases are given out of it. Those that exist are renewed in any case.</summary>
    public bool Enabled { get; init; } = true;
}

/// <summary>An address that is kept for one peer. It gets this one and no other of its family, and nobody else gets it.</summary>
/// <param name="Peer">For whom.</param>
/// <param name="Address">In a pool or outside.</param>
/// <param name="LeaseTime">How long its lease lasts; null for the time of the <see cref="LeasePolicy"/>.</param>
/// <param name="Description">Free text for people; null for none.</param>
public readonly record struct Reservation(PublicKey Peer, IpAddress Address, TimeSpan? LeaseTime = null, string? Description = null);

/// <summary>Everything that says which addresses may be leased to whom; replaced as a whole.</summary>
public sealed record LeasePlan
{
    /// <summary>Nothing may be leased.</summary>
    public static readonly LeasePlan Empty = new();

    /// <summary>The pools, in the order in which they are tried. What lies in two of them belongs to the first.</summary>
    public IReadOnlyList<PoolDefinition> Pools { get; init; } = [];

    /// <summary>The reservations. Of two for an address, or for a peer in one family, the first counts.</summary>
    public IReadOnlyList<Reservation> Reservations { get; init; } = [];

    /// <summary>What is not leased whatever the pools say.</summary>
    public IReadOnlyCollection<Exclusion> Exclusions { get; init; } = [];
}
