using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>The leases as rows, one an address.</summary>
internal sealed class LeaseTable
{
    /// <summary>The columns that <see cref="Read"/> takes, in its order.</summary>
    public const string Columns = """address, peer, state, start, "end", expiry, owns_allowed_ip, hostname""";

    private readonly Statement _all;
    private readonly Statement _find;
    private readonly Statement _renew;
    private readonly Statement _put;
    private readonly Statement _forget;
    private readonly Statement _prune;
    private readonly Database _database;

    public LeaseTable(Database database)
    {
        _database = database;
        _all = database.Prepare($"SELECT {Columns} FROM lease");
        _find = database.Prepare($"SELECT {Columns} FROM lease WHERE address = ?1");
        _renew = database.Prepare("""UPDATE lease SET "end" = ?3, expiry = ?4, hostname = ?5 WHERE address = ?1 AND peer = ?2 AND state = 0 AND start = ?6 AND owns_allowed_ip = ?7""");
        _put = database.Prepare($"INSERT OR REPLACE INTO lease ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        _forget = database.Prepare("DELETE FROM lease WHERE address = ?1");
        _prune = database.Prepare("""DELETE FROM lease WHERE state <> 0 AND "end" < ?1""");
    }

    /// <summary>Reads all of them.</summary>
    /// <exception cref="SqliteError">They cannot be read.</exception>
    public List<LeaseRecord> ReadAll()
    {
        List<LeaseRecord> records = [];
        try
        {
            while (_all.Step())
                records.Add(Read(_all));
        }
        finally
        {
            _all.Reset();
        }

        return records;
    }

    /// <summary>Reads the lease of an address.</summary>
    public LeaseRecord? Find(IpAddress address)
    {
        try
        {
            return _find.Bind(1, address).Step() ? Read(_find) : null;
        }
        finally
        {
            _find.Reset();
        }
    }

    /// <summary>Writes a lease of which only the end, and at most the hostname, is likely to have changed.</summary>
    public void Renew(in LeaseRecord lease)
    {
        _renew.Bind(1, lease.Address).Bind(2, lease.Peer).Bind(3, Ticks.Of(lease.End)).Bind(4, lease.Expiry.Ticks)
            .Bind(5, lease.Hostname).Bind(6, Ticks.Of(lease.Start)).Bind(7, lease.OwnsAllowedIP ? 1 : 0).Run();
        if (_database.Changes == 0)
            Put(lease);
    }

    /// <summary>Writes a lease in place of what the address had.</summary>
    public void Put(in LeaseRecord lease) =>
        _put.Bind(1, lease.Address).Bind(2, lease.Peer).Bind(3, (long)lease.State).Bind(4, Ticks.Of(lease.Start)).Bind(5, Ticks.Of(lease.End))
            .Bind(6, lease.Expiry.Ticks).Bind(7, lease.OwnsAllowedIP ? 1 : 0).Bind(8, lease.Hostname).Run();

    /// <summary>Removes the lease of an address.</summary>
    public void Forget(IpAddress address) => _forget.Bind(1, address).Run();

    /// <summary>Removes leases that ended before a time.</summary>
    public void Prune(DateTimeOffset endedBefore) => _prune.Bind(1, Ticks.Of(endedBefore)).Run();

    /// <summary>Reads the first eight columns of a row.</summary>
    /// <exception cref="SqliteError">There are values in it that no lease has.</exception>
    public static LeaseRecord Read(Statement row) =>
        Values.TryRead(row.Bytes(0), out IpAddress address)
        && Values.TryRead(row.Bytes(1), out PublicKey peer)
        && row.Integer(2) is >= (long)LeaseState.Active and <= (long)LeaseState.Revoked and long state
        && Ticks.TryRead(row.Integer(3), out DateTimeOffset start)
        && Ticks.TryRead(row.Integer(4), out DateTimeOffset end)
        && row.Integer(6) is 0 or 1
            ? new LeaseRecord(address, peer, (LeaseState)state, start, end, TimeSpan.FromTicks(row.Integer(5)), row.Integer(6) == 1, row.Text(7))
            : throw Values.Impossible($"table lease, address {Convert.ToHexStringLower(row.Bytes(0))},");
}
