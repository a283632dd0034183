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

    /// <summary>How long an ended lease is remembered, if its address is not needed before.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// The key of the hash that picks a peer's first address: the server's own public key, so that a server that
    /// lost its leases gives most peers the addresses they had.
    /// </summary>
    public PublicKey HashKey { get; init; }
}
