namespace WgDynamic.Leasing;

/// <summary>Leases that ended, in the order in which they did. The links are in the leases: each is in one such list at the most.</summary>
internal sealed class EndedLeases
{
    private Lease? _newest;

    public Lease? Oldest { get; private set; }

    /// <summary>The oldest one whose AllowedIPs entry is gone. Those that have theirs have just ended, as long as the device works.</summary>
    public Lease? OldestOffDevice
    {
        get
        {
            Lease? lease = Oldest;
            while (lease is { OwnsAllowedIP: true })
                lease = lease.EndedAfter;
            return lease;
        }
    }

    public void Add(Lease lease)
    {
        // Nearly always the newest: one that ran out is noticed a little later.
        Lease? before = _newest;
        while (before is not null && before.Expiry > lease.Expiry)
            before = before.EndedBefore;
        lease.EndedIn = this;
        lease.EndedBefore = before;
        lease.EndedAfter = before is null ? Oldest : before.EndedAfter;
        if (before is null)
            Oldest = lease;
        else
            before.EndedAfter = lease;
        if (lease.EndedAfter is null)
            _newest = lease;
        else
            lease.EndedAfter.EndedBefore = lease;
    }

    public void Remove(Lease lease)
    {
        if (lease.EndedBefore is null)
            Oldest = lease.EndedAfter;
        else
            lease.EndedBefore.EndedAfter = lease.EndedAfter;
        if (lease.EndedAfter is null)
            _newest = lease.EndedBefore;
        else
            lease.EndedAfter.EndedBefore = lease.EndedBefore;
        lease.EndedIn = null;
        lease.EndedBefore = lease.EndedAfter = null;
    }
}
