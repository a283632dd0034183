namespace WgDynamic.Leasing;

/// <summary>What the operator decides about leases.</summary>
public sealed record LeasePolicy
{
    /// <summary>The shortest lease: below that renewals would be most of the traffic.</summary>
    public static readonly TimeSpan MinLeaseTime = TimeSpan.FromSeconds(1);

    /// <summary>The longest lease that the wire can say in full: 2^32 - 1 seconds.</summary>
    public static readonly TimeSpan MaxLeaseTime = TimeSpan.FromSeconds(uint.MaxValue);

    /// <summary>How long a lease lasts without renewal; whole seconds.</summary>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest of the lease times, those of pools and reservations included.</summary>
    public TimeSpan LongestLeaseTime
    {
        get => field > LeaseTime ? field : LeaseTime;
        init;
    }

    /// <summary>How long an ended lease is remembered, if its address is not needed before.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long it is known who had which address.</summary>
    public TimeSpan HistoryRetention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How many addresses of each family are kept for one peer: the one that it has and those that it had. One at least.</summary>
    public int AddressesPerPeer { get; init; } = 4;

    /// <summary>
    /// How often a peer may get another address than it has, on average: each is a line in the history, which nobody
    /// shall be able to flood. Zero for no limit.
    /// </summary>
    public TimeSpan GrantInterval { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How many such addresses in a row.</summary>
    public int GrantBurst { get; init; } = 20;

    /// <summary>
    /// The key of the hash that picks a peer's first address: the server's own public key, so that a server that
    /// lost its leases gives most peers the addresses they had.
    /// </summary>
    public PublicKey HashKey { get; init; }
}
