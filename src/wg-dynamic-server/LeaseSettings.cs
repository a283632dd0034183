using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>What the operator wants of the lease service; replaced as a whole when the configuration is read anew.</summary>
internal sealed record LeaseSettings
{
    /// <summary>Lease times and the like. The hash key is the device's and stays.</summary>
    public LeasePolicy Policy { get; init; } = new();

    /// <summary>The pools that are written down, in the order in which they are tried.</summary>
    public IReadOnlyList<PoolDefinition> Pools { get; init; } = [];

    /// <summary>Addresses that are kept for certain peers.</summary>
    public IReadOnlyList<Reservation> Reservations { get; init; } = [];

    /// <summary>Whether the routes that lead to the interface are pools, too.</summary>
    public bool PoolsFromRoutes { get; init; } = true;

    /// <summary>Whether leases that these settings do not allow any more end at once, and not when their peers next ask.</summary>
    public bool RevokeOnReload { get; init; }

    /// <summary>What is pushed to whom.</summary>
    public PushRules Push { get; init; } = new([]);
}
