namespace WgDynamic.Leasing;

/// <summary>
/// Who has which address: decides requests, in memory and without I/O. The same calls in the same order give the
/// same answers. Not thread-safe: it has one owner, the server's lease service.
/// </summary>
/// <remarks>
/// What a call changes it appends to <see cref="Changes"/>; the owner stores that, puts it on the device, and clears it.
/// A lease that ended keeps its address for the peer that had it until somebody else needs it and no other is free;
/// and nobody else gets it before it has left the device (<see cref="Clear"/>).
/// </remarks>
public sealed class LeaseBook
{
    private readonly HashSet<Lease> _byAddress = new(LeaseByAddress.Comparer);
    private readonly HashSet<Lease>.AlternateLookup<IpAddress> _find;
    private PeerTable _peers = new();
    private ExpiryQueue _expiries = new();
    private PoolOccupancy _occupancy = new();
    private TimeSpan _restoredAt;
    private bool _isHeldBack; // whether the request that is being decided could not be paid for
    private AddressSpace _space = new(LeasePlan.Empty);

    /// <summary>Makes an empty book.</summary>
    /// <param name="policy">Lease times and the like.</param>
    public LeaseBook(LeasePolicy policy)
    {
        Policy = policy;
        _find = _byAddress.GetAlternateLookup<IpAddress>();
    }

    /// <summary>Lease times and the like; what is leased keeps its time until it is renewed.</summary>
    public LeasePolicy Policy { get; set; }

    /// <summary>The pools, in the order in which they are tried.</summary>
    public IReadOnlyList<Pool> Pools => _space.Pools;

    /// <summary>Reservations of the plan that cannot be honoured: the address is the host's own, in another peer's AllowedIPs, or reserved already, or the peer has another one.</summary>
    public IReadOnlyList<Reservation> UnusableReservations => _space.UnusableReservations;

    /// <summary>All leases, active and ended, in no order.</summary>
    public IReadOnlyCollection<Lease> Leases => _byAddress;

    /// <summary>How many leases are active.</summary>
    public int ActiveCount { get; private set; }

    /// <summary>What has happened since this list was last cleared, in that order.</summary>
    public List<LeaseChange> Changes { get; } = [];

    /// <summary>When <see cref="Expire"/> may have something to do: time since boot; null while nothing can run out.</summary>
    public TimeSpan? NextExpiry => _expiries.Next;

    /// <summary>Takes over what a store kept, in place of all that is known. A plan is to be set afterwards.</summary>
    /// <param name="stored">What the store kept.</param>
    /// <param name="now">The time.</param>
    /// <remarks>
    /// Leases that ran out meanwhile expire at the next <see cref="Expire"/>. Their addresses are kept for their peers
    /// for one lease time from now on, since a server whose store fails goes on renewing, and a clock may have jumped.
    /// </remarks>
    public void Restore(in StoredLeases stored, Moment now)
    {
        (_peers, _expiries, _occupancy, _space, ActiveCount) = (new PeerTable(), new ExpiryQueue(), new PoolOccupancy(), new AddressSpace(LeasePlan.Empty), 0);
        _byAddress.Clear();
        Changes.Clear();
        // A clock that went back while the server was down is no reason to have leases last longer.
        DateTimeOffset wall = stored.LastCommit > now.Wall ? stored.LastCommit.Value : now.Wall;
        _restoredAt = now.Uptime;
        foreach (LeaseRecord record in stored.Records.OrderBy(record => record.State == LeaseState.Active).ThenBy(record => record.End).ThenBy(record => record.Start))
        {
            Lease lease = new(_peers.Of(record.Peer), record.Address, record.Start, record.OwnsAllowedIP)
            {
                State = record.State,
                End = record.End,
                Hostname = record.Hostname,
            };
            if (lease.IsActive && lease.Owner.Active(lease.Address.IsIPv6) is { } other)
                End(other, LeaseState.Released, now);
            _ = _byAddress.Add(lease);
            lease.Owner.Add(lease);
            TimeSpan left = stored.SameBoot ? record.Expiry - now.Uptime : record.End - wall;
            lease.Expiry = now.Uptime + Min(left, Policy.LongestLeaseTime);
            if (!lease.IsActive)
            {
                _occupancy.Ended(lease);
                continue;
            }

            lease.IsHeldBack = left <= TimeSpan.Zero;
            _expiries.Schedule(lease);
            ActiveCount++;
        }
    }

