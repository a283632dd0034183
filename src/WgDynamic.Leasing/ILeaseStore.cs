namespace WgDynamic.Leasing;

/// <summary>Where leases outlive the process. One caller at a time.</summary>
public interface ILeaseStore : IAsyncDisposable
{
    /// <summary>Reads all records.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<LeaseRecord>> LoadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes records in one transaction, each replacing the record of the same address. When this returns they
    /// survive whatever the store promises to survive: nobody is answered before.
    /// </summary>
    /// <param name="records">The records; no address twice.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask CommitAsync(IReadOnlyCollection<LeaseRecord> records, CancellationToken cancellationToken);

    /// <summary>Forgets leases that ended long ago.</summary>
    /// <param name="endedBefore">Ended records with an earlier end go; active ones stay.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask PruneAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken);
}
