using SQLitePCL;
using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>Looks through a database for whatever may be wrong, as it is at one moment.</summary>
internal sealed class DatabaseCheck(Database database, HistoryHead? noted)
{
    // What is wrong with one page shows in many places.
    private const int MostProblems = 20;
    private readonly List<string> _problems = [];
    private long _active;
    private long _ended;
    private long _rows;
    private HistoryHead _head;

    public void Report(string problem)
    {
        if (_problems.Count < MostProblems)
            _problems.Add(problem);
        else if (_problems.Count == MostProblems)
            _problems.Add("and more");
    }

    public DatabaseReport Run()
    {
        // One transaction, so that a server that goes on writing does not confuse it.
        database.Execute("BEGIN");
        Attempt("the file", CheckPages);
        Attempt("the leases", CheckLeases);
        Attempt("the history", CheckHistory);
        Attempt("the grants", CheckGrants);
        // A backup may be older.
        if (database.Number("PRAGMA user_version") >= Schema.VersionWithPlan)
            Attempt("pools, reservations and exclusions", () => _ = PlanTable.Read(database));
        database.Rollback();
        return new DatabaseReport(_problems, _active, _ended, _rows, _head);
    }

    private void Attempt(string what, Action check)
    {
        try
        {
            check();
        }
        catch (SqliteError error) when (error.Code is not (raw.SQLITE_BUSY or raw.SQLITE_NOMEM))
        {
            Report($"{what} cannot be read: {error.Message}");
        }
    }

    private void CheckPages()
    {
        using Statement lines = database.PrepareOnce("PRAGMA integrity_check");
        while (lines.Step())
        {
            // One row may hold many lines, below a heading.
            foreach (string line in lines.Text(0)!.Split('\n').Where(line => line != "ok" && !line.StartsWith("***", StringComparison.Ordinal)))
                Report(line);
        }
    }

    private void CheckLeases()
    {
        using Statement rows = database.PrepareOnce($"SELECT {LeaseTable.Columns} FROM lease");
        while (rows.Step())
        {
            try
            {
                LeaseRecord lease = LeaseTable.Read(rows);
                if (lease.State == LeaseState.Active)
                    _active++;
                else
                    _ended++;
            }
            catch (SqliteError error)
            {
                Report(error.Message);
            }
        }
    }

    // The chain from the anchor, which is where pruning has cut it, to the head.
    private void CheckHistory()
    {
        Span<byte> hash = stackalloc byte[HistoryChain.HashLength];
        Span<byte> head = stackalloc byte[HistoryChain.HashLength];
        using Statement state = database.PrepareOnce("SELECT anchor_seq, anchor_hash, head_seq, head_hash FROM store WHERE id = 1");
        if (!state.Step() || state.Bytes(1).Length != hash.Length || state.Bytes(3).Length != head.Length)
        {
            Report("the table store does not tell where the history begins and ends");
            return;
        }

        long sequence = state.Integer(0);
        state.Bytes(1).CopyTo(hash);
        state.Bytes(3).CopyTo(head);
        _head = new HistoryHead(state.Integer(2), Convert.ToHexStringLower(head));

        CompareNoted(sequence, hash);
        if (noted?.Sequence < sequence)
            Report($"history: row {noted?.Sequence} is older than what is kept, which begins behind row {sequence}; compare with a later line of the log");

        using Statement rows = database.PrepareOnce($"SELECT {HistoryRow.Columns}, hash FROM history ORDER BY seq");
        while (rows.Step())
        {
            _rows++;
            HistoryRow row = HistoryRow.Read(rows);
            if (row.Sequence != sequence + 1)
                Report($"history: row {sequence + 1} is followed by row {row.Sequence}; rows between were removed or renumbered");
            sequence = row.Sequence;
            HistoryChain.Link(hash, row, hash);
            CompareNoted(sequence, rows.Bytes(7));
            if (rows.Bytes(7).SequenceEqual(hash))
                continue;
            Report($"history: row {row.Sequence} ({row.Address}, {row.Start:u}) does not fit its hash; it or one before it was changed");
            // From here on as the file has it, so that one change is one problem.
            if (!rows.Bytes(7).TryCopyTo(hash))
                hash.Clear();
        }

        if (sequence != _head.Sequence || !hash.SequenceEqual(head))
            Report($"history: it ends with row {sequence}, but should with row {_head.Sequence}, hash {_head.Hash}; rows at the end were removed, added or changed");
        if (noted?.Sequence > sequence)
            Report($"history: it ends with row {sequence}, but row {noted?.Sequence} was noted; rows at the end were removed, or the history was begun anew");
    }

    private void CompareNoted(long sequence, ReadOnlySpan<byte> hash)
    {
        if (noted is { } head && head.Sequence == sequence && head.Hash != Convert.ToHexStringLower(hash))
            Report($"history: row {sequence} had the hash {head.Hash} when it was noted, and has {Convert.ToHexStringLower(hash)}; it or one before it was rewritten");
    }

    private void CheckGrants()
    {
        using Statement rows = database.PrepareOnce("""
            SELECT address FROM lease
            WHERE state = 0 AND NOT EXISTS (
                SELECT 1 FROM history
                WHERE history.address = lease.address AND history.peer = lease.peer AND history.start = lease.start AND event IN (0, 4))
            """);
        while (rows.Step())
            Report($"the lease of {(Values.TryRead(rows.Bytes(0), out IpAddress address) ? address : Convert.ToHexStringLower(rows.Bytes(0)))} is active, but the history does not tell of its grant");
    }
}
