using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace WgDynamic.Leasing;

/// <summary>
/// Who has which address: decides requests, in memory and without I/O. The same calls in the same order give the
/// same answers. Not thread-safe: it has one owner, the server's lease service.
/// </summary>
/// <remarks>
/// What a call changes it appends to <see cref="Changes"/>; the owner stores that, puts it on the device, and clears it.
/// A lease that ended keeps its address for the peer that had it until somebody else needs it and no other is free.
/// </remarks>
public sealed class LeaseBook
{
    private readonly Dictionary<IpAddress, Lease> _byAddress = [];
    private readonly Dictionary<(PublicKey Peer, bool IsIPv6), Lease> _latest = [];
    private readonly Dictionary<(PublicKey Peer, bool IsIPv6), IpAddress> _firstStatic = [];
    private readonly Dictionary<IpAddress, PublicKey> _staticOwner = [];
    private readonly ExpiryQueue _expiries = new();
    private readonly EndedLeases _ended4 = new();
    private readonly EndedLeases _ended6 = new();
    private Pool[] _pools = [];

    /// <summary>Makes an empty book.</summary>
    /// <param name="policy">Lease times and the like.</param>
    public LeaseBook(LeasePolicy policy) => Policy = policy;

    /// <summary>Lease times and the like.</summary>
    public LeasePolicy Policy { get; }

    /// <summary>The pools, each prefix once, none inside another.</summary>
    public IReadOnlyList<Pool> Pools => _pools;

    /// <summary>All leases, active and ended, in no order.</summary>
    public IReadOnlyCollection<Lease> Leases => _byAddress.Values;

    /// <summary>How many leases are active.</summary>
    public int ActiveCount { get; private set; }

    /// <summary>Leases that were granted, renewed or ended since this list was last cleared, in that order; one may be there twice.</summary>
    public List<Lease> Changes { get; } = [];

    /// <summary>When <see cref="Expire"/> may have something to do: time since boot; null while nothing can run out.</summary>
    public TimeSpan? NextExpiry => _expiries.Next;

    /// <summary>Takes over what a store kept. For an empty book, before its pools are set.</summary>
    /// <param name="records">One record an address.</param>
    /// <param name="now">Active leases go on for what is left of them by the time of day; those that ran out meanwhile expire at the next <see cref="Expire"/>.</param>
    public void Restore(IEnumerable<LeaseRecord> records, Moment now)
    {
        // Oldest first, so that the latest lease of each peer is the one remembered as such.
        foreach (LeaseRecord record in records.OrderBy(record => record.End))
        {
            Lease lease = new(record.Peer, record.Address, record.Start, record.OwnsAllowedIP) { State = record.State, End = record.End };
            _byAddress.Add(record.Address, lease);
            if (lease.IsActive)
            {
                // A clock that went back must not make a lease longer than any lease is.
                TimeSpan left = TimeSpan.FromTicks(Math.Min((record.End - now.Wall).Ticks, Policy.LeaseTime.Ticks));
                lease.Expiry = now.Uptime + left;
                _expiries.Schedule(lease);
                ActiveCount++;
            }
            else
            {
                Ended(lease.Address.IsIPv6).Add(lease);
            }

            if (lease.IsActive || !Latest(lease.Peer, lease.Address.IsIPv6, out Lease? other) || !other.IsActive)
                _latest[(lease.Peer, lease.Address.IsIPv6)] = lease;
        }
    }

