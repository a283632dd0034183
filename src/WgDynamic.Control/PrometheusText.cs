using System.Globalization;

namespace WgDynamic.Control;

/// <summary>What is measured of one server, at one moment.</summary>
/// <param name="Status">How it is doing.</param>
/// <param name="Statistics">What it has counted: since its start, so that counters never go back.</param>
/// <param name="Pools">Its pools.</param>
public sealed record ServerMetrics(ServerStatusAnswer Status, StatisticsAnswer Statistics, IReadOnlyList<PoolAnswer> Pools);

/// <summary>Metrics of servers in the text format of Prometheus, version 0.0.4.</summary>
public static class PrometheusText
{
    /// <summary>What HTTP calls it.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly Metric[] _metrics =
    [
        new("build_info", "Which release serves; always 1.", "gauge", server => [new([("version", server.Status.Release)], 1)]),
        new("start_time_seconds", "When the server began, in seconds since 1970.", "gauge", server => [Seconds(server.Status.Started)]),
        new("configuration_read_time_seconds", "When the configuration was read last, in seconds since 1970.", "gauge", server => server.Status.ConfigurationRead is { } read ? [Seconds(read)] : []),
        new("peers", "Peers on the WireGuard device.", "gauge", server => [new([], (ulong)server.Status.Peers)]),
        new("connections", "Open connections of peers.", "gauge", server => [new([], (ulong)server.Status.Connections)]),
        new("leases", "Leases that are active, and ended ones that are remembered.", "gauge",
            server => [new([("state", "active")], (ulong)server.Status.ActiveLeases), new([("state", "ended")], (ulong)server.Status.EndedLeases)]),
        new("store_up", "Whether the lease database works: 1, or 0.", "gauge", server => [Flag(server.Status.StoreProblem is null)]),
        new("device_up", "Whether the WireGuard device can be read and changed: 1, or 0.", "gauge", server => [Flag(server.Status.DeviceProblem is null)]),
        new("clock_sane", "Whether the time of day is what leases need: 1, or 0.", "gauge", server => [Flag(server.Status.ClockIsSane)]),
        new("requests_total", "Requests of peers that could be read.", "counter", server => [Count(server.Statistics.Requests)]),
        new("grants_total", "Addresses given.", "counter", server => [Count(server.Statistics.Grants)]),
        new("renewals_total", "Leases renewed.", "counter", server => [Count(server.Statistics.Renewals)]),
        new("releases_total", "Leases given back.", "counter", server => [Count(server.Statistics.Releases)]),
        new("expirations_total", "Leases run out.", "counter", server => [Count(server.Statistics.Expirations)]),
        new("revocations_total", "Leases taken back.", "counter", server => [Count(server.Statistics.Revocations)]),
        new("refusals_total", "Requests not, or not wholly, granted, by reason.", "counter", Refusals),
        new("malformed_total", "Bytes of peers that were no request.", "counter", server => [Count(server.Statistics.Malformed)]),
        new("mended_total", "AllowedIPs entries that somebody else had changed and that were put right.", "counter", server => [Count(server.Statistics.Mended)]),
        new("accepted_connections_total", "Connections of peers.", "counter", server => [Count(server.Statistics.Connections)]),
        new("store_failures_total", "Transactions of the lease database that failed.", "counter", server => [Count(server.Statistics.StoreFailures)]),
        new("pool_addresses", "Addresses of a pool that can be leased: in use, reserved for a peer that has not leased them, or free.", "gauge",
            server => server.Pools.SelectMany(pool => new[] { Pool(pool, pool.InUse, "in_use"), Pool(pool, pool.Reserved, "reserved"), Pool(pool, pool.Free, "free") })),
        new("pool_size", "How many addresses of a pool can be leased.", "gauge", server => server.Pools.Select(pool => Pool(pool, pool.Size))),
        new("pool_enabled", "Whether new leases are given out of a pool: 1, or 0.", "gauge", server => server.Pools.Select(pool => Pool(pool, pool.Enabled ? 1U : 0U))),
    ];

    /// <summary>Writes the metrics of one server.</summary>
    /// <param name="output">Takes the lines.</param>
    /// <param name="status">How it is doing.</param>
    /// <param name="statistics">What it has counted.</param>
    /// <param name="pools">Its pools.</param>
    public static void Write(TextWriter output, ServerStatusAnswer status, StatisticsAnswer statistics, IEnumerable<PoolAnswer> pools) =>
        Write(output, [new ServerMetrics(status, statistics, [.. pools])]);

    /// <summary>Writes the metrics of some servers: the lines of a metric must stand together, whichever server they are of.</summary>
    /// <param name="output">Takes the lines.</param>
    /// <param name="servers">The servers, each of another interface.</param>
    public static void Write(TextWriter output, IReadOnlyCollection<ServerMetrics> servers)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(servers);
        foreach (Metric metric in _metrics)
        {
            bool isFirst = true;
            foreach (ServerMetrics server in servers)
            {
                foreach (Sample sample in metric.Read(server))
                {
                    if (isFirst)
                        output.Write($"# HELP wg_dynamic_{metric.Name} {metric.Help}\n# TYPE wg_dynamic_{metric.Name} {metric.Type}\n");
                    isFirst = false;
                    output.Write($"wg_dynamic_{metric.Name}{{interface=\"{Escaped(server.Status.Interface.ToString())}\"");
                    foreach ((string name, string value) in sample.Labels)
                        output.Write($",{name}=\"{Escaped(value)}\"");
                    output.Write(string.Create(CultureInfo.InvariantCulture, $"}} {sample.Value}\n"));
                }
            }
        }
    }

    // Those that have not happened as well: a series that is not there cannot be told from one that nobody asks for.
    private static IEnumerable<Sample> Refusals(ServerMetrics server) =>
        Enum.GetNames<RefusalReason>().Union(server.Statistics.Refusals.Keys)
            .Select(reason => new Sample([("reason", reason)], (ulong)server.Statistics.Refusals.GetValueOrDefault(reason)));

    private static Sample Pool(PoolAnswer pool, UInt128 value, string? state = null)
    {
        (string, string)[] labels = [("pool", pool.Name ?? pool.Range.ToString()), ("range", pool.Range.ToString())];
        return new Sample(state is null ? labels : [.. labels, ("state", state)], value);
    }

    private static Sample Seconds(DateTimeOffset time) => Count(time.ToUnixTimeSeconds());

    private static Sample Flag(bool isSo) => new([], isSo ? 1U : 0U);

    private static Sample Count(long count) => new([], (ulong)Math.Max(0, count));

    private static string Escaped(string value) =>
        value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private sealed record Metric(string Name, string Help, string Type, Func<ServerMetrics, IEnumerable<Sample>> Read);

    private readonly record struct Sample((string Name, string Value)[] Labels, UInt128 Value);
}
