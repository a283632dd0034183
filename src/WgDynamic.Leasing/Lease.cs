namespace WgDynamic.Leasing;

/// <summary>
/// One address of one peer, active or ended. The <see cref="LeaseBook"/> owns these objects and is the only one to
/// change them; others read them, on the thread of the book's owner.
/// </summary>
public sealed class Lease
{
    internal Lease(PublicKey peer, IpAddress address, DateTimeOffset start, bool ownsAllowedIP)
    {
        Peer = peer;
        Address = address;
        Start = start;
        OwnsAllowedIP = ownsAllowedIP;
    }

    /// <summary>Whose it is, or was.</summary>
    public PublicKey Peer { get; }

    /// <summary>The address.</summary>
    public IpAddress Address { get; }

    /// <summary>Active, or how it ended.</summary>
    public LeaseState State { get; internal set; }

    /// <summary>When the peer got the address, UTC.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>When it runs out if it is active, else when it ended: time of day.</summary>
    public DateTimeOffset End { get; internal set; }

    /// <summary>When it runs out: time since boot.</summary>
    public TimeSpan Expiry { get; internal set; }

    /// <summary>
    /// Whether the server put the address into the peer's AllowedIPs. False for an address that the operator had
    /// already given to the same peer: leasing it changes nothing on the device, and its end removes nothing.
    /// </summary>
    public bool OwnsAllowedIP { get; }

    /// <summary>Whether the peer may use the address.</summary>
    public bool IsActive => State == LeaseState.Active;

    /// <summary>The lease as it is stored.</summary>
    public LeaseRecord ToRecord() => new(Address, Peer, State, Start, End, OwnsAllowedIP);

    // Where the lease waits in the expiry queue; an entry there that differs is stale.
    internal TimeSpan QueuedFor { get; set; } = TimeSpan.MinValue;

    // Its place among the ended leases, oldest first, while it is one.
    internal LinkedListNode<Lease>? EndedNode { get; set; }
}