    /// <summary>
    /// Replaces pools, reservations and exclusions. Leases stay as they are: one that its peer may not have any more
    /// ends when the peer next asks for it, or runs out.
    /// </summary>
    public void SetPlan(LeasePlan plan)
    {
        _space = new AddressSpace(plan);
        _occupancy.Begin(_space, _byAddress);
    }

    /// <summary>Adds one reservation to the plan, at a cost that does not grow with it. Who has the address keeps it until that lease ends.</summary>
    /// <param name="reservation">The reservation; not of what the peer has by the operator's hand, which takes a new plan.</param>
    /// <returns>False if it cannot be honoured; nothing has changed then.</returns>
    public bool TryReserve(in Reservation reservation)
    {
        if (!_space.TryReserve(reservation))
            return false;
        _occupancy.Reserved(reservation.Address, Find(reservation.Address));
        return true;
    }

    /// <summary>Ends one reservation of the plan, at a cost that does not grow with it. The lease of the address goes on.</summary>
    /// <param name="address">The address; not one that the peer has by the operator's hand, which takes a new plan.</param>
    /// <returns>False if there is none that is honoured.</returns>
    public bool Unreserve(IpAddress address)
    {
        if (!_space.Unreserve(address))
            return false;
        _occupancy.Unreserved(address, Find(address));
        return true;
    }

    /// <summary>The reservation of an address that is honoured; null if there is none.</summary>
    /// <param name="address">The address.</param>
    public Reservation? ReservationOf(IpAddress address) => _space.TryGetReservation(address, out Reservation reservation) ? reservation : null;

    /// <summary>Takes back the active leases that their peers may not have any more.</summary>
    /// <param name="now">The time.</param>
    /// <returns>How many.</returns>
    public int RevokeDisallowed(Moment now)
    {
        Lease[] disallowed = [.. _byAddress.Where(lease => lease.IsActive && !_space.Allows(lease.Peer, lease.Address))];
        foreach (Lease lease in disallowed)
            End(lease, LeaseState.Revoked, now);
        return disallowed.Length;
    }

    /// <summary>Decides a request.</summary>
    /// <param name="request">What the peer wants; a family that it does not name it gives back.</param>
    /// <param name="now">The time.</param>
    /// <returns>What it has afterwards.</returns>
    public LeaseGrant Request(in LeaseRequest request, Moment now)
    {
        PeerLeases peer = _peers.Of(request.Peer);
        _isHeldBack = false;
        Lease? four = Choose(peer, isIPv6: false, request.IPv4, now, out bool complete);
        Lease? six = Choose(peer, isIPv6: true, request.IPv6, now, out bool complete6);

        // The reply has one time for both, and both sides shall agree about it.
        TimeSpan time = four is null ? LeaseTimeOf(six) : six is null ? LeaseTimeOf(four) : Min(LeaseTimeOf(four), LeaseTimeOf(six));
        Renew(four, time, request.Hostname, now);
        Renew(six, time, request.Hostname, now);
        _peers.ForgetIfEmpty(peer);
        return new LeaseGrant(four, six, complete && complete6, time, _isHeldBack);
    }

    /// <summary>The peer gives back all that it has.</summary>
    /// <param name="peer">Who.</param>
    /// <param name="now">The time.</param>
    public void Release(PublicKey peer, Moment now)
    {
        foreach (Lease lease in LeasesOf(peer).Where(lease => lease.IsActive))
            End(lease, LeaseState.Released, now);
    }

    /// <summary>Takes an active lease back.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="now">The time.</param>
    public void Revoke(Lease lease, Moment now)
    {
        if (lease.IsActive)
            End(lease, LeaseState.Revoked, now);
    }

    /// <summary>Notes that the AllowedIPs entry of an ended lease has left the device.</summary>
    /// <param name="lease">The lease.</param>
    public void Clear(Lease lease)
    {
        if (lease.IsActive || !lease.OwnsAllowedIP)
            return;
        lease.OwnsAllowedIP = false;
        Changes.Add(new LeaseChange(LeaseEvent.Cleared, lease.ToRecord()));
        ForgetSurplus(lease.Owner, lease.Address.IsIPv6);
    }

    /// <summary>Ends leases whose time is over.</summary>
    /// <param name="now">The time.</param>
    /// <param name="most">How many at the most, so that those who ask meanwhile need not wait for all.</param>
    /// <returns>How many ended; as many as <paramref name="most"/> means that there may be more.</returns>
    public int Expire(Moment now, int most = int.MaxValue)
    {
        int count = 0;
        while (count < most && _expiries.TryTake(now.Uptime, out Lease lease))
        {
            End(lease, LeaseState.Expired, now);
            count++;
        }

        if (now.Uptime >= _restoredAt + Policy.LongestLeaseTime)
            _occupancy.HoldBackNoMore();
        return count;
    }

