namespace WgDynamic.Leasing;

/// <summary>What a store kept.</summary>
/// <param name="Records">One record an address, in no order.</param>
/// <param name="SameBoot">Whether the last commit was since the machine was booted: then times since boot in the records count, and nobody needs to trust the time of day.</param>
/// <param name="LastCommit">The time of day that the last commit was made with, UTC; null if there was none.</param>
public readonly record struct StoredLeases(IReadOnlyList<LeaseRecord> Records, bool SameBoot, DateTimeOffset? LastCommit);

/// <summary>Where leases, and what operators have added to the configuration, outlive the process. One caller at a time.</summary>
public interface ILeaseStore : IAsyncDisposable
{
    /// <summary>The end of the history, for the log: whoever has noted it can prove later that nothing up to there was rewritten. Null without a history.</summary>
    string? HistoryEnd { get; }

    /// <summary>Reads all records.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<StoredLeases> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Reads what operators have added to the configuration.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LeaseStoreException">It cannot be read.</exception>
    ValueTask<RuntimePlan> LoadPlanAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Takes some of it away and then adds some, in place of what there is for the same range or address: in one transaction,
    /// with the promise of <see cref="CommitAsync"/>.
    /// </summary>
    /// <param name="removed">What goes; only ranges and addresses matter.</param>
    /// <param name="added">What comes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LeaseStoreException">It could not be written; it is as it was.</exception>
    ValueTask CommitPlanAsync(RuntimePlan removed, RuntimePlan added, CancellationToken cancellationToken);

    /// <summary>
    /// Writes changes in one transaction: each record replaces that of the same address, or takes it away if it is to be forgotten, and grants and ends go into
    /// the history, in this order. When this returns they survive whatever the store promises to survive: nobody is
    /// answered before. When it throws, nothing of them was written, as far as anybody can tell; the same changes
    /// may be handed in again.
    /// </summary>
    /// <param name="changes">What happened, oldest first; an address may be there more than once.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LeaseStoreException">It could not be written.</exception>
    ValueTask CommitAsync(IReadOnlyList<LeaseChange> changes, Moment now, CancellationToken cancellationToken);

    /// <summary>Forgets what is long over.</summary>
    /// <param name="endedBefore">Records of ended leases with an earlier end go; active ones stay.</param>
    /// <param name="historyBefore">History of leases that ended earlier goes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LeaseStoreException">It could not be written.</exception>
    ValueTask PruneAsync(DateTimeOffset endedBefore, DateTimeOffset historyBefore, CancellationToken cancellationToken);
}

/// <summary>A store cannot do what it should: a full or read-only disk, a locked or damaged file, one of a later version.</summary>
public sealed class LeaseStoreException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What is wrong, where, and what to do about it, for people.</param>
    /// <param name="inner">What the library said.</param>
    public LeaseStoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>Whether the file itself is damaged, so that trying again will not help.</summary>
    public bool IsDamaged { get; init; }
}
