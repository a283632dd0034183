using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>What operators have added by the control socket, in force or not, as the store has it. Has one owner, the lease service.</summary>
internal sealed class RuntimeEntries
{
    private readonly OrderedDictionary<IpRange, PoolDefinition> _pools = [];
    private readonly Dictionary<IpAddress, Reservation> _reservations = [];
    private readonly Dictionary<(PublicKey Peer, bool IsIPv6), IpAddress> _reservedFor = [];
    private readonly SortedSet<IpRange> _exclusions = [];
    private readonly HashSet<IpRange> _disabledPools = [];

    /// <summary>Pools, in the order in which they are tried.</summary>
    public IReadOnlyCollection<PoolDefinition> Pools => _pools.Values;

    /// <summary>Reservations, in no order.</summary>
    public IReadOnlyCollection<Reservation> Reservations => _reservations.Values;

    /// <summary>Exclusions, in order; no two of them overlap.</summary>
    public IReadOnlyCollection<IpRange> Exclusions => _exclusions;

    /// <summary>The ranges of disabled pools, of whatever origin.</summary>
    public IReadOnlyCollection<IpRange> DisabledPools => _disabledPools;

    public bool HasPool(IpRange range) => _pools.ContainsKey(range);

    public bool HasExclusion(IpRange range) => _exclusions.Contains(range);

    public bool IsDisabled(IpRange pool) => _disabledPools.Contains(pool);

    public bool TryGetReservation(IpAddress address, out Reservation reservation) => _reservations.TryGetValue(address, out reservation);

    public bool TryGetReservation(PublicKey peer, bool isIPv6, out Reservation reservation)
    {
        reservation = default;
        return _reservedFor.TryGetValue((peer, isIPv6), out IpAddress address) && _reservations.TryGetValue(address, out reservation);
    }

    /// <summary>All of it, for a store that is made anew.</summary>
    public RuntimePlan ToPlan() => new() { Pools = [.. Pools], Reservations = [.. Reservations], Exclusions = [.. Exclusions], DisabledPools = [.. DisabledPools] };

    /// <summary>Takes some of it away, then adds some, in place of what is there for the same range or address.</summary>
    public void Change(RuntimePlan removed, RuntimePlan added)
    {
        foreach (PoolDefinition pool in removed.Pools)
            _ = _pools.Remove(pool.Range);
        foreach (Reservation reservation in removed.Reservations)
            Remove(reservation.Address);
        _exclusions.ExceptWith(removed.Exclusions);
        _disabledPools.ExceptWith(removed.DisabledPools);
        foreach (PoolDefinition pool in added.Pools)
            _pools[pool.Range] = pool;
        foreach (Reservation reservation in added.Reservations)
        {
            Remove(reservation.Address);
            _reservations.Add(reservation.Address, reservation);
            _reservedFor[(reservation.Peer, reservation.Address.IsIPv6)] = reservation.Address;
        }

        _exclusions.UnionWith(added.Exclusions);
        _disabledPools.UnionWith(added.DisabledPools);
    }

    private void Remove(IpAddress address)
    {
        if (_reservations.Remove(address, out Reservation former))
            _ = _reservedFor.Remove((former.Peer, address.IsIPv6));
    }
}