    /// <summary>Forgets leases that ended before a time.</summary>
    /// <param name="endedBefore">Time of day.</param>
    public void Prune(DateTimeOffset endedBefore)
    {
        foreach (EndedLeases ended in Pools.Select(pool => pool.Ended).Append(_occupancy.EndedElsewhere))
        {
            while (ended.Oldest is { } lease && lease.End < endedBefore)
                Forget(lease);
        }
    }

    /// <summary>Finds the lease of an address.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The lease, active or ended; null if the address was not leased in living memory.</returns>
    public Lease? Find(IpAddress address) => _find.TryGetValue(address, out Lease? lease) ? lease : null;

    /// <summary>The pool that leases an address.</summary>
    /// <param name="address">The address.</param>
    /// <returns>Null for one that is reserved, a peer's by the operator's hand, or in no pool.</returns>
    public Pool? PoolOf(IpAddress address) => _space.TryGetReservation(address, out _) ? null : PoolAround(address);

    /// <summary>The pool that has an address, whether that is reserved or not.</summary>
    /// <param name="address">The address.</param>
    /// <returns>Null for one that is a peer's by the operator's hand, or in no pool.</returns>
    public Pool? PoolAround(IpAddress address) => _space.TryFindPool(address, out Pool? pool, out _) ? pool : null;

    /// <summary>The leases of a peer, active and ended.</summary>
    /// <param name="peer">Who.</param>
    public IEnumerable<Lease> LeasesOf(PublicKey peer) => _peers.Find(peer) is { } leases ? leases.All : [];

    /// <summary>How long a lease lasts that is renewed now.</summary>
    /// <param name="lease">The lease; null for one of no address in particular.</param>
    public TimeSpan LeaseTimeOf(Lease? lease) => (lease is null ? null : _space.LeaseTimeOf(lease.Address)) ?? Policy.LeaseTime;

    // What the peer is to have of one family from now on, not yet renewed.
    private Lease? Choose(PeerLeases peer, bool isIPv6, IpAddress? wanted, Moment now, out bool complete)
    {
        complete = true;
        Lease? held = peer.Active(isIPv6);
        if (wanted is not { } address)
        {
            if (held is not null)
                End(held, LeaseState.Released, now);
            return null;
        }

        if (held is not null && !_space.Allows(peer.Peer, held.Address))
        {
            End(held, LeaseState.Revoked, now);
            held = null;
        }

        Lease? granted;
        if (ReservedFor(peer, isIPv6) is { } reserved)
            granted = held?.Address == reserved ? held : Take(peer, reserved, now);
        else if (address.IsUnspecified)
            granted = held ?? ChooseAny(peer, isIPv6, now);
        else
            granted = held?.Address == address ? held : Take(peer, address, now);

        complete = granted is not null && (address.IsUnspecified || granted.Address == address);
        if (granted is null)
            granted = held;
        else if (held is not null && granted != held)
            End(held, LeaseState.Released, now);
        return granted;
    }

    // Its reserved address, unless somebody still has that from before it was reserved, in the book or on the device.
    private IpAddress? ReservedFor(PeerLeases peer, bool isIPv6) =>
        _space.TryGetReserved(peer.Peer, isIPv6, out IpAddress reserved) && (Find(reserved) is not { } lease || lease.Owner == peer || lease is { IsActive: false, OwnsAllowedIP: false })
            ? reserved
            : null;

    private Lease? ChooseAny(PeerLeases peer, bool isIPv6, Moment now)
    {
        if (_space.TryGetStatic(peer.Peer, isIPv6, out IpAddress own) && Take(peer, own, now) is { } ownLease)
            return ownLease;
        for (Lease? former = peer.Latest(isIPv6); former is not null; former = former.Earlier)
        {
            if (Take(peer, former.Address, now) is { } again)
                return again;
        }

        Pool[] pools = [.. Pools.Where(pool => pool.Range.First.IsIPv6 == isIPv6 && pool.Definition.Enabled && pool.Admits(peer.Peer))];
        if (Array.Find(pools, pool => pool.FreeCount > 0) is { } withRoom)
        {
            return TryPay(peer, now)
                ? Add(peer, withRoom[withRoom.Free.TakeFrom(AddressHash.Compute(Policy.HashKey, peer.Peer, withRoom.Range))], now)
                : null;
        }

        // Nothing is free but what is kept for those who had it: the one that has been waiting longest goes.
        Lease? oldest = pools.Select(pool => pool.Ended.OldestOffDevice).OfType<Lease>().MinBy(lease => lease.Expiry);
        if (oldest is null || !TryPay(peer, now))
            return null;
        Drop(oldest);
        return TakeFree(peer, oldest.Address, now);
    }

