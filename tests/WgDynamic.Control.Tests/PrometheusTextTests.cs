using System.Text.RegularExpressions;

namespace WgDynamic.Control.Tests;

public class PrometheusTextTests
{
    private static readonly DateTimeOffset _start = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);

    [Fact]
    public void Each_sample_has_its_value_below_the_type_and_the_help_of_its_metric()
    {
        string text = Text(Server("wg0"));

        Assert.Contains("# HELP wg_dynamic_grants_total Addresses given.\n# TYPE wg_dynamic_grants_total counter\nwg_dynamic_grants_total{interface=\"wg0\"} 7\n", text, StringComparison.Ordinal);
        Assert.Contains("wg_dynamic_build_info{interface=\"wg0\",version=\"0.1.0\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("wg_dynamic_start_time_seconds{interface=\"wg0\"} 1750000000\n", text, StringComparison.Ordinal);
        Assert.Contains("wg_dynamic_leases{interface=\"wg0\",state=\"active\"} 5\nwg_dynamic_leases{interface=\"wg0\",state=\"ended\"} 6\n", text, StringComparison.Ordinal);
        Assert.Contains("wg_dynamic_store_up{interface=\"wg0\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("wg_dynamic_device_up{interface=\"wg0\"} 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("configuration_read_time", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_that_has_not_happened_is_zero_and_one_that_this_release_does_not_know_is_there()
    {
        string text = Text(Server("wg0"));

        Assert.Contains("wg_dynamic_refusals_total{interface=\"wg0\",reason=\"NoPool\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("wg_dynamic_refusals_total{interface=\"wg0\",reason=\"PoolExhausted\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("wg_dynamic_refusals_total{interface=\"wg0\",reason=\"TooBusy\"} 2\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Pools_have_a_name_or_else_their_range_and_counts_larger_than_64_bits()
    {
        string text = Text(Server("wg0"));

        Assert.Contains("wg_dynamic_pool_addresses{interface=\"wg0\",pool=\"staff\",range=\"10.66.0.0/24\",state=\"in_use\"} 5\n", text, StringComparison.Ordinal);
        Assert.Contains("wg_dynamic_pool_enabled{interface=\"wg0\",pool=\"staff\",range=\"10.66.0.0/24\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("wg_dynamic_pool_size{interface=\"wg0\",pool=\"fd66::/48\",range=\"fd66::/48\"} 1208925819614629174706176\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_lines_of_a_metric_stand_together_with_one_type_however_many_servers_there_are()
    {
        string[] lines = Text(Server("wg0"), Server("wg1")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        HashSet<string> complete = [];
        string current = "";
        int samples = 0;
        foreach (string line in lines)
        {
            if (Regex.Match(line, "^# HELP ([a-z_]+) [^\n]+$") is { Success: true } help)
            {
                Assert.True(complete.Add(current));
                current = help.Groups[1].Value;
                Assert.DoesNotContain(current, complete);
            }
            else if (!Regex.IsMatch(line, $"^# TYPE {current} (counter|gauge)$"))
            {
                Match sample = Regex.Match(line, "^([a-z_]+)\\{interface=\"wg[01]\"(,[a-z]+=\"[^\"]*\")*\\} [0-9]+$");
                Assert.True(sample.Success, line);
                Assert.Equal(current, sample.Groups[1].Value);
                samples++;
            }
        }

        Assert.Equal(2 * Text(Server("wg0")).Split('\n').Count(line => line.StartsWith("wg_", StringComparison.Ordinal)), samples);
        Assert.Equal(lines.Length, lines.Distinct().Count());
    }

    [Fact]
    public void What_would_end_a_label_is_escaped()
    {
        ServerMetrics server = Server("wg0");

        Assert.Contains("version=\"a\\\\b\\\"c\\nd\"", Text(server with { Status = server.Status with { Release = "a\\b\"c\nd" } }), StringComparison.Ordinal);
    }

    private static string Text(params ServerMetrics[] servers)
    {
        using StringWriter output = new();
        PrometheusText.Write(output, servers);
        return output.ToString();
    }

    private static ServerMetrics Server(string name)
    {
        InterfaceName wg = InterfaceName.Parse(name);
        return new ServerMetrics(
            new ServerStatusAnswer
            {
                Interface = wg,
                Release = "0.1.0",
                ProcessId = 1,
                Started = _start,
                ConfigurationPath = "/etc/wg-dynamic/wg0.conf",
                ActiveLeases = 5,
                EndedLeases = 6,
                StoreProblem = "the disk is full",
            },
            new StatisticsAnswer { Interface = wg, Since = _start, Grants = 7, Refusals = new Dictionary<string, long> { ["NoPool"] = 3, ["TooBusy"] = 2 } },
            [
                new PoolAnswer
                {
                    Interface = wg,
                    Name = "staff",
                    Range = Range("10.66.0.0/24"),
                    LeaseTime = TimeSpan.FromHours(1),
                    Origin = Origin.File,
                    Enabled = false,
                    Size = 254,
                    InUse = 5,
                    Reserved = 1,
                    Free = 248,
                },
                new PoolAnswer
                {
                    Interface = wg,
                    Range = Range("fd66::/48"),
                    LeaseTime = TimeSpan.FromHours(1),
                    Origin = Origin.Route,
                    Enabled = true,
                    Size = UInt128.One << 80,
                    InUse = 0,
                    Reserved = 0,
                    Free = UInt128.One << 80,
                },
            ]);
    }

    private static IpRange Range(string text) => IpRange.TryParse(text, out IpRange range) ? range : throw new FormatException(text);
}
