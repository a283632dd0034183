using SQLitePCL;
using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>
/// Leases and their history in a SQLite file: on the disk before a commit returns (write-ahead log, synchronous = FULL).
/// One caller at a time. A fault is a <see cref="LeaseStoreException"/>, and the next call tries anew, so that the store goes
/// on as soon as the cause is gone; only for a damaged or replaced file <see cref="RebuildAsync"/> is needed.
/// </summary>
public sealed class SqliteLeaseStore : IRebuildableStore
{
    private static readonly TimeSpan _openWait = TimeSpan.FromSeconds(5);
    private readonly string _path;
    private readonly string _bootId;
    private readonly IReadOnlyList<string> _migrations;

    // Null after a fault that may have left it in doubt: the next call opens it again.
    private StoreConnection? _connection;

    private SqliteLeaseStore(string path, string bootId, IReadOnlyList<string> migrations)
    {
        _path = path;
        _bootId = bootId;
        _migrations = migrations;
    }

    /// <summary>The end of the history.</summary>
    public HistoryHead Head { get; private set; }

    /// <inheritdoc/>
    public string? HistoryEnd => Head.Sequence > 0 ? Head.ToString() : null;

    /// <summary>Opens a store; a missing file is made with mode 0600, its missing directory with 0700.</summary>
    /// <param name="path">The file, such as /var/lib/wg-dynamic/wg0.db.</param>
    /// <param name="bootId">What is the same until the machine is booted again: <see cref="BootId.Read"/>.</param>
    /// <exception cref="LeaseStoreException">It cannot be opened; after waiting at most five seconds for a lock.</exception>
    public static SqliteLeaseStore Open(string path, string bootId) => Open(path, bootId, Schema.Migrations);

