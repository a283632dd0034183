namespace WgDynamic.Leasing;

/// <summary>
/// Leases in the order in which they run out. A renewal costs nothing here: a lease has one entry, and when that
/// comes up before its time because the lease was renewed meanwhile, it is put back for the later time. So the work
/// is one step for each lease that ends, and one for each lease time that another lives.
/// </summary>
internal sealed class ExpiryQueue
{
    private readonly PriorityQueue<Lease, TimeSpan> _queue = new();

    /// <summary>When something may run out next: never later than it does.</summary>
    public TimeSpan? Next => _queue.TryPeek(out _, out TimeSpan expiry) ? expiry : null;

    /// <summary>Puts a lease in, or notes that its expiry has changed.</summary>
    public void Schedule(Lease lease)
    {
        if (lease.QueuedFor != TimeSpan.MinValue && lease.QueuedFor <= lease.Expiry)
            return;
        lease.QueuedFor = lease.Expiry;
        _queue.Enqueue(lease, lease.Expiry);
    }

    /// <summary>Takes out an active lease whose time is over.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(TimeSpan now, out Lease expired)
    {
        while (_queue.TryPeek(out expired!, out TimeSpan queuedFor) && queuedFor <= now)
        {
            _ = _queue.Dequeue();
            if (queuedFor != expired.QueuedFor)
                continue;
            expired.QueuedFor = TimeSpan.MinValue;
            if (!expired.IsActive)
                continue;
            if (expired.Expiry <= now)
                return true;
            Schedule(expired);
        }

        return false;
    }
}
