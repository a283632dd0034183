using Microsoft.Extensions.Logging;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>
/// Gets what happened in the lease book into the store. While the store fails it remembers what is missing there and
/// tries again now and then; what it remembers grows with the leases, not with the time that it takes.
/// Has one owner, the lease service.
/// </summary>
internal sealed class StoreKeeper(InterfaceName interfaceName, LeaseBook book, RuntimeEntries entries, ILeaseStore store, Counters counters, ILogger log)
{
    // Each try may take a good part of a second, in which nobody is answered.
    private static readonly TimeSpan _retryInterval = TimeSpan.FromSeconds(1);

    private readonly List<LeaseChange> _backlog = [];

    // Where in the backlog the last word about an address is.
    private readonly Dictionary<IpAddress, int> _lastWord = [];
    private TimeSpan _retryAt;

    /// <summary>Why the store does not work; null if it does.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether the store lacks something about an address that nobody may rely on before it is there: anything but a renewal.</summary>
    public bool IsUnsaved(IpAddress address) => _lastWord.TryGetValue(address, out int index) && _backlog[index].Event != LeaseEvent.Renewed;

    /// <summary>Writes what the book has to tell, and what could not be written before.</summary>
    /// <param name="now">The time.</param>
    /// <param name="whenSaved">Is told of each change that is in the store now, in order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether everything is in the store.</returns>
    public async ValueTask<bool> SaveAsync(Moment now, Action<LeaseChange> whenSaved, CancellationToken cancellationToken)
    {
        List<LeaseChange> changes = book.Changes;
        if (_backlog.Count > 0)
        {
            Remember(changes);
            changes = _backlog;
            if (now.Uptime < _retryAt)
                return false;
        }

        if (changes.Count == 0)
            return true;
        try
        {
            await store.CommitAsync(changes, now, cancellationToken);
        }
        catch (LeaseStoreException error) when (error.IsDamaged && store is IRebuildableStore rebuildable)
        {
            // What is in memory is whole.
            if (!await TryRebuildAsync(rebuildable, now, cancellationToken))
                return false;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Remember(book.Changes);
            Fail(error, now);
            return false;
        }

        // Who is told may have the book change again.
        int count = changes.Count;
        for (int i = 0; i < count; i++)
            whenSaved(changes[i]);
        changes.RemoveRange(0, count);
        _lastWord.Clear();
        if (Problem is not null)
            log.StoreRecovered(interfaceName, count);
        Problem = null;
        return true;
    }

    /// <summary>Writes what operators change of what they have added. It is tried once: who asked for it hears of a failure.</summary>
    /// <param name="removed">What goes.</param>
    /// <param name="added">What comes.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LeaseStoreException">It is not written.</exception>
    public async ValueTask SavePlanAsync(RuntimePlan removed, RuntimePlan added, Moment now, CancellationToken cancellationToken)
    {
        try
        {
            await store.CommitPlanAsync(removed, added, cancellationToken);
        }
        catch (LeaseStoreException error) when (error.IsDamaged && store is IRebuildableStore rebuildable && book.Changes.Count + _backlog.Count == 0)
        {
            // What waits to be written would be written twice; it makes the store anew itself.
            if (!await TryRebuildAsync(rebuildable, now, cancellationToken))
                throw;
            await store.CommitPlanAsync(removed, added, cancellationToken);
        }
    }

    /// <summary>Has the store begin anew with a backup; what it still lacks is not wanted any more.</summary>
    /// <exception cref="LeaseStoreException">It cannot be used, or not be put in place; nothing has changed.</exception>
    public async ValueTask<ReplacedStore> ReplaceAsync(string path, Moment now, CancellationToken cancellationToken)
    {
        if (store is not IRebuildableStore replaceable)
            throw new LeaseStoreException("leases are kept in memory only");
        ReplacedStore replaced = await replaceable.ReplaceAsync(path, now, cancellationToken);
        _backlog.Clear();
        _lastWord.Clear();
        if (Problem is not null)
            log.StoreRecovered(interfaceName, 0);
        Problem = null;
        return replaced;
    }

    /// <summary>Has the store forget what is long over; it is tried again later if it fails.</summary>
    public async ValueTask PruneAsync(Moment now, CancellationToken cancellationToken)
    {
        try
        {
            await store.PruneAsync(now.Wall - book.Policy.Retention, now.Wall - book.Policy.HistoryRetention, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Fail(error, now);
        }
    }

    private async ValueTask<bool> TryRebuildAsync(IRebuildableStore rebuildable, Moment now, CancellationToken cancellationToken)
    {
        try
        {
            string? aside = await rebuildable.RebuildAsync([.. book.Leases.Select(lease => lease.ToRecord())], entries.ToPlan(), now, cancellationToken);
            log.StoreRebuilt(interfaceName, aside ?? "gone");
            return true;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Remember(book.Changes);
            Fail(error, now);
            return false;
        }
    }

    private void Fail(Exception error, Moment now)
    {
        counters.AddStoreFailure();
        _retryAt = now.Uptime + _retryInterval;
        if (Problem is null)
            log.StoreFailed(interfaceName, error.Message);
        Problem = error.Message;
    }

    private void Remember(List<LeaseChange> changes)
    {
        foreach (LeaseChange change in changes)
        {
            // A renewal adds nothing to a grant or a renewal before it but the later end.
            if (change.Event == LeaseEvent.Renewed && _lastWord.TryGetValue(change.Record.Address, out int index))
            {
                _backlog[index] = _backlog[index] with { Record = change.Record };
                continue;
            }

            _lastWord[change.Record.Address] = _backlog.Count;
            _backlog.Add(change);
        }

        changes.Clear();
    }
}
