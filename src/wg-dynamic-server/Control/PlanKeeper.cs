using Microsoft.Extensions.Logging;
using WgDynamic.Control;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>A pool as the plan has it.</summary>
/// <param name="Pool">The addresses, and how many are in use.</param>
/// <param name="Origin">Where it comes from.</param>
internal readonly record struct PlannedPool(Pool Pool, Origin Origin)
{
    public IpRange Range => Pool.Range;

    /// <summary>For people: the name, or else the range.</summary>
    public string Label => Pool.Definition.Name ?? Range.ToString();
}

/// <summary>
/// Makes one plan for the lease book of what the configuration, the interface's routes, the device and operators at the
/// control socket say. The configuration wins over the control socket, and that over routes; what loses is kept, and
/// counts again as soon as nothing is in its way. Has one owner, the lease service.
/// </summary>
internal sealed class PlanKeeper(InterfaceName interfaceName, LeaseBook book, StoreKeeper store, RuntimeEntries entries, DeviceView device, ILogger log)
{
    private readonly HashSet<string> _told = [];
    private readonly Dictionary<IpAddress, Reservation> _fileReservations = [];
    private readonly Dictionary<(PublicKey Peer, bool IsIPv6), Reservation> _fileReservedFor = [];
    private Origin[] _origins = [];
    private IpRange[] _ranges = [];
    private Exclusion[] _exclusions = [];
    private Exclusion[] _networksByHand = [];
    private bool _isFirst = true;

    /// <summary>What the configuration says.</summary>
    public LeaseSettings Settings { get; private set; } = new();

    /// <summary>What routes and the host's addresses say.</summary>
    public PoolSource Source { get; private set; } = PoolSource.Empty;

    /// <summary>What operators have added, in force or not.</summary>
    public RuntimeEntries Entries => entries;

    /// <summary>The pools, in the order in which they are tried.</summary>
    public IEnumerable<PlannedPool> Pools => book.Pools.Zip(_origins, static (pool, origin) => new PlannedPool(pool, origin));

    /// <summary>What the device excludes: the host's own addresses, and what peers have by the operator's hand in a pool or on a reserved address. Replaced, never changed.</summary>
    public IReadOnlyList<Exclusion> DeviceExclusions => _exclusions;

    /// <summary>The configuration's reservations.</summary>
    public IReadOnlyDictionary<IpAddress, Reservation> FileReservations => _fileReservations;

    /// <summary>Takes over what a store kept, in place of what there is; the next <see cref="Update"/> makes the plan anew.</summary>
    /// <param name="settings">What the configuration says.</param>
    /// <param name="stored">What the store kept.</param>
    public void Load(LeaseSettings settings, RuntimePlan stored)
    {
        entries.Change(entries.ToPlan(), stored);
        Take(settings);
        _isFirst = true;
    }

    /// <summary>Makes the plan anew if anything that it is made of is different.</summary>
    /// <param name="settings">What the configuration says; null for the same as before.</param>
    /// <param name="source">What routes say; null for the same as before.</param>
    /// <param name="now">The time.</param>
    public void Update(LeaseSettings? settings, PoolSource? source, Moment now)
    {
        if (settings is not null)
            Take(settings);
        Source = source ?? Source;
        IpRange[] before = _ranges;
        if (!MakePlan(isChanged: settings is not null || _isFirst))
            return;

        // The first ones are in the line that says that the server serves.
        if (!_isFirst && !_ranges.AsSpan().SequenceEqual(before))
            log.Pools(interfaceName, book.Pools.Count == 0 ? "none" : string.Join(", ", book.Pools.Select(pool => $"{pool.Range} ({pool.Size} addresses)")));
        ReportProblems(isRead: settings is not null || _isFirst);
        _isFirst = false;
        if (settings is { RevokeOnReload: true } && book.RevokeDisallowed(now) is > 0 and int revoked)
            log.Disallowed(interfaceName, revoked);
    }

