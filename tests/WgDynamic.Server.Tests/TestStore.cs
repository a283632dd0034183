using WgDynamic.Leasing;

namespace WgDynamic.Server.Tests;

/// <summary>A store in memory that can be slow, or broken.</summary>
internal sealed class TestStore : IRebuildableStore
{
    private MemoryLeaseStore _store = new();
    private TaskCompletionSource? _gate;

    /// <summary>Pulsed when a commit begins and when it has ended.</summary>
    public Signal Changed { get; } = new();

    public bool Fails { get; set; }

    /// <summary>Beyond repair, until it is made anew.</summary>
    public bool IsDamaged { get; set; }

    public string? HistoryEnd { get; set; }

    /// <summary>How many commits have begun.</summary>
    public int Begun { get; private set; }

    /// <summary>How many records each commit held that was made.</summary>
    public List<int> Committed { get; } = [];

    /// <summary>From now on commits wait.</summary>
    public void Block() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Unblock() => _gate!.SetResult();

    public async ValueTask<IReadOnlyList<LeaseRecord>> RecordsAsync() => (await LoadAsync(Names.Cancelled)).Records;

    public ValueTask<StoredLeases> LoadAsync(CancellationToken cancellationToken) => _store.LoadAsync(cancellationToken);

    public ValueTask<RuntimePlan> LoadPlanAsync(CancellationToken cancellationToken) => _store.LoadPlanAsync(cancellationToken);

    public ValueTask CommitPlanAsync(RuntimePlan removed, RuntimePlan added, CancellationToken cancellationToken)
    {
        if (IsDamaged)
            throw new LeaseStoreException("the file is damaged") { IsDamaged = true };
        if (Fails)
            throw new IOException("the disk is full");
        return _store.CommitPlanAsync(removed, added, cancellationToken);
    }

    public async ValueTask CommitAsync(IReadOnlyList<LeaseChange> changes, Moment now, CancellationToken cancellationToken)
    {
        Begun++;
        Changed.Pulse();
        if (_gate is { } gate)
            await gate.Task.WaitAsync(cancellationToken);
        if (IsDamaged)
            throw new LeaseStoreException("the file is damaged") { IsDamaged = true };
        if (Fails)
            throw new IOException("the disk is full");
        await _store.CommitAsync(changes, now, cancellationToken);
        Committed.Add(changes.Count);
        Changed.Pulse();
    }

    public ValueTask PruneAsync(DateTimeOffset endedBefore, DateTimeOffset historyBefore, CancellationToken cancellationToken) =>
        _store.PruneAsync(endedBefore, historyBefore, cancellationToken);

    public async ValueTask<string?> RebuildAsync(IReadOnlyCollection<LeaseRecord> all, RuntimePlan plan, Moment now, CancellationToken cancellationToken)
    {
        _store = new MemoryLeaseStore();
        IsDamaged = false;
        await _store.CommitPlanAsync(RuntimePlan.Empty, plan, cancellationToken);
        await _store.CommitAsync([.. all.Select(record => new LeaseChange(LeaseEvent.Granted, record))], now, cancellationToken);
        return "aside";
    }

    /// <summary>What <see cref="ReplaceAsync"/> begins anew with, by path.</summary>
    public Dictionary<string, ReplacedStore> Backups { get; } = [];

    public async ValueTask<ReplacedStore> ReplaceAsync(string path, Moment now, CancellationToken cancellationToken)
    {
        ReplacedStore backup = Backups.TryGetValue(path, out ReplacedStore found) ? found : throw new LeaseStoreException($"{path} does not exist");
        _ = await RebuildAsync([.. backup.Leases.Records], backup.Plan, now, cancellationToken);
        return backup;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
