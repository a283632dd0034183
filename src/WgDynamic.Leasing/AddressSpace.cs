using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace WgDynamic.Leasing;

/// <summary>
/// Which addresses there are to lease and who may have which: a <see cref="LeasePlan"/> made ready for questions.
/// Knows nothing of leases but what the pools count.
/// </summary>
internal sealed class AddressSpace
{
    private readonly IReadOnlyList<PoolDefinition> _definitions;
    private readonly (IpRange Range, Pool Pool)[] _byAddress;
    private readonly Dictionary<IpAddress, Reservation> _reservations;
    private readonly Dictionary<(PublicKey Peer, bool IsIPv6), IpAddress> _reservedFor = [];
    private readonly Dictionary<IpAddress, PublicKey> _staticOwner = [];
    private readonly Dictionary<(PublicKey Peer, bool IsIPv6), IpAddress> _firstStatic = [];

    public AddressSpace(LeasePlan plan)
    {
        _definitions = plan.Pools;
        IpRange[] nobodys = [.. plan.Exclusions.Where(exclusion => exclusion is { Owner: null, Prefix.IsHost: false }).Select(exclusion => exclusion.Range)];
        HashSet<IpAddress> nobodysHosts = [.. plan.Exclusions.Where(exclusion => exclusion is { Owner: null, Prefix.IsHost: true }).Select(exclusion => exclusion.Prefix.Address)];
        bool IsNobodys(IpAddress address) => nobodysHosts.Contains(address) || nobodys.Any(range => range.Contains(address));

        foreach (Exclusion exclusion in plan.Exclusions)
        {
            if (exclusion is { Owner: { } owner, Prefix: { IsHost: true, Address: var address } } && !IsNobodys(address))
                _staticOwner[address] = owner;
        }

        Dictionary<IpAddress, Reservation> reservations = [];
        List<Reservation> unusable = [];
        foreach (Reservation reservation in plan.Reservations)
        {
            bool isFree = !IsNobodys(reservation.Address) && (!_staticOwner.TryGetValue(reservation.Address, out PublicKey owner) || owner == reservation.Peer);
            if (isFree && _reservedFor.TryAdd((reservation.Peer, reservation.Address.IsIPv6), reservation.Address))
                reservations[reservation.Address] = reservation;
            else
                unusable.Add(reservation);
        }

        _reservations = reservations;
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

    /// <summary>Reservations that cannot be honoured: the address is the host's own, in another peer's AllowedIPs, or the peer's second one.</summary>
    public IReadOnlyList<Reservation> UnusableReservations { get; }

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

    /// <summary>The pool that leases an address, and its number there.</summary>
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

    // What lies in two pools belongs to the first; what is reserved belongs to none.
    private List<Pool> MakePools(LeasePlan plan)
    {
        IpRange[] reserved = [.. _reservations.Keys.Select(address => new IpRange(address, address))];
        List<Pool> pools = [];
        foreach (PoolDefinition definition in plan.Pools)
        {
            IEnumerable<IpRange> excluded = plan.Exclusions.Where(exclusion => exclusion.AppliesTo(definition.Range)).Select(exclusion => exclusion.Range);
            pools.Add(new Pool(definition, excluded.Concat(reserved.Where(definition.Range.Overlaps)).Concat(pools.Select(pool => pool.Range))));
        }

        return pools;
    }

    // In the pool, and not its network or broadcast address, whatever else excludes it.
    private static bool IsUsableIn(PoolDefinition pool, IpAddress address) =>
        pool.Range.Contains(address)
        && (pool.Range.Family == AddressFamily.InterNetworkV6
            || !pool.Range.TryGetPrefix(out IpPrefix prefix) || prefix.Length >= 31 || (address != prefix.Address && address != prefix.Last));
}
