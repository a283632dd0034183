namespace WgDynamic.Leasing;

/// <summary>A store that can be made anew from what its user remembers, when what it kept is damaged beyond use.</summary>
public interface IRebuildableStore : ILeaseStore
{
    /// <summary>
    /// Puts the damaged data aside, where it can be looked at, and begins anew with what is given. The history
    /// begins anew as well, with the active leases. For use after a <see cref="LeaseStoreException"/> that
    /// <see cref="LeaseStoreException.IsDamaged"/>; when it throws, the damaged data may or may not have been put aside,
    /// and it may be called again.
    /// </summary>
    /// <param name="all">Every lease that is known, active and ended; no address twice.</param>
    /// <param name="plan">All that operators have added.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Where the damaged data is now, for people; null if there was none.</returns>
    /// <exception cref="LeaseStoreException">The new store could not be made.</exception>
    ValueTask<string?> RebuildAsync(IReadOnlyCollection<LeaseRecord> all, RuntimePlan plan, Moment now, CancellationToken cancellationToken);

    /// <summary>Begins anew with other data, which becomes this store's. When it throws, nothing has changed.</summary>
    /// <param name="path">The data, complete and checked; it is gone from there afterwards.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it holds.</returns>
    /// <exception cref="LeaseStoreException">It cannot be used, or not be put in place.</exception>
    ValueTask<ReplacedStore> ReplaceAsync(string path, Moment now, CancellationToken cancellationToken);
}

/// <summary>What a store begins anew with.</summary>
/// <param name="Leases">The leases.</param>
/// <param name="Plan">What operators had added.</param>
/// <param name="Former">Where the former data is now, for people; null if there was none.</param>
public readonly record struct ReplacedStore(StoredLeases Leases, RuntimePlan Plan, string? Former);