    /// <summary>
    /// Replaces pools and exclusions. Leases stay as they are: one that is in no pool any more, or excluded now,
    /// ends when its peer next asks for it, or runs out.
    /// </summary>
    /// <param name="prefixes">The pools; one that lies in another adds nothing, and a prefix of length zero is none.</param>
    /// <param name="exclusions">What is not leased.</param>
    public void SetPools(IEnumerable<IpPrefix> prefixes, IReadOnlyCollection<Exclusion> exclusions)
    {
        List<IpPrefix> widest = [];
        foreach (IpPrefix prefix in prefixes.Where(prefix => prefix.Length > 0).Order())
        {
            if (widest.Count == 0 || !widest[^1].Contains(prefix))
                widest.Add(prefix);
        }

        _pools = [.. widest.Select(prefix => new Pool(prefix, exclusions.Where(e => e.AppliesTo(prefix)).Select(e => e.Prefix)))];

        _staticOwner.Clear();
        _firstStatic.Clear();
        IpPrefix[] forNobody = [.. exclusions.Where(e => e.Owner is null).Select(e => e.Prefix)];
        foreach (Exclusion exclusion in exclusions)
        {
            if (exclusion is { Owner: { } owner, Prefix: { IsHost: true, Address: var address } }
                && _pools.Any(pool => IsUsableIn(pool.Prefix, address))
                && !forNobody.Any(prefix => prefix.Contains(address)))
            {
                _staticOwner[address] = owner;
                _ = _firstStatic.TryAdd((owner, address.IsIPv6), address);
            }
        }

        foreach (IpAddress address in _byAddress.Keys)
        {
            if (TryFindPool(address, out Pool? pool, out UInt128 number))
                _ = pool.Free.TryTake(number);
        }
    }

    /// <summary>Decides a request.</summary>
    /// <param name="request">What the peer wants; a family that it does not name it gives back.</param>
    /// <param name="now">The time.</param>
    /// <returns>What it has afterwards.</returns>
    public LeaseGrant Request(in LeaseRequest request, Moment now)
    {
        Lease? four = RequestFamily(request.Peer, isIPv6: false, request.IPv4, now, out bool complete);
        Lease? six = RequestFamily(request.Peer, isIPv6: true, request.IPv6, now, out bool complete6);
        return new LeaseGrant(four, six, complete && complete6, Policy.LeaseTime);
    }

    /// <summary>The peer gives back all that it has.</summary>
    /// <param name="peer">Who.</param>
    /// <param name="now">The time.</param>
    public void Release(PublicKey peer, Moment now)
    {
        foreach (bool isIPv6 in (ReadOnlySpan<bool>)[false, true])
        {
            if (Latest(peer, isIPv6, out Lease? lease) && lease.IsActive)
                End(lease, LeaseState.Released, now);
        }
    }

    /// <summary>Takes an active lease back.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="now">The time.</param>
    public void Revoke(Lease lease, Moment now)
    {
        if (lease.IsActive)
            End(lease, LeaseState.Revoked, now);
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

        return count;
    }

    /// <summary>Forgets leases that ended before a time.</summary>
    /// <param name="endedBefore">Time of day.</param>
    public void Prune(DateTimeOffset endedBefore)
    {
        foreach (EndedLeases ended in (ReadOnlySpan<EndedLeases>)[_ended4, _ended6])
        {
            while (ended.Oldest is { } lease && lease.End < endedBefore)
                Forget(lease);
        }
    }

    /// <summary>Finds the lease of an address.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The lease, active or ended; null if the address was not leased in living memory.</returns>
    public Lease? Find(IpAddress address) => _byAddress.GetValueOrDefault(address);

    private Lease? RequestFamily(PublicKey peer, bool isIPv6, IpAddress? wanted, Moment now, out bool complete)
    {
        complete = true;
        Lease? held = Latest(peer, isIPv6, out Lease? latest) && latest.IsActive ? latest : null;
        if (wanted is not { } address)
        {
            if (held is not null)
                End(held, LeaseState.Released, now);
            return null;
        }

        if (held is not null && !IsAllowed(peer, held.Address))
        {
            End(held, LeaseState.Revoked, now);
            held = null;
        }

        Lease? granted = address.IsUnspecified
            ? held ?? ChooseAny(peer, isIPv6, latest, now)
            : held?.Address == address ? held : Take(peer, address, now);

        complete = granted is not null;
        if (granted is null)
            granted = held;
        else if (held is not null && granted != held)
            End(held, LeaseState.Released, now);

        if (granted is not null)
            Renew(granted, now);
        return granted;
    }