    internal static SqliteLeaseStore Open(string path, string bootId, IReadOnlyList<string> migrations)
    {
        HistoryChain.RequireHash();
        SqliteLeaseStore store = new(Path.GetFullPath(path), bootId, migrations);
        try
        {
            StoreFile.MakeIfMissing(store._path);
            store._connection = StoreConnection.Open(store._path, migrations, _openWait);
            store.Head = store._connection.Head;
            return store;
        }
        catch (SqliteError error)
        {
            throw Faults.Explain(store._path, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Faults.Explain(store._path, error);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="LeaseStoreException">They cannot be read.</exception>
    public ValueTask<StoredLeases> LoadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return ValueTask.FromResult(Connect().Load(_bootId));
        }
        catch (SqliteError error)
        {
            throw Fail(error);
        }
    }

    /// <inheritdoc/>
    public ValueTask<RuntimePlan> LoadPlanAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Do(connection => connection.LoadPlan()));
    }

    /// <inheritdoc/>
    public ValueTask CommitPlanAsync(RuntimePlan removed, RuntimePlan added, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _ = Do(connection =>
        {
            connection.CommitPlan(removed, added);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CommitAsync(IReadOnlyList<LeaseChange> changes, Moment now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (changes.Count == 0)
            return ValueTask.CompletedTask;
        try
        {
            StoreConnection connection = Connect();
            connection.Commit(changes, _bootId, now.Wall);
            Head = connection.Head;
            return ValueTask.CompletedTask;
        }
        catch (SqliteError error)
        {
            throw Fail(error);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The history goes up to the first row that is to stay, and at most 50 000 rows at once.</remarks>
    public ValueTask PruneAsync(DateTimeOffset endedBefore, DateTimeOffset historyBefore, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            StoreConnection connection = Connect();
            connection.Prune(endedBefore, historyBefore);
            Head = connection.Head;
            return ValueTask.CompletedTask;
        }
        catch (SqliteError error)
        {
            throw Fail(error);
        }
    }

    /// <inheritdoc/>
    public ValueTask<string?> RebuildAsync(IReadOnlyCollection<LeaseRecord> all, RuntimePlan plan, Moment now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Disconnect();
        try
        {
            // Complete before the damaged one goes, so that there is no moment with less than there could be.
            string unfinished = StoreFile.Unfinished(_path);
            HistoryHead head;
            using (StoreConnection connection = StoreConnection.Open(unfinished, _migrations, TimeSpan.Zero))
            {
                connection.Fill(all, plan, _bootId, now.Wall);
                head = connection.Head;
            }

            CloseLog(unfinished);
            string? aside = StoreFile.PutAside(unfinished, _path, "damaged", now.Wall);
            Head = head;
            _connection = StoreConnection.Open(_path, _migrations, TimeSpan.Zero);
            return ValueTask.FromResult(aside);
        }
        catch (SqliteError error)
        {
            throw Faults.Explain(_path, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Faults.Explain(_path, error);
        }
    }

    /// <inheritdoc/>
    /// <remarks>One of an earlier version is brought to the present one first.</remarks>
    public ValueTask<ReplacedStore> ReplaceAsync(string path, Moment now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            StoredLeases leases;
            RuntimePlan plan;
            HistoryHead head;
            using (StoreConnection connection = StoreConnection.Open(path, _migrations, TimeSpan.Zero))
                (leases, plan, head) = (connection.Load(_bootId), connection.LoadPlan(), connection.Head);
            CloseLog(path);
            StoreFile.Flush(path);
            // Its log is written back now, unless others read it: then it goes along.
            Disconnect();
            string? former = StoreFile.PutAside(path, _path, "before-restore", now.Wall);
            // The next call opens it.
            Head = head;
            return ValueTask.FromResult(new ReplacedStore(leases, plan, former));
        }
        catch (SqliteError error)
        {
            throw Faults.Explain(path, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Faults.Explain(_path, error);
        }
    }

    /// <summary>All that is known of an address: who had it, the active one last.</summary>
    /// <param name="address">The address.</param>
    /// <exception cref="LeaseStoreException">It cannot be read.</exception>
    public IReadOnlyList<HistoryEntry> History(IpAddress address) => Read(history => history.Of(address));

    /// <summary>All that is known of a peer, address by address.</summary>
    /// <param name="peer">The peer.</param>
    /// <exception cref="LeaseStoreException">It cannot be read.</exception>
    public IEnumerable<HistoryEntry> History(PublicKey peer) => Read(history => history.Of(peer));

    /// <summary>Who had an address at a time; null if nobody, or if it was longer ago than history is kept.</summary>
    /// <param name="address">The address.</param>
    /// <param name="at">The time.</param>
    /// <exception cref="LeaseStoreException">It cannot be read.</exception>
    public HistoryEntry? HolderAt(IpAddress address, DateTimeOffset at) => Read(history => history.HolderAt(address, at));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Disconnect();
        return ValueTask.CompletedTask;
    }

    // The log is written back when the last connection closes, unless there was no room.
    private static void CloseLog(string path)
    {
        if (File.Exists(path + "-wal"))
            throw new SqliteError(raw.SQLITE_FULL, "the log of the new database could not be written back");
    }

    private T Read<T>(Func<LeaseHistory, T> read) => Do(connection => read(connection.History));

    private T Do<T>(Func<StoreConnection, T> work)
    {
        try
        {
            return work(Connect());
        }
        catch (SqliteError error)
        {
            throw Fail(error);
        }
    }

    private StoreConnection Connect()
    {
        if (_connection is null)
        {
            if (!File.Exists(_path))
                throw Faults.Replaced(_path);
            StoreConnection connection = StoreConnection.Open(_path, _migrations, TimeSpan.Zero);
            if (connection.Head != Head)
            {
                connection.Dispose();
                throw Faults.Replaced(_path);
            }

            _connection = connection;
        }

        if (_connection.IsMoved)
        {
            Disconnect();
            throw Faults.Replaced(_path);
        }

        return _connection;
    }

    private LeaseStoreException Fail(SqliteError error)
    {
        _connection?.Rollback();
        // These pass by themselves. After others it is not known what the connection still holds to be true.
        if (error.Code is not (raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL))
            Disconnect();
        return Faults.Explain(_path, error);
    }

    private void Disconnect()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
