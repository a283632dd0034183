namespace WgDynamic.Leasing;

/// <summary>What operators have added to the configuration while the server runs: a part of it, or all.</summary>
public sealed record RuntimePlan
{
    /// <summary>Nothing.</summary>
    public static readonly RuntimePlan Empty = new();

    /// <summary>Pools, in the order in which they are tried; no range twice. Only range, name and lease time are theirs.</summary>
    public IReadOnlyCollection<PoolDefinition> Pools { get; init; } = [];

    /// <summary>Reservations; no address twice.</summary>
    public IReadOnlyCollection<Reservation> Reservations { get; init; } = [];

    /// <summary>What is not leased from any pool; no range twice.</summary>
    public IReadOnlyCollection<IpRange> Exclusions { get; init; } = [];

    /// <summary>The ranges of the pools that are disabled, wherever those come from; none twice.</summary>
    public IReadOnlyCollection<IpRange> DisabledPools { get; init; } = [];
}