    private Lease? ChooseAny(PublicKey peer, bool isIPv6, Lease? latest, Moment now)
    {
        if (_firstStatic.TryGetValue((peer, isIPv6), out IpAddress own) && Take(peer, own, now) is { } ownLease)
            return ownLease;
        if (latest is not null && Take(peer, latest.Address, now) is { } again)
            return again;

        foreach (Pool pool in _pools)
        {
            if (pool.Prefix.Address.IsIPv6 != isIPv6 || pool.Free.Free == 0)
                continue;
            UInt128 hash = AddressHash.Compute(Policy.HashKey, peer, pool.Prefix);
            UInt128 number = hash % pool.Size;
            if (!pool.Free.TryTake(number))
                number = pool.Free.TakeAny(hash);
            return Add(peer, pool[number], ownsAllowedIP: true, now);
        }

        // Nothing is free but what is kept for those who had it: the one that has been waiting longest goes.
        return Ended(isIPv6).OldestFirst.FirstOrDefault(lease => TryFindPool(lease.Address, out _, out _)) is { } oldest
            ? Take(peer, oldest.Address, now)
            : null;
    }

    // An address for a peer, if it may have it and nobody has it: free, or remembered for whoever had it.
    private Lease? Take(PublicKey peer, IpAddress address, Moment now)
    {
        bool isOwnStatic = IsOwnStatic(peer, address);
        Lease? previous = Find(address);
        if (previous is { IsActive: true } || !IsAllowed(peer, address))
            return null;
        if (previous is not null)
            Forget(previous);
        if (!isOwnStatic && TryFindPool(address, out Pool? pool, out UInt128 number))
            _ = pool.Free.TryTake(number);
        return Add(peer, address, !isOwnStatic, now);
    }

    private Lease Add(PublicKey peer, IpAddress address, bool ownsAllowedIP, Moment now)
    {
        Lease lease = new(peer, address, now.Wall, ownsAllowedIP);
        _byAddress.Add(address, lease);
        _latest[(peer, address.IsIPv6)] = lease;
        ActiveCount++;
        return lease;
    }

    private void Renew(Lease lease, Moment now)
    {
        lease.Expiry = now.Uptime + Policy.LeaseTime;
        lease.End = now.Wall + Policy.LeaseTime;
        _expiries.Schedule(lease);
        Changes.Add(lease);
    }

    private void End(Lease lease, LeaseState state, Moment now)
    {
        lease.State = state;
        lease.End = now.Wall;
        Ended(lease.Address.IsIPv6).Add(lease);
        ActiveCount--;
        Changes.Add(lease);
    }

    private void Forget(Lease ended)
    {
        Ended(ended.Address.IsIPv6).Remove(ended);
        _ = _byAddress.Remove(ended.Address);
        if (Latest(ended.Peer, ended.Address.IsIPv6, out Lease? latest) && latest == ended)
            _ = _latest.Remove((ended.Peer, ended.Address.IsIPv6));
        if (TryFindPool(ended.Address, out Pool? pool, out UInt128 number) && !pool.Free.IsFree(number))
            pool.Free.Return(number);
    }

    private bool Latest(PublicKey peer, bool isIPv6, [NotNullWhen(true)] out Lease? lease) =>
        _latest.TryGetValue((peer, isIPv6), out lease);

    private bool IsAllowed(PublicKey peer, IpAddress address) =>
        TryFindPool(address, out _, out _) || IsOwnStatic(peer, address);

    private bool IsOwnStatic(PublicKey peer, IpAddress address) =>
        _staticOwner.TryGetValue(address, out PublicKey owner) && owner == peer;

    private EndedLeases Ended(bool isIPv6) => isIPv6 ? _ended6 : _ended4;

    private bool TryFindPool(IpAddress address, [NotNullWhen(true)] out Pool? pool, out UInt128 number)
    {
        foreach (Pool candidate in _pools)
        {
            if (candidate.TryGetNumber(address, out number))
            {
                pool = candidate;
                return true;
            }
        }

        pool = null;
        number = 0;
        return false;
    }

    // In the pool, and not its network or broadcast address, whatever else excludes it.
    private static bool IsUsableIn(IpPrefix prefix, IpAddress address) =>
        prefix.Contains(address)
        && (prefix.Family == AddressFamily.InterNetworkV6 || prefix.Length >= 31 || (address != prefix.Address && address != prefix.Last));
}
