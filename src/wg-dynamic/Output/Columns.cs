using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary>Answers as rows of tables for people: what matters most comes first and is the last to go on a narrow terminal.</summary>
internal static class Columns
{
    // A label of a host name has as many at most (RFC 1035, 2.3.4); most have less.
    private const int MostOfText = 24;

    private const int BarLength = 10;
    private const double Nearly = 0.75;
    private const double Almost = 0.9;

    /// <summary>Leases.</summary>
    /// <param name="now">For what has been.</param>
    /// <param name="severalDaemons">Whether it must be said whose they are.</param>
    public static IReadOnlyList<Column<LeaseAnswer>> Leases(DateTimeOffset now, bool severalDaemons) => WithInterface<LeaseAnswer>(severalDaemons, lease => $"{lease.Interface}{(lease.Role == DaemonRole.Client ? " (client)" : "")}",
    [
        new("ADDRESS", lease => $"{lease.Address}"),
        new("PEER", lease => new Cell($"{lease.PublicKey}", Colour.Yellow)) { IsKey = true },
        new("LEASE", lease => Left(lease, now)),
        new("HOST", lease => Words.Harmless(lease.HostName)) { IsOptional = true, Most = MostOfText },
        new("LAST HANDSHAKE", lease => lease.LastHandshake is { } time ? Words.Ago(time, now) : "") { IsOptional = true },
        new("POOL", lease => lease.Pool) { IsOptional = true, Most = MostOfText },
        new("ENDPOINT", lease => Words.Harmless(lease.Endpoint)) { IsOptional = true },
    ]);

    /// <summary>Pools.</summary>
    public static IReadOnlyList<Column<PoolAnswer>> Pools(bool severalDaemons) => WithInterface<PoolAnswer>(severalDaemons, pool => $"{pool.Interface}",
    [
        new("POOL", pool => $"{pool.Range}"),
        new("USED", Usage),
        new("NAME", pool => pool.Name) { IsOptional = true, Most = MostOfText },
        new("RESERVED", pool => pool.Reserved == 0 ? "" : Words.Count(pool.Reserved)) { IsOptional = true },
        new("LEASE TIME", pool => Words.Duration(pool.LeaseTime)) { IsOptional = true },
        new("FROM", pool => From(pool.Origin)) { IsOptional = true },
        new("PROBLEM", pool => new Cell(Words.Harmless(pool.Problem), Colour.Red)) { IsOptional = true },
    ]);

    /// <summary>Exclusions.</summary>
    public static IReadOnlyList<Column<ExclusionAnswer>> Exclusions(bool severalDaemons) => WithInterface<ExclusionAnswer>(severalDaemons, exclusion => $"{exclusion.Interface}",
    [
        new("EXCLUDED", exclusion => $"{exclusion.Range}"),
        new("FROM", exclusion => From(exclusion.Origin)),
        new("POOL", exclusion => exclusion.Pool) { IsOptional = true, Most = MostOfText },
        new("PEER", exclusion => new Cell($"{exclusion.PublicKey}", Colour.Yellow)) { IsKey = true, IsOptional = true },
    ]);

    /// <summary>Reservations.</summary>
    public static IReadOnlyList<Column<ReservationAnswer>> Reservations(bool severalDaemons) => WithInterface<ReservationAnswer>(severalDaemons, reservation => $"{reservation.Interface}",
    [
        new("ADDRESS", reservation => $"{reservation.Address}"),
        new("PEER", reservation => new Cell($"{reservation.PublicKey}", Colour.Yellow)) { IsKey = true },
        new("STATE", reservation => reservation.Problem is { } problem ? new Cell(problem, Colour.Red) : reservation.InUse ? "in use" : "kept"),
        new("LEASE TIME", reservation => reservation.LeaseTime is { } time ? Words.Duration(time) : "") { IsOptional = true },
        new("DESCRIPTION", reservation => Words.Harmless(reservation.Description)) { IsOptional = true, Most = 2 * MostOfText },
        new("FROM", reservation => From(reservation.Origin)) { IsOptional = true },
    ]);

    /// <summary>Who had an address.</summary>
    public static IReadOnlyList<Column<HistoryAnswer>> History(TimeZoneInfo zone) =>
    [
        new("FROM", holder => Local(holder.Start, zone)),
        new("UNTIL", holder => holder.End is { } end ? Local(end, zone) : new Cell("now", Colour.Green)),
        new("PEER", holder => new Cell($"{holder.PublicKey}", Colour.Yellow)) { IsKey = true },
        new("STATE", holder => $"{holder.State}".ToLowerInvariant()),
        new("HOST", holder => Words.Harmless(holder.HostName)) { IsOptional = true, Most = MostOfText },
    ];

    /// <summary>How much of a pool is used: <c>[####......]  40% of 253</c>.</summary>
    internal static Cell Usage(PoolAnswer pool)
    {
        if (!pool.Enabled)
            return new Cell($"disabled, {Words.Count(pool.InUse)} of {Words.Count(pool.Size)}", Colour.Yellow);
        double used = pool.Size == 0 ? 1 : Math.Min(1, (double)pool.InUse / (double)pool.Size);
        // A bar that is full has nothing left, and what is used is to be seen.
        int filled = used >= 1 ? BarLength : Math.Min(BarLength - 1, (int)Math.Ceiling(used * BarLength));
        Colour colour = used >= Almost ? Colour.Red : used >= Nearly ? Colour.Yellow : Colour.Green;
        string percent = used is > 0 and < 0.01 ? "<1%" : $"{(int)(used * 100)}%";
        return new Cell($"[{new string('#', filled)}{new string('.', BarLength - filled)}] {percent,4} of {Words.Count(pool.Size)}", colour);
    }

    private static Cell Left(LeaseAnswer lease, DateTimeOffset now) => lease.State switch
    {
        LeaseState.Active when lease.Remaining >= TimeSpan.FromSeconds(1) => $"{Words.Duration(lease.Remaining)} left",
        LeaseState.Active => new Cell("about to run out", Colour.Yellow),
        LeaseState.Revoked => new Cell($"revoked {Words.Ago(lease.End, now)}", Colour.Red),
        LeaseState.Released => $"released {Words.Ago(lease.End, now)}",
        _ => new Cell($"expired {Words.Ago(lease.End, now)}", Colour.Yellow),
    };

    private static string From(Origin origin) => origin switch
    {
        Origin.File => "file",
        Origin.Route => "route",
        Origin.Device => "device",
        _ => "control socket",
    };

    private static string Local(DateTimeOffset time, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd HH:mm:ss", null);

    private static IReadOnlyList<Column<T>> WithInterface<T>(bool severalDaemons, Func<T, Cell> of, IReadOnlyList<Column<T>> columns) =>
        severalDaemons ? [new("INTERFACE", of), .. columns] : columns;
}