    /// <summary>Changes what operators have added: in the store first, then in the plan.</summary>
    /// <param name="removed">What goes.</param>
    /// <param name="added">What comes.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LeaseStoreException">It cannot be stored; nothing has changed.</exception>
    public async ValueTask ChangeAsync(RuntimePlan removed, RuntimePlan added, Moment now, CancellationToken cancellationToken)
    {
        await store.SavePlanAsync(removed, added, now, cancellationToken);
        entries.Change(removed, added);
        bool isWhole = removed.Pools.Count + removed.Exclusions.Count + removed.DisabledPools.Count + added.Pools.Count + added.Exclusions.Count + added.DisabledPools.Count > 0;
        if (isWhole || removed.Reservations.Concat(added.Reservations).Any(reservation => HolderByHand(reservation.Address) is not null))
        {
            _ = MakePlan(isChanged: true);
            ReportProblems(isRead: false);
        }
        else
        {
            // There may be as many as there are peers: one more or less costs the same, however many.
            foreach (Reservation reservation in removed.Reservations.Where(IsOurs))
                _ = book.Unreserve(reservation.Address);
            foreach (Reservation reservation in added.Reservations.Where(IsOurs))
                _ = book.TryReserve(reservation);
        }

        SetLongestLeaseTime(added.Pools.Select(pool => pool.LeaseTime).Concat(added.Reservations.Select(reservation => reservation.LeaseTime)).Append(book.Policy.LongestLeaseTime));
    }

    /// <summary>The configuration's reservation for a peer.</summary>
    public bool TryGetFileReservation(PublicKey peer, bool isIPv6, out Reservation reservation) => _fileReservedFor.TryGetValue((peer, isIPv6), out reservation);

    /// <summary>Whose an address is by the operator's hand: alone, or in a network that is in a pool. Not in a wider one, from which the pool was cut.</summary>
    public PublicKey? OwnerByHand(IpAddress address) =>
        HolderByHand(address) ?? Array.Find(_networksByHand, network => network.Prefix.Contains(address) && Array.Exists(_ranges, network.AppliesTo)).Owner;

    /// <summary>Whose an address is by the operator's hand, in AllowedIPs.</summary>
    public PublicKey? HolderByHand(IpAddress address) => device.OwnerOf(address) is { } owner && !device.IsOurs(address, owner) ? owner : null;

    /// <summary>Why a peer could not have its reserved address; null if it can.</summary>
    public string? ProblemOf(Reservation reservation, Origin origin)
    {
        IpAddress address = reservation.Address;
        if (origin == Origin.Runtime && _fileReservations.TryGetValue(address, out Reservation other))
            return other.Peer == reservation.Peer ? "the configuration file reserves it for this peer as well, and counts" : $"the configuration file reserves it for {other.Peer}";
        if (book.ReservationOf(address) is not { } honoured || honoured.Peer != reservation.Peer)
        {
            return Source.OwnAddresses.Contains(address) ? "it is an address of this host"
                : HolderByHand(address) is { } holder && holder != reservation.Peer ? $"it is in the AllowedIPs of {holder}"
                : TryGetFileReservation(reservation.Peer, address.IsIPv6, out Reservation mine) ? $"the configuration file reserves {mine.Address} for this peer"
                : "it is in the way of another reservation";
        }

        return book.Find(address) is { IsActive: true } lease && lease.Peer != reservation.Peer ? $"it is leased to {lease.Peer} until {lease.End:u}" : null;
    }

    /// <summary>Why a pool is not, or not wholly, what was meant; null if it is.</summary>
    public string? ProblemOf(PlannedPool pool)
    {
        if (pool.Origin != Origin.Runtime)
            return null;
        if (Settings.Pools.FirstOrDefault(other => other.Range.Overlaps(pool.Range)) is { } inTheWay)
            return $"the configuration file has the pool {inTheWay.Range}, to which belongs what is in both";
        return pool.Pool.Definition.Name is { } name && Settings.Pools.FirstOrDefault(other => other.Name == name) is { } namesake
            ? $"the configuration file calls the pool {namesake.Range} so: name this one by its range"
            : null;
    }

    private bool IsOurs(Reservation reservation) => !_fileReservations.ContainsKey(reservation.Address);

