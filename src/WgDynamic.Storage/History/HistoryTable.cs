using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>The history as it is written: rows behind one another, each chained to the one before. Inside the caller's transactions.</summary>
internal sealed class HistoryTable
{
    // An hour's pruning of a busy server; what is more waits for the next time, so that nobody waits for it.
    private const int MostPrunedAtOnce = 50_000;

    private readonly Database _database;
    private readonly Statement _readHead;
    private readonly Statement _writeHead;
    private readonly Statement _append;
    private readonly Statement _lastOld;
    private readonly Statement _findHash;
    private readonly Statement _carry;
    private readonly Statement _delete;
    private readonly Statement _moveAnchor;
    private readonly byte[] _hash = new byte[HistoryChain.HashLength];
    private long _sequence;

    public HistoryTable(Database database)
    {
        _database = database;
        _readHead = database.Prepare("SELECT head_seq, head_hash FROM store WHERE id = 1");
        _writeHead = database.Prepare("UPDATE store SET head_seq = ?1, head_hash = ?2 WHERE id = 1");
        _append = database.Prepare("INSERT INTO history (seq, at, address, peer, event, start, hostname, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        // The last row before the first one that is young enough to stay.
        _lastOld = database.Prepare("""
            SELECT coalesce(
                (SELECT seq - 1 FROM (SELECT seq, at FROM history ORDER BY seq LIMIT ?2) WHERE at >= ?1 ORDER BY seq LIMIT 1),
                (SELECT max(seq) FROM (SELECT seq FROM history ORDER BY seq LIMIT ?2)),
                0)
            """);
        _findHash = database.Prepare("SELECT hash FROM history WHERE seq = ?1");
        _carry = database.Prepare($"""
            SELECT {LeaseTable.Columns} FROM lease
            WHERE state = 0
                AND address IN (SELECT address FROM history WHERE seq <= ?1 AND event IN (0, 4))
                AND NOT EXISTS (
                    SELECT 1 FROM history
                    WHERE history.address = lease.address AND seq > ?1 AND history.peer = lease.peer AND history.start = lease.start AND event IN (0, 4))
            """);
        _delete = database.Prepare("DELETE FROM history WHERE seq <= ?1");
        _moveAnchor = database.Prepare("UPDATE store SET anchor_seq = ?1, anchor_hash = ?2 WHERE id = 1");
    }

    /// <summary>The end of the chain, as of the last <see cref="ReadHead"/> and what was appended since.</summary>
    public HistoryHead Head => new(_sequence, Convert.ToHexStringLower(_hash));

    /// <summary>Reads where the chain ends. First thing in a transaction that appends.</summary>
    /// <exception cref="SqliteError">It cannot be read.</exception>
    public void ReadHead()
    {
        if (!_readHead.Step())
            throw Values.Impossible("table store");
        _sequence = _readHead.Integer(0);
        bool isHash = _readHead.Bytes(1).TryCopyTo(_hash) && _readHead.Bytes(1).Length == _hash.Length;
        _readHead.Reset();
        if (!isHash)
            throw Values.Impossible("table store");
    }

    /// <summary>Sees that the last row is the one that the head tells of.</summary>
    /// <exception cref="SqliteError">It is not, or it cannot be read.</exception>
    public void CheckHead()
    {
        bool fits = _findHash.Bind(1, _sequence).Step()
            ? _findHash.Bytes(0).SequenceEqual(_hash)
            : _sequence == _database.Number("SELECT anchor_seq FROM store WHERE id = 1");
        _findHash.Reset();
        if (!fits)
            throw new SqliteError(SQLitePCL.raw.SQLITE_CORRUPT, $"the history does not end with row {_sequence}");
    }

    /// <summary>Writes where the chain ends. Last thing in a transaction that appends.</summary>
    public void WriteHead() => _writeHead.Bind(1, _sequence).Bind(2, _hash).Run();

    /// <summary>Appends what happened to a lease.</summary>
    /// <param name="happened">What.</param>
    /// <param name="at">When.</param>
    /// <param name="lease">The lease.</param>
    public void Append(HistoryEvent happened, DateTimeOffset at, in LeaseRecord lease)
    {
        HistoryRow row = new(++_sequence, at, lease.Address, lease.Peer, happened, lease.Start, lease.Hostname);
        HistoryChain.Link(_hash, row, _hash);
        _append.Bind(1, row.Sequence).Bind(2, Ticks.Of(at)).Bind(3, row.Address).Bind(4, row.Peer).Bind(5, (long)happened)
            .Bind(6, Ticks.Of(row.Start)).Bind(7, row.Hostname).Bind(8, _hash).Run();
    }

    /// <summary>
    /// Removes the oldest rows, up to the first that is not old: the chain stays whole, from a later anchor on. An active
    /// lease whose grant goes is written again behind the others, so that the history always tells of it.
    /// </summary>
    /// <param name="before">What is older goes.</param>
    /// <param name="now">The time of the rows that are written again.</param>
    public void Prune(DateTimeOffset before, DateTimeOffset now)
    {
        _ = _lastOld.Bind(1, Ticks.Of(before)).Bind(2, MostPrunedAtOnce).Step();
        long last = _lastOld.Integer(0);
        _lastOld.Reset();
        if (!_findHash.Bind(1, last).Step())
            return;
        _moveAnchor.Bind(1, last).Bind(2, _findHash.Bytes(0)).Run();
        _findHash.Reset();

        List<LeaseRecord> carried = [];
        _ = _carry.Bind(1, last);
        while (_carry.Step())
            carried.Add(LeaseTable.Read(_carry));
        ReadHead();
        foreach (LeaseRecord lease in carried)
            Append(HistoryEvent.Carried, now, lease);
        WriteHead();
        _delete.Bind(1, last).Run();
    }
}
