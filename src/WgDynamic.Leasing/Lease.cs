namespace WgDynamic.Leasing;

/// <summary>
/// One address of one peer, active or ended. The <see cref="LeaseBook"/> owns these objects and is the only one to
/// change them; others read them, on the thread of the book's owner.
/// </summary>
/// <remarks>There may be a million: what can be had from another field, or from the book, is not kept here.</remarks>
public sealed class Lease
{
    private readonly long _start;
    private long _end;

    internal Lease(PeerLeases owner, IpAddress address, DateTimeOffset start, bool ownsAllowedIP)
    {
        Owner = owner;
        Address = address;
        _start = start.UtcTicks;
        OwnsAllowedIP = ownsAllowedIP;
    }

    /// <summary>Whose it is, or was.</summary>
    public PublicKey Peer => Owner.Peer;

    /// <summary>The address.</summary>
    public IpAddress Address { get; }

    /// <summary>Active, or how it ended.</summary>
    public LeaseState State { get; internal set; }

    /// <summary>When the peer got the address, UTC.</summary>
    public DateTimeOffset Start => new(_start, TimeSpan.Zero);

    /// <summary>When it runs out if it is active, else when it ended: time of day.</summary>
    public DateTimeOffset End
    {
        get => new(_end, TimeSpan.Zero);
        internal set => _end = value.UtcTicks;
    }

    /// <summary>When it runs out if it is active, else when it ended: time since boot, which no step of a clock changes; negative for before.</summary>
    public TimeSpan Expiry { get; internal set; }

    /// <summary>
    /// Whether the server put the address into the peer's AllowedIPs and has not removed it yet. False for an address
    /// that the operator had already given to the same peer: leasing it changes nothing on the device, and its end
    /// removes nothing.
    /// </summary>
    public bool OwnsAllowedIP { get; internal set; }

    /// <summary>What the peer's machine calls itself, for people; null if it did not say.</summary>
    public string? Hostname { get; internal set; }

    /// <summary>Whether the peer may use the address.</summary>
    public bool IsActive => State == LeaseState.Active;

    /// <summary>The lease as it is stored.</summary>
    public LeaseRecord ToRecord() => new(Address, Peer, State, Start, End, Expiry, OwnsAllowedIP, Hostname);

    internal PeerLeases Owner { get; }

    // The lease of the same peer and family that came before it, if that is still remembered.
    internal Lease? Earlier { get; set; }

    // Where the lease waits in the expiry queue; an entry there that differs is stale.
    internal TimeSpan QueuedFor { get; set; } = TimeSpan.MinValue;

    // Ran out while the server was down, or seemed to: nobody else gets the address for a while.
    internal bool IsHeldBack { get; set; }

    // Its place among the ended leases, while it is one.
    internal EndedLeases? EndedIn { get; set; }

    internal Lease? EndedBefore { get; set; }

    internal Lease? EndedAfter { get; set; }
}
