using System.Diagnostics.CodeAnalysis;
using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>Pools, reservations and exclusions that operators have added while the server ran, as rows. Inside the caller's transactions.</summary>
internal sealed class PlanTable
{
    private readonly Database _database;
    private readonly Statement _putPool;
    private readonly Statement _removePool;
    private readonly Statement _putReservation;
    private readonly Statement _removeReservation;
    private readonly Statement _putExclusion;
    private readonly Statement _removeExclusion;
    private readonly Statement _disable;
    private readonly Statement _enable;

    public PlanTable(Database database)
    {
        _database = database;
        // A pool that is written again keeps its place among the others.
        _putPool = database.Prepare("""
            INSERT INTO plan_pool (first, last, name, lease_time) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (first, last) DO UPDATE SET name = excluded.name, lease_time = excluded.lease_time
            """);
        _removePool = database.Prepare("DELETE FROM plan_pool WHERE first = ?1 AND last = ?2");
        _putReservation = database.Prepare("INSERT OR REPLACE INTO plan_reservation (address, peer, lease_time, description) VALUES (?1, ?2, ?3, ?4)");
        _removeReservation = database.Prepare("DELETE FROM plan_reservation WHERE address = ?1");
        _putExclusion = database.Prepare("INSERT OR REPLACE INTO plan_exclusion (first, last) VALUES (?1, ?2)");
        _removeExclusion = database.Prepare("DELETE FROM plan_exclusion WHERE first = ?1 AND last = ?2");
        _disable = database.Prepare("INSERT OR REPLACE INTO plan_disabled (first, last) VALUES (?1, ?2)");
        _enable = database.Prepare("DELETE FROM plan_disabled WHERE first = ?1 AND last = ?2");
    }

    /// <summary>Reads all of it.</summary>
    /// <exception cref="SqliteError">It cannot be read, or there are values in it that none can have.</exception>
    public RuntimePlan Read() => Read(_database);

    /// <inheritdoc cref="Read()"/>
    public static RuntimePlan Read(Database database) => new()
    {
        Pools = ReadAll<PoolDefinition>(database, "plan_pool", "first, last, name, lease_time FROM plan_pool ORDER BY id", TryRead),
        Reservations = ReadAll<Reservation>(database, "plan_reservation", "address, peer, lease_time, description FROM plan_reservation ORDER BY length(address), address", TryRead),
        Exclusions = ReadAll<IpRange>(database, "plan_exclusion", "first, last FROM plan_exclusion ORDER BY length(first), first", TryRead),
        DisabledPools = ReadAll<IpRange>(database, "plan_disabled", "first, last FROM plan_disabled ORDER BY length(first), first", TryRead),
    };

    /// <summary>Takes some of it away, then adds some, in place of what is there for the same range or address.</summary>
    public void Change(RuntimePlan removed, RuntimePlan added)
    {
        foreach (PoolDefinition pool in removed.Pools)
            Bind(_removePool, pool.Range).Run();
        foreach (Reservation reservation in removed.Reservations)
            _removeReservation.Bind(1, reservation.Address).Run();
        foreach (IpRange range in removed.Exclusions)
            Bind(_removeExclusion, range).Run();
        foreach (IpRange range in removed.DisabledPools)
            Bind(_enable, range).Run();
        foreach (PoolDefinition pool in added.Pools)
            BindTime(Bind(_putPool, pool.Range).Bind(3, pool.Name), 4, pool.LeaseTime).Run();
        foreach (Reservation reservation in added.Reservations)
            BindTime(_putReservation.Bind(1, reservation.Address).Bind(2, reservation.Peer).Bind(4, reservation.Description), 3, reservation.LeaseTime).Run();
        foreach (IpRange range in added.Exclusions)
            Bind(_putExclusion, range).Run();
        foreach (IpRange range in added.DisabledPools)
            Bind(_disable, range).Run();
    }

    private static Statement Bind(Statement statement, IpRange range) => statement.Bind(1, range.First).Bind(2, range.Last);

    private static Statement BindTime(Statement statement, int parameter, TimeSpan? time) =>
        time is { } given ? statement.Bind(parameter, (long)given.TotalSeconds) : statement.Bind(parameter, (string?)null);

    private delegate bool RowReader<T>(Statement row, [NotNullWhen(true)] out T? value);

    private static List<T> ReadAll<T>(Database database, string table, string select, RowReader<T> tryRead)
    {
        List<T> all = [];
        using Statement rows = database.PrepareOnce($"SELECT {select}");
        while (rows.Step())
            all.Add(tryRead(rows, out T? value) ? value : throw Values.Impossible($"table {table}, address {Convert.ToHexStringLower(rows.Bytes(0))},"));
        return all;
    }

    private static bool TryRead(Statement row, out IpRange range)
    {
        bool isRange = Values.TryRead(row.Bytes(0), out IpAddress first) & Values.TryRead(row.Bytes(1), out IpAddress last)
            && first.Family == last.Family && first <= last;
        range = isRange ? new IpRange(first, last) : default;
        return isRange;
    }

    private static bool TryRead(Statement row, [NotNullWhen(true)] out PoolDefinition? pool)
    {
        bool isPool = TryRead(row, out IpRange range) & TryReadTime(row, 3, out TimeSpan? leaseTime)
            // Every address that there is would be a default route.
            && !(range.TryGetPrefix(out IpPrefix prefix) && prefix.Length == 0);
        pool = isPool ? new PoolDefinition { Range = range, Name = row.Text(2), LeaseTime = leaseTime } : null;
        return isPool;
    }

    private static bool TryRead(Statement row, out Reservation reservation)
    {
        bool isReservation = Values.TryRead(row.Bytes(0), out IpAddress address) & Values.TryRead(row.Bytes(1), out PublicKey peer)
            & TryReadTime(row, 2, out TimeSpan? leaseTime);
        reservation = new Reservation(peer, address, leaseTime, row.Text(3));
        return isReservation;
    }

    private static bool TryReadTime(Statement row, int column, out TimeSpan? time)
    {
        time = row.IsNull(column) ? null
            : row.Integer(column) is var seconds && seconds >= (long)LeasePolicy.MinLeaseTime.TotalSeconds && seconds <= (long)LeasePolicy.MaxLeaseTime.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : TimeSpan.Zero;
        return time != TimeSpan.Zero;
    }
}
