using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace WgDynamic.Leasing;

/// <summary>
/// Which addresses there are to lease and who may have which: a <see cref="LeasePlan"/> made ready for questions.
/// Knows nothing of leases; what those take of the pools is <see cref="PoolOccupancy"/>.
/// </summary>
internal sealed class AddressSpace
{
    private readonly IReadOnlyList<PoolDefinition> _definitions;
    private readonly (IpRange Range, Pool Pool)[] _byAddress;
    private readonly IpRange[] _nobodys;
    private readonly HashSet<IpAddress> _nobodysHosts;
    private readonly Dictionary<IpAddress, Reservation> _reservations = [];
    private readonly Dictionary<(PublicKey Peer, bool IsIPv6), IpAddress> _reservedFor = [];
    private readonly Dictionary<IpAddress, PublicKey> _staticOwner = [];
    private readonly Dictionary<(PublicKey Peer, bool IsIPv6), IpAddress> _firstStatic = [];

    public AddressSpace(LeasePlan plan)
    {
        _definitions = plan.Pools;
        _nobodys = [.. plan.Exclusions.Where(exclusion => exclusion is { Owner: null, Prefix.IsHost: false }).Select(exclusion => exclusion.Range)];
        _nobodysHosts = [.. plan.Exclusions.Where(exclusion => exclusion is { Owner: null, Prefix.IsHost: true }).Select(exclusion => exclusion.Prefix.Address)];
        foreach (Exclusion exclusion in plan.Exclusions)
        {
            if (exclusion is { Owner: { } owner, Prefix: { IsHost: true, Address: var address } } && !IsNobodys(address))
                _staticOwner[address] = owner;
        }

        List<Reservation> unusable = [];
        foreach (Reservation reservation in plan.Reservations)
        {
            if (!TryReserve(reservation))
                unusable.Add(reservation);
        }

        UnusableReservations = unusable;
        foreach ((IpAddress address, PublicKey owner) in _staticOwner)
        {
            if (!_reservations.ContainsKey(address) && _definitions.Any(pool => IsUsableIn(pool, address)))
                _ = _firstStatic.TryAdd((owner, address.IsIPv6), address);
        }

        Pools = MakePools(plan);
        _byAddress = [.. Pools.SelectMany(pool => pool.Segments.Select(range => (range, pool))).OrderBy(entry => entry.range)];
    }

    /// <summary>The pools, in the order in which they are tried.</summary>
    public IReadOnlyList<Pool> Pools { get; }

    /// <summary>Reservations of the plan that cannot be honoured: the address is the host's own, in another peer's AllowedIPs, or reserved already, or the peer has another one.</summary>
    public IReadOnlyList<Reservation> UnusableReservations { get; }

    /// <summary>The reservations that are honoured.</summary>
    public IReadOnlyCollection<Reservation> Reservations => _reservations.Values;

    /// <summary>Adds a reservation, if it can be honoured.</summary>
    /// <remarks>Not of what the operator has given to the same peer by hand: that takes a new space.</remarks>
    public bool TryReserve(in Reservation reservation)
    {
        bool isFree = !IsNobodys(reservation.Address) && !_reservations.ContainsKey(reservation.Address)
            && (!_staticOwner.TryGetValue(reservation.Address, out PublicKey owner) || owner == reservation.Peer);
        if (!isFree || !_reservedFor.TryAdd((reservation.Peer, reservation.Address.IsIPv6), reservation.Address))
            return false;
        _reservations.Add(reservation.Address, reservation);
        return true;
    }

    /// <summary>Ends a reservation.</summary>
    /// <returns>False if it was none that is honoured.</returns>
    public bool Unreserve(IpAddress address) =>
        _reservations.Remove(address, out Reservation reservation) && _reservedFor.Remove((reservation.Peer, address.IsIPv6));

    /// <summary>Finds the reservation of an address.</summary>
    public bool TryGetReservation(IpAddress address, out Reservation reservation) => _reservations.TryGetValue(address, out reservation);

    /// <summary>Whether a peer may have an address, if nobody else has it.</summary>
    public bool Allows(PublicKey peer, IpAddress address)
    {
        if (_reservations.TryGetValue(address, out Reservation reservation))
            return reservation.Peer == peer;
        if (TryFindPool(address, out Pool? pool, out _))
            return pool.Admits(peer);
        // What is a peer's by hand is in no pool, but would be.
        return IsStaticOf(peer, address) && _definitions.Any(definition => IsUsableIn(definition, address));
    }

    /// <summary>The address that is reserved for a peer.</summary>
    public bool TryGetReserved(PublicKey peer, bool isIPv6, out IpAddress address) => _reservedFor.TryGetValue((peer, isIPv6), out address);

    /// <summary>An address that the operator has given to a peer by hand, and that a pool would have.</summary>
    public bool TryGetStatic(PublicKey peer, bool isIPv6, out IpAddress address) => _firstStatic.TryGetValue((peer, isIPv6), out address);

    /// <summary>Whether the operator has given this address to this peer by hand.</summary>
    public bool IsStaticOf(PublicKey peer, IpAddress address) => _staticOwner.TryGetValue(address, out PublicKey owner) && owner == peer;

    /// <summary>How long a lease of an address lasts, where the plan says so.</summary>
    public TimeSpan? LeaseTimeOf(IpAddress address) =>
        _reservations.TryGetValue(address, out Reservation reservation) ? reservation.LeaseTime
            : TryFindPool(address, out Pool? pool, out _) ? pool.Definition.LeaseTime : null;

    /// <summary>Whether a peer may have an address that it does not have yet.</summary>
    public bool Gives(PublicKey peer, IpAddress address) =>
        Allows(peer, address) && (_reservations.ContainsKey(address) || !TryFindPool(address, out Pool? pool, out _) || pool.Definition.Enabled);

    /// <summary>The pool that has an address, which may be reserved, and its number there.</summary>
    public bool TryFindPool(IpAddress address, [NotNullWhen(true)] out Pool? pool, out UInt128 number)
    {
        int low = 0, high = _byAddress.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            (IpRange range, pool) = _byAddress[middle];
            if (range.Contains(address))
                return pool.TryGetNumber(address, out number);
            if (range.First < address)
                low = middle + 1;
            else
                high = middle - 1;
        }

        pool = null;
        number = 0;
        return false;
    }

    private bool IsNobodys(IpAddress address) => _nobodysHosts.Contains(address) || Array.Exists(_nobodys, range => range.Contains(address));

    // What lies in two pools belongs to the first.
    private static List<Pool> MakePools(LeasePlan plan)
    {
        List<Pool> pools = [];
        foreach (PoolDefinition definition in plan.Pools)
        {
            IEnumerable<IpRange> excluded = plan.Exclusions.Where(exclusion => exclusion.AppliesTo(definition.Range)).Select(exclusion => exclusion.Range);
            pools.Add(new Pool(definition, excluded.Concat(pools.Select(pool => pool.Range))));
        }

        return pools;
    }

    // In the pool, and not its network or broadcast address, whatever else excludes it.
    private static bool IsUsableIn(PoolDefinition pool, IpAddress address) =>
        pool.Range.Contains(address)
        && (pool.Range.Family == AddressFamily.InterNetworkV6
            || !pool.Range.TryGetPrefix(out IpPrefix prefix) || prefix.Length >= 31 || (address != prefix.Address && address != prefix.Last));
}
