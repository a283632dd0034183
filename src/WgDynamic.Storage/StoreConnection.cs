using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>An open database with its statements: what a store does while nothing is wrong. Whatever is wrong is a <see cref="SqliteError"/>.</summary>
internal sealed class StoreConnection : IDisposable
{
    // The one caller has others waiting; it tries again soon.
    private static readonly TimeSpan _commitWait = TimeSpan.FromMilliseconds(250);
    private readonly Database _database;
    private readonly FileWatch _watch;
    private readonly LeaseTable _leases;
    private readonly HistoryTable _history;
    private readonly PlanTable _plan;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _readState;
    private readonly Statement _writeState;

    private StoreConnection(Database database, string path)
    {
        _database = database;
        _watch = FileWatch.Of(path);
        _leases = new LeaseTable(database);
        _history = new HistoryTable(database);
        _plan = new PlanTable(database);
        History = new LeaseHistory(database, path);
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _readState = database.Prepare("SELECT boot_id, last_commit IS NOT NULL, last_commit FROM store WHERE id = 1");
        _writeState = database.Prepare("UPDATE store SET boot_id = ?1, last_commit = ?2 WHERE id = 1");
    }

    /// <summary>Whether the file was removed, renamed or replaced.</summary>
    public bool IsMoved => _watch.IsMoved;

    /// <summary>The end of the history.</summary>
    public HistoryHead Head => _history.Head;

    /// <summary>The history, to be read.</summary>
    public LeaseHistory History { get; }

    /// <summary>Opens an existing file, and makes the tables in it if it is empty or of an earlier version.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="migrations">The steps to the present schema.</param>
    /// <param name="wait">How long to wait for somebody else's lock.</param>
    /// <exception cref="SqliteError">It cannot be opened.</exception>
    /// <exception cref="LeaseStoreException">It is not what it should be.</exception>
    public static StoreConnection Open(string path, IReadOnlyList<string> migrations, TimeSpan wait)
    {
        Database database = Database.Open(path);
        try
        {
            database.WaitForLocks(wait);
            if (database.IsReadOnly)
                throw new SqliteError(SQLitePCL.raw.SQLITE_READONLY, "opened for reading only");
            // Before anything is changed: it may be somebody else's.
            _ = Schema.Verify(database, path, migrations.Count);
            // FULL: in the log and on the disk before a commit returns. The others distrust a damaged file.
            database.Execute("PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA journal_size_limit = 16777216");
            if (database.Text("PRAGMA journal_mode = WAL") != "wal")
                throw new LeaseStoreException($"{path}: its file system cannot have a write-ahead log beside it (no shared memory); put the database on a local file system");
            Schema.Migrate(database, path, migrations);
            StoreConnection connection = new(database, path);
            connection._history.ReadHead();
            connection._history.CheckHead();
            database.WaitForLocks(_commitWait);
            return connection;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Reads all leases.</summary>
    /// <param name="bootId">Which boot this is.</param>
    public StoredLeases Load(string bootId)
    {
        if (!_readState.Step())
            throw Values.Impossible("table store");
        bool sameBoot = _readState.Text(0) == bootId;
        DateTimeOffset? lastCommit = _readState.Integer(1) == 0 ? null
            : Ticks.TryRead(_readState.Integer(2), out DateTimeOffset time) ? time
            : throw Values.Impossible("table store");
        _readState.Reset();
        return new StoredLeases(_leases.ReadAll(), sameBoot, lastCommit);
    }

    /// <summary>Reads what operators have added.</summary>
    public RuntimePlan LoadPlan() => _plan.Read();

    /// <summary>Writes what operators change of it, all or nothing.</summary>
    public void CommitPlan(RuntimePlan removed, RuntimePlan added)
    {
        _begin.Run();
        _plan.Change(removed, added);
        _commit.Run();
    }

    /// <summary>Writes changes, all or none.</summary>
    public void Commit(IReadOnlyList<LeaseChange> changes, string bootId, DateTimeOffset now)
    {
        _begin.Run();
        _history.ReadHead();
        for (int i = 0; i < changes.Count; i++)
        {
            LeaseChange change = changes[i];
            if (change.Event == LeaseEvent.Renewed)
                _leases.Renew(change.Record);
            else if (change.Event == LeaseEvent.Forgotten)
                _leases.Forget(change.Record.Address);
            else
                _leases.Put(change.Record);
            if (change.Event == LeaseEvent.Granted)
                _history.Append(HistoryEvent.Granted, change.Record.Start, change.Record);
            else if (change.Event == LeaseEvent.Ended)
                _history.Append(HistoryEvents.EndOf(change.Record.State), change.Record.End, change.Record);
        }

        _history.WriteHead();
        WriteState(bootId, now);
        _commit.Run();
    }

    /// <summary>Fills an empty database with what was known elsewhere.</summary>
    public void Fill(IReadOnlyCollection<LeaseRecord> leases, RuntimePlan plan, string bootId, DateTimeOffset now)
    {
        _begin.Run();
        _history.ReadHead();
        _plan.Change(RuntimePlan.Empty, plan);
        foreach (LeaseRecord lease in leases)
        {
            _leases.Put(lease);
            if (lease.State == LeaseState.Active)
                _history.Append(HistoryEvent.Carried, now, lease);
        }

        _history.WriteHead();
        WriteState(bootId, now);
        _commit.Run();
    }

    /// <summary>Forgets what is long over.</summary>
    public void Prune(DateTimeOffset endedBefore, DateTimeOffset historyBefore)
    {
        _begin.Run();
        DateTimeOffset now = historyBefore;
        if (_readState.Step() && _readState.Integer(1) != 0 && Ticks.TryRead(_readState.Integer(2), out DateTimeOffset lastCommit))
            now = lastCommit;
        _readState.Reset();
        _leases.Prune(endedBefore);
        _history.Prune(historyBefore, now);
        _commit.Run();
    }

    /// <summary>Undoes what a failed commit has done so far.</summary>
    public void Rollback()
    {
        _database.Rollback();
        try
        {
            _history.ReadHead();
        }
        catch (SqliteError)
        {
            // The next commit reads it again, and says what is wrong.
        }
    }

    public void Dispose() => _database.Dispose();

    private void WriteState(string bootId, DateTimeOffset now) => _writeState.Bind(1, bootId).Bind(2, Ticks.Of(now)).Run();
}