    private void Take(LeaseSettings settings)
    {
        Settings = settings;
        book.Policy = settings.Policy with { HashKey = book.Policy.HashKey };
        SetLongestLeaseTime(entries.Pools.Select(pool => pool.LeaseTime).Concat(entries.Reservations.Select(reservation => reservation.LeaseTime)).Append(settings.Policy.LongestLeaseTime));
        _fileReservations.Clear();
        _fileReservedFor.Clear();
        foreach (Reservation reservation in settings.Reservations)
        {
            _fileReservations[reservation.Address] = reservation;
            _fileReservedFor[(reservation.Peer, reservation.Address.IsIPv6)] = reservation;
        }
    }

    private void SetLongestLeaseTime(IEnumerable<TimeSpan?> times) => book.Policy = book.Policy with { LongestLeaseTime = times.Max()!.Value };

    private bool MakePlan(bool isChanged)
    {
        List<(PoolDefinition Definition, Origin Origin)> pools =
        [
            .. Settings.Pools.Select(pool => (pool, Origin.File)),
            .. entries.Pools.Select(pool => (pool, Origin.Runtime)),
        ];
        if (Settings.PoolsFromRoutes)
        {
            // Of a route within a pool nothing would be left.
            pools.AddRange(Source.Prefixes.Select(IpRange.FromPrefix).Where(range => !pools.Exists(pool => pool.Definition.Range.Contains(range)))
                .Select(range => (new PoolDefinition { Range = range }, Origin.Route)).ToArray());
        }

        IpRange[] ranges = [.. pools.Select(pool => pool.Definition.Range)];
        Exclusion[] exclusions =
        [
            .. device.Foreign
                .Where(entry => IsIn(ranges, entry.Prefix) || (entry.Prefix.IsHost && IsReserved(entry.Prefix.Address)))
                .Select(entry => new Exclusion(entry.Prefix, entry.Peer))
                .OrderBy(exclusion => exclusion.Prefix),
            .. Source.OwnAddresses.Select(address => new Exclusion(IpPrefix.Host(address), null)),
        ];
        if (!isChanged && ranges.AsSpan().SequenceEqual(_ranges) && exclusions.AsSpan().SequenceEqual(_exclusions))
            return false;
        _ranges = ranges;
        _exclusions = exclusions;
        _networksByHand = [.. exclusions.Where(exclusion => !exclusion.Prefix.IsHost)];
        _origins = [.. pools.Select(pool => pool.Origin)];
        book.SetPlan(new LeasePlan
        {
            Pools = [.. pools.Select(pool => pool.Definition with
            {
                Enabled = !entries.IsDisabled(pool.Definition.Range),
                Exclusions = [.. pool.Definition.Exclusions, .. entries.Exclusions.Where(pool.Definition.Range.Overlaps)],
            })],
            Reservations = [.. Settings.Reservations, .. entries.Reservations.Where(IsOurs)],
            Exclusions = exclusions,
        });
        return true;
    }

    private bool IsReserved(IpAddress address) => _fileReservations.ContainsKey(address) || entries.TryGetReservation(address, out _);

    private static bool IsIn(IpRange[] pools, IpPrefix prefix) => IpRange.FromPrefix(prefix) is var range && Array.Exists(pools, pool => pool.Overlaps(range));

    // Each once, until it is over; those of the file whenever that is read.
    private void ReportProblems(bool isRead)
    {
        Dictionary<string, string> problems = [];
        foreach (Reservation reservation in book.UnusableReservations)
        {
            if (IsOurs(reservation))
                problems[$"the reservation of {reservation.Address} for {reservation.Peer}"] = ProblemOf(reservation, Origin.Runtime) ?? "";
            else if (isRead)
                log.ReservationUnusable(interfaceName, reservation.Address, reservation.Peer);
        }

        foreach (IpAddress address in _fileReservations.Keys)
        {
            if (entries.TryGetReservation(address, out Reservation reservation))
                problems[$"the reservation of {address} for {reservation.Peer}"] = ProblemOf(reservation, Origin.Runtime) ?? "";
        }

        foreach (PlannedPool pool in Pools)
        {
            if (ProblemOf(pool) is { } problem)
                problems[$"the pool {pool.Range}"] = problem;
        }

        _told.IntersectWith(problems.Keys);
        foreach ((string what, string problem) in problems)
        {
            if (_told.Add(what))
                log.RuntimeEntryGivesWay(interfaceName, what, problem);
        }
    }
}
