namespace WgDynamic.Control.Tests;

public class PrometheusTextTests
{
    private static readonly InterfaceName _wg0 = InterfaceName.Parse("wg0"), _wg1 = InterfaceName.Parse("wg1");

    [Fact]
    public void Each_metric_is_there_once_with_its_type_and_all_servers_samples_below_it()
    {
        StringWriter output = new();
        PrometheusText.Write(output, [Of(_wg0), Of(_wg1)]);
        string[] lines = output.ToString().Split('\n');
        Assert.Equal("", lines[^1]);
        string family = "";
        HashSet<string> families = [], samples = [];
        foreach (string line in lines[..^1])
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                Assert.True(families.Add(family), line);
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.Equal($"# TYPE {family} {(family.EndsWith("_total", StringComparison.Ordinal) ? "counter" : "gauge")}", line);
            }
            else
            {
                Assert.Matches($"^{family}\\{{interface=\"wg[01]\"(,[a-z]+=\"[^\"]*\")*\\}} [0-9.E+]+$", line);
                Assert.True(samples.Add(line.Split(' ')[0]), line);
            }
        }

        Assert.Contains("wg_dynamic_pool_in_use{interface=\"wg1\",range=\"10.66.0.0/24\",pool=\"office\"} 100", lines);
        Assert.Contains("wg_dynamic_pool_size{interface=\"wg0\",range=\"fd66::/64\",pool=\"\"} 1.8446744073709552E+19", lines);
        Assert.Contains("wg_dynamic_refusals_total{interface=\"wg0\",reason=\"PoolExhausted\"} 4", lines);
        // A series that is not there until it counts breaks rates.
        Assert.Contains("wg_dynamic_refusals_total{interface=\"wg0\",reason=\"TooOften\"} 0", lines);
        Assert.Contains("wg_dynamic_leases{interface=\"wg0\",state=\"active\"} 7", lines);
        Assert.Contains("wg_dynamic_store_up{interface=\"wg0\"} 0", lines);
        Assert.Contains("wg_dynamic_start_time_seconds{interface=\"wg0\"} 1500.5", lines);
    }

    [Fact]
    public void What_would_end_a_label_is_escaped()
    {
        StringWriter output = new();
        ServerMetrics server = Of(_wg0);
        PrometheusText.Write(output, server.Status with { Release = "1\"\\\n" }, server.Statistics, []);
        Assert.Contains("wg_dynamic_info{interface=\"wg0\",release=\"1\\\"\\\\\\n\"} 1\n", output.ToString(), StringComparison.Ordinal);
    }

    private static ServerMetrics Of(InterfaceName name) => new(
        new ServerStatusAnswer
        {
            Interface = name,
            Release = "0.1.0",
            ProcessId = 1,
            Started = DateTimeOffset.FromUnixTimeMilliseconds(1_500_500),
            ConfigurationPath = "/etc/x",
            ActiveLeases = 7,
            StoreProblem = "disk full",
        },
        new StatisticsAnswer { Interface = name, Since = DateTimeOffset.UnixEpoch, Refusals = new Dictionary<string, long> { ["PoolExhausted"] = 4 } },
        [
            new PoolAnswer { Interface = name, Name = "office", Range = IpRange.Parse("10.66.0.0/24"), LeaseTime = TimeSpan.FromHours(1), Origin = Origin.File, Enabled = true, Size = 253, InUse = 100, Reserved = 0, Free = 153 },
            new PoolAnswer { Interface = name, Range = IpRange.Parse("fd66::/64"), LeaseTime = TimeSpan.FromHours(1), Origin = Origin.Route, Enabled = true, Size = UInt128.One << 64, InUse = 0, Reserved = 0, Free = UInt128.One << 64 },
        ]);
}