    // A certain address for a peer, if it may have it and nobody else has it, or had it last.
    private Lease? Take(PeerLeases peer, IpAddress address, Moment now)
    {
        Lease? previous = Find(address);
        if (previous is { IsActive: true } || (previous is not null && !IsFreeFor(peer, previous))
            || !_space.Gives(peer.Peer, address) || !TryPay(peer, now))
        {
            return null;
        }

        if (previous is not null)
            Drop(previous);
        return TakeFree(peer, address, now);
    }

    // What a peer gave back anybody may ask for by name; what ran out is kept for it, but not against the operator's will.
    // And nobody gets what is still on the device for another: were the server killed before it moves it, the store
    // would name only the new peer, and the next server would take the entry for the operator's.
    private bool IsFreeFor(PeerLeases peer, Lease ended) =>
        ended.Owner == peer
        || (!ended.OwnsAllowedIP
            && (ended.State == LeaseState.Released || _space.IsStaticOf(peer.Peer, ended.Address)
                || (_space.TryGetReserved(peer.Peer, ended.Address.IsIPv6, out IpAddress reserved) && reserved == ended.Address)));

    private Lease TakeFree(PeerLeases peer, IpAddress address, Moment now)
    {
        _occupancy.Take(address);
        return Add(peer, address, now);
    }

    private bool TryPay(PeerLeases peer, Moment now) => !(_isHeldBack = !peer.TryPay(now.Uptime, Policy.GrantInterval, Policy.GrantBurst));

    private Lease Add(PeerLeases peer, IpAddress address, Moment now)
    {
        Lease lease = new(peer, address, now.Wall, ownsAllowedIP: !_space.IsStaticOf(peer.Peer, address));
        _ = _byAddress.Add(lease);
        // It may just have lost its last one.
        _peers.Add(peer);
        peer.Add(lease);
        _occupancy.Began(address);
        ActiveCount++;
        ForgetSurplus(peer, address.IsIPv6);
        return lease;
    }

    private void Renew(Lease? lease, TimeSpan time, string? hostname, Moment now)
    {
        if (lease is null)
            return;
        LeaseEvent happened = lease.Expiry == default ? LeaseEvent.Granted : LeaseEvent.Renewed;
        lease.Expiry = now.Uptime + time;
        lease.End = now.Wall + time;
        lease.Hostname = hostname == lease.Hostname ? lease.Hostname : hostname;
        lease.IsHeldBack = false;
        _expiries.Schedule(lease);
        Changes.Add(new LeaseChange(happened, lease.ToRecord()));
    }

    private void End(Lease lease, LeaseState state, Moment now)
    {
        lease.State = state;
        // One that ran out while nobody looked ended when it ran out.
        if (state != LeaseState.Expired)
            (lease.Expiry, lease.End) = (now.Uptime, now.Wall);
        _occupancy.NoMore(lease.Address);
        _occupancy.Ended(lease);
        ActiveCount--;
        Changes.Add(new LeaseChange(LeaseEvent.Ended, lease.ToRecord()));
    }

    // A peer may have had many addresses, but not all are kept for it. What is still to be removed from the device is.
    private void ForgetSurplus(PeerLeases peer, bool isIPv6)
    {
        while (peer.Surplus(isIPv6, Policy.AddressesPerPeer) is { IsActive: false, OwnsAllowedIP: false } surplus)
            Forget(surplus);
    }

    private void Forget(Lease ended)
    {
        Drop(ended);
        Changes.Add(new LeaseChange(LeaseEvent.Forgotten, ended.ToRecord()));
    }

    // Without a word to the store: for when another lease takes its place.
    private void Drop(Lease ended)
    {
        ended.EndedIn!.Remove(ended);
        _ = _byAddress.Remove(ended);
        ended.Owner.Remove(ended);
        _peers.ForgetIfEmpty(ended.Owner);
        _occupancy.Return(ended.Address);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
