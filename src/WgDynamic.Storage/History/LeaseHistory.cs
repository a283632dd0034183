using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>Reads the history of a database: who had which address from when to when.</summary>
/// <remarks>
/// Like the connection below it for one caller at a time. Whoever asks beside a running server, in its process or
/// another one, <see cref="Open"/>s one of their own: readers and the writer do not wait for one another.
/// </remarks>
public sealed class LeaseHistory : IDisposable
{
    private readonly Database _database;
    private readonly string _path;
    private readonly bool _ownsDatabase;

    internal LeaseHistory(Database database, string path, bool ownsDatabase = false)
    {
        _database = database;
        _path = path;
        _ownsDatabase = ownsDatabase;
    }

    /// <summary>Opens a database for reading, whether a server has it open or not.</summary>
    /// <param name="path">The database.</param>
    /// <exception cref="LeaseStoreException">It cannot be read.</exception>
    public static LeaseHistory Open(string path)
    {
        path = Path.GetFullPath(path);
        return new LeaseHistory(ReadOnlyDatabase.Open(path, out _), path, ownsDatabase: true);
    }

    /// <summary>All that is known of an address.</summary>
    /// <param name="address">The address.</param>
    /// <returns>Who had it, in the order in which the leases ended; the active one last.</returns>
    /// <exception cref="LeaseStoreException">It cannot be read.</exception>
    public IReadOnlyList<HistoryEntry> Of(IpAddress address)
    {
        try
        {
            return Read(address);
        }
        catch (SqliteError error)
        {
            throw Faults.Explain(_path, error);
        }
    }

    /// <summary>All that is known of a peer. Looks through the whole history.</summary>
    /// <param name="peer">The peer.</param>
    /// <returns>What it had, address by address.</returns>
    /// <exception cref="LeaseStoreException">It cannot be read.</exception>
    public IEnumerable<HistoryEntry> Of(PublicKey peer) =>
        AddressesOf(peer).SelectMany(Of).Where(entry => entry.Peer == peer);

    /// <summary>Who had an address at a time.</summary>
    /// <param name="address">The address.</param>
    /// <param name="at">The time.</param>
    /// <returns>
    /// Who; null if nobody, or if it was longer ago than history is kept. If the clock was set back, so that two had it at
    /// the same time of day, the later one.
    /// </returns>
    /// <exception cref="LeaseStoreException">It cannot be read.</exception>
    public HistoryEntry? HolderAt(IpAddress address, DateTimeOffset at)
    {
        HistoryEntry? holder = null;
        foreach (HistoryEntry entry in Of(address))
        {
            if (entry.Start <= at && (entry.End is { } end ? at < end : !HasRunOut(entry, at)))
                holder = entry;
        }

        return holder;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsDatabase)
            _database.Dispose();
    }

    private List<HistoryEntry> Read(IpAddress address)
    {
        List<HistoryEntry> entries = [];
        HistoryRow? open = null;
        using Statement rows = _database.PrepareOnce($"SELECT {HistoryRow.Columns} FROM history WHERE address = ?1 ORDER BY seq").Bind(1, address);
        while (rows.Step())
        {
            HistoryRow row = HistoryRow.Read(rows);
            // Nobody gets an address that another has; should it be in a file, the one before had it until then.
            if (open is { } other && (other.Peer != row.Peer || other.Start != row.Start))
                entries.Add(new HistoryEntry(address, other.Peer, other.Start, row.Start, LeaseState.Revoked, other.Hostname));
            open = HistoryEvents.StateAfter(row.Event) == LeaseState.Active ? row : null;
            if (open is null)
                entries.Add(new HistoryEntry(address, row.Peer, row.Start, row.At, HistoryEvents.StateAfter(row.Event), row.Hostname));
        }

        if (open is { } active)
        {
            string? hostname = ActiveLease(address, active.Peer, active.Start)?.Hostname ?? active.Hostname;
            entries.Add(new HistoryEntry(address, active.Peer, active.Start, null, LeaseState.Active, hostname));
        }

        return entries;
    }

    private List<IpAddress> AddressesOf(PublicKey peer)
    {
        try
        {
            List<IpAddress> addresses = [];
            using Statement rows = _database.PrepareOnce("SELECT DISTINCT address FROM history WHERE peer = ?1 ORDER BY length(address), address").Bind(1, peer);
            while (rows.Step())
                addresses.Add(Values.TryRead(rows.Bytes(0), out IpAddress address) ? address : throw Values.Impossible("table history"));
            return addresses;
        }
        catch (SqliteError error)
        {
            throw Faults.Explain(_path, error);
        }
    }

    // An active lease may have run out while no server was there to notice.
    private bool HasRunOut(in HistoryEntry entry, DateTimeOffset at)
    {
        try
        {
            return ActiveLease(entry.Address, entry.Peer, entry.Start) is { } lease && at >= lease.End;
        }
        catch (SqliteError error)
        {
            throw Faults.Explain(_path, error);
        }
    }

    private LeaseRecord? ActiveLease(IpAddress address, PublicKey peer, DateTimeOffset start)
    {
        using Statement row = _database.PrepareOnce($"SELECT {LeaseTable.Columns} FROM lease WHERE address = ?1 AND peer = ?2 AND start = ?3 AND state = 0")
            .Bind(1, address).Bind(2, peer).Bind(3, Ticks.Of(start));
        return row.Step() ? LeaseTable.Read(row) : null;
    }
}
