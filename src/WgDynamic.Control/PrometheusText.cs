using System.Globalization;

namespace WgDynamic.Control;

/// <summary>What one server has to say for metrics.</summary>
/// <param name="Status">How it is doing.</param>
/// <param name="Statistics">What it has counted.</param>
/// <param name="Pools">Its pools.</param>
public sealed record ServerMetrics(ServerStatusAnswer Status, StatisticsAnswer Statistics, IReadOnlyList<PoolAnswer> Pools);

/// <summary>Metrics in the text format of Prometheus, version 0.0.4: each metric once, with a sample for each interface.</summary>
public static class PrometheusText
{
    /// <summary>The value of Content-Type, where it is served by HTTP.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const string Prefix = "wg_dynamic_";

    /// <summary>Writes the metrics of one server.</summary>
    /// <param name="output">Takes the text.</param>
    /// <param name="status">How it is doing.</param>
    /// <param name="statistics">What it has counted.</param>
    /// <param name="pools">Its pools.</param>
    public static void Write(TextWriter output, ServerStatusAnswer status, StatisticsAnswer statistics, IEnumerable<PoolAnswer> pools) =>
        Write(output, [new ServerMetrics(status, statistics, [.. pools])]);

    /// <summary>Writes the metrics of several servers, which must not stand one behind the other.</summary>
    /// <param name="output">Takes the text.</param>
    /// <param name="servers">The servers.</param>
    public static void Write(TextWriter output, IReadOnlyList<ServerMetrics> servers)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(servers);
        Family family = new(output, servers);
        family.Gauge("info", "Which release serves the interface.", server => [($",release=\"{Escape(server.Status.Release)}\"", 1)]);
        family.Gauge("start_time_seconds", "When the server started, in Unix time.", server => server.Status.Started.ToUnixTimeMilliseconds() / 1000.0);
        family.Gauge("peers", "Peers on the device.", server => server.Status.Peers);
        family.Gauge("open_connections", "Connections of peers that are open.", server => server.Status.Connections);
        family.Gauge("leases", "Leases that are active, and such as have ended and are remembered.", server =>
            [(",state=\"active\"", server.Status.ActiveLeases), (",state=\"ended\"", server.Status.EndedLeases)]);
        family.Gauge("store_up", "Whether the lease database works.", server => server.Status.StoreProblem is null ? 1 : 0);
        family.Gauge("device_up", "Whether the device works.", server => server.Status.DeviceProblem is null ? 1 : 0);
        family.Gauge("clock_sane", "Whether the time of day is what leases need.", server => server.Status.ClockIsSane ? 1 : 0);
        family.Gauge("pool_size", "Addresses of a pool that can be leased.", Pools(pool => pool.Size));
        family.Gauge("pool_in_use", "Addresses of a pool that are leased.", Pools(pool => pool.InUse));
        family.Gauge("pool_reserved", "Addresses of a pool that are kept for peers that have not leased them now.", Pools(pool => pool.Reserved));
        family.Gauge("pool_free", "Addresses of a pool that anybody could get.", Pools(pool => pool.Free));
        family.Gauge("pool_enabled", "Whether new leases are given out of a pool.", Pools(pool => pool.Enabled ? UInt128.One : UInt128.Zero));
        family.Counter("connections", "Connections of peers.", server => server.Statistics.Connections);
        family.Counter("requests", "Requests of peers that could be read.", server => server.Statistics.Requests);
        family.Counter("grants", "Addresses given.", server => server.Statistics.Grants);
        family.Counter("renewals", "Leases renewed.", server => server.Statistics.Renewals);
        family.Counter("releases", "Leases given back.", server => server.Statistics.Releases);
        family.Counter("expirations", "Leases run out.", server => server.Statistics.Expirations);
        family.Counter("revocations", "Leases taken back.", server => server.Statistics.Revocations);
        family.Counter("refusals", "Requests not, or not wholly, granted.", server =>
            [.. Enum.GetNames<RefusalReason>().Select(reason => ($",reason=\"{reason}\"", (double)server.Statistics.Refusals.GetValueOrDefault(reason)))]);
        family.Counter("malformed", "Bytes of peers that were no request.", server => server.Statistics.Malformed);
        family.Counter("mended", "AllowedIPs entries that somebody else had removed and that were put back.", server => server.Statistics.Mended);
        family.Counter("store_failures", "Transactions of the store that failed.", server => server.Statistics.StoreFailures);
    }

    private static Func<ServerMetrics, (string Labels, double Value)[]> Pools(Func<PoolAnswer, UInt128> of) =>
        server => [.. server.Pools.Select(pool => ($",range=\"{pool.Range}\",pool=\"{Escape(pool.Name ?? "")}\"", (double)of(pool)))];

    private static string Escape(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private sealed class Family(TextWriter output, IReadOnlyList<ServerMetrics> servers)
    {
        public void Gauge(string name, string help, Func<ServerMetrics, double> of) => Write(name, "gauge", help, server => [("", of(server))]);

        public void Gauge(string name, string help, Func<ServerMetrics, (string Labels, double Value)[]> of) => Write(name, "gauge", help, of);

        public void Counter(string name, string help, Func<ServerMetrics, double> of) => Write($"{name}_total", "counter", help, server => [("", of(server))]);

        public void Counter(string name, string help, Func<ServerMetrics, (string Labels, double Value)[]> of) => Write($"{name}_total", "counter", help, of);

        private void Write(string name, string type, string help, Func<ServerMetrics, (string Labels, double Value)[]> of)
        {
            output.Write($"# HELP {Prefix}{name} {help}\n# TYPE {Prefix}{name} {type}\n");
            foreach (ServerMetrics server in servers)
            {
                foreach ((string labels, double value) in of(server))
                    output.Write(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{name}{{interface=\"{Escape($"{server.Status.Interface}")}\"{labels}}} {value:R}\n"));
            }
        }
    }
}
