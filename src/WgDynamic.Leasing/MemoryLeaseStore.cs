namespace WgDynamic.Leasing;

/// <summary>A store that lasts as long as this object, and keeps no history.</summary>
public sealed class MemoryLeaseStore : ILeaseStore
{
    private readonly Dictionary<IpAddress, LeaseRecord> _records = [];
    private RuntimePlan _plan = RuntimePlan.Empty;
    private DateTimeOffset? _lastCommit;

    /// <inheritdoc/>
    public string? HistoryEnd => null;

    /// <inheritdoc/>
    public ValueTask<StoredLeases> LoadAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StoredLeases([.. _records.Values], SameBoot: true, _lastCommit));

    /// <inheritdoc/>
    public ValueTask<RuntimePlan> LoadPlanAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_plan);

    /// <inheritdoc/>
    public ValueTask CommitPlanAsync(RuntimePlan removed, RuntimePlan added, CancellationToken cancellationToken)
    {
        _plan = new RuntimePlan
        {
            Pools = Change(_plan.Pools, removed.Pools, added.Pools, pool => pool.Range),
            Reservations = Change(_plan.Reservations, removed.Reservations, added.Reservations, reservation => reservation.Address),
            Exclusions = Change(_plan.Exclusions, removed.Exclusions, added.Exclusions, range => range),
            DisabledPools = Change(_plan.DisabledPools, removed.DisabledPools, added.DisabledPools, range => range),
        };
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CommitAsync(IReadOnlyList<LeaseChange> changes, Moment now, CancellationToken cancellationToken)
    {
        foreach (LeaseChange change in changes)
        {
            if (change.Event == LeaseEvent.Forgotten)
                _ = _records.Remove(change.Record.Address);
            else
                _records[change.Record.Address] = change.Record;
        }

        _lastCommit = now.Wall;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask PruneAsync(DateTimeOffset endedBefore, DateTimeOffset historyBefore, CancellationToken cancellationToken)
    {
        foreach ((IpAddress address, LeaseRecord record) in _records)
        {
            // Removing what was just enumerated is allowed.
            if (record.State != LeaseState.Active && record.End < endedBefore)
                _ = _records.Remove(address);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // What is there already keeps its place.
    private static IReadOnlyCollection<T> Change<T, TKey>(IReadOnlyCollection<T> all, IReadOnlyCollection<T> removed, IReadOnlyCollection<T> added, Func<T, TKey> keyOf)
        where TKey : notnull
    {
        if (removed.Count + added.Count == 0)
            return all;
        OrderedDictionary<TKey, T> changed = new(all.Select(item => KeyValuePair.Create(keyOf(item), item)));
        foreach (T item in removed)
            _ = changed.Remove(keyOf(item));
        foreach (T item in added)
            changed[keyOf(item)] = item;
        return changed.Values;
    }
}
