namespace WgDynamic.Leasing;

/// <summary>A store that lasts as long as this object.</summary>
public sealed class MemoryLeaseStore : ILeaseStore
{
    private readonly Dictionary<IpAddress, LeaseRecord> _records = [];

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LeaseRecord>> LoadAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<LeaseRecord>>([.. _records.Values]);

    /// <inheritdoc/>
    public ValueTask CommitAsync(IReadOnlyCollection<LeaseRecord> records, CancellationToken cancellationToken)
    {
        foreach (LeaseRecord record in records)
            _records[record.Address] = record;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask PruneAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken)
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
