namespace WgDynamic.Leasing;

/// <summary>A store that lasts as long as this object, and keeps no history.</summary>
public sealed class MemoryLeaseStore : ILeaseStore
{
    private readonly Dictionary<IpAddress, LeaseRecord> _records = [];
    private DateTimeOffset? _lastCommit;

    /// <inheritdoc/>
    public string? HistoryEnd => null;

    /// <inheritdoc/>
    public ValueTask<StoredLeases> LoadAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StoredLeases([.. _records.Values], SameBoot: true, _lastCommit));

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
}
