using System.Buffers.Binary;
using System.Text;
using Microsoft.Extensions.Logging;
using WgDynamic.TestKit;

namespace WgDynamic.Daemon.Tests;

public sealed partial class DaemonLoggerTests : IDisposable
{
    private readonly StringWriter _error = new();
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    private DaemonLogger Logger(LogLevel level = LogLevel.Information, bool errorIsJournal = false) =>
        new(level, "wg-dynamic-test", InterfaceName.Parse("wg0"), _error, errorIsJournal, _folder["journal"], _folder["log"]);

    [Fact]
    public void A_person_reads_plain_lines_and_sees_what_is_wrong()
    {
        using DatagramListener journal = new(_folder["journal"]);
        using DaemonLogger log = Logger();
        log.LogInformation("leased");
        log.LogWarning("careful");
        log.LogError(new IOException("disk full"), "cannot store");
        log.LogDebug("not shown");
        Assert.Equal("leased\nwarning: careful\nerror: cannot store: disk full\n", _error.ToString());
        Assert.True(journal.HasNothing);
    }

    [Fact]
    public void A_journal_that_only_reads_standard_error_gets_priorities_in_front()
    {
        using DaemonLogger log = Logger(LogLevel.Debug, errorIsJournal: true);
        log.LogDebug("d");
        log.LogInformation("i");
        log.LogWarning("w");
        log.LogError("e");
        log.LogCritical("c");
        Assert.Equal("<7>d\n<6>i\n<4>w\n<3>e\n<2>c\n", _error.ToString());
    }

    [Fact]
    public async Task The_journal_gets_each_placeholder_as_a_field()
    {
        using DatagramListener journal = new(_folder["journal"]);
        using DaemonLogger log = Logger(errorIsJournal: true);
        Leased(log, InterfaceName.Parse("wg0"), IpAddress.Parse("10.66.0.7"), 12, null);
        Dictionary<string, string> entry = Parse(await journal.ReceiveBytesAsync());
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["MESSAGE"] = "wg0: leased 10.66.0.7, 12 left (null)",
                ["PRIORITY"] = "6",
                ["SYSLOG_IDENTIFIER"] = "wg-dynamic-test",
                ["SYSLOG_FACILITY"] = "3",
                ["WG_DYNAMIC_EVENT"] = "Leased",
                ["WG_DYNAMIC_INTERFACE"] = "wg0",
                ["WG_DYNAMIC_ADDRESS"] = "10.66.0.7",
                ["WG_DYNAMIC_LEFT_OVER"] = "12",
            },
            entry);
        Assert.Equal("", _error.ToString());
    }

    [Theory]
    [InlineData("Interface", "WG_DYNAMIC_INTERFACE")]
    [InlineData("LeftOut", "WG_DYNAMIC_LEFT_OUT")]
    [InlineData("IPv4", "WG_DYNAMIC_IPV4")]
    [InlineData("LastCommit", "WG_DYNAMIC_LAST_COMMIT")]
    public void A_field_is_named_as_its_placeholder(string placeholder, string field) => Assert.Equal(field, Journal.FieldOf(placeholder));

    [Fact]
    public async Task What_has_several_lines_stays_one_field()
    {
        using DatagramListener journal = new(_folder["journal"]);
        using DaemonLogger log = Logger(errorIsJournal: true);
        IOException error = new("first\nMESSAGE=second\n\nthird");
        log.LogCritical(error, "unexpected");
        Dictionary<string, string> entry = Parse(await journal.ReceiveBytesAsync());
        Assert.Equal(error.ToString(), entry["WG_DYNAMIC_EXCEPTION"]);
        Assert.Equal("unexpected: first MESSAGE=second  third", entry["MESSAGE"]);
        Assert.Equal("2", entry["PRIORITY"]);
    }

    [Fact]
    public async Task What_is_too_long_for_an_entry_is_shortened()
    {
        using DatagramListener journal = new(_folder["journal"]);
        using DaemonLogger log = Logger(errorIsJournal: true);
        log.LogInformation("{First} {Second}", new string('ä', 1_000_000), new string('b', 1_000_000));
        byte[] entry = await journal.ReceiveBytesAsync();
        Assert.InRange(entry.Length, 12_000, 60_000);
        Assert.EndsWith("b…", Parse(entry)["WG_DYNAMIC_SECOND"], StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_that_the_journal_does_not_take_goes_to_standard_error()
    {
        using DatagramListener journal = new(_folder["journal"]);
        using DaemonLogger log = Logger(errorIsJournal: true);
        journal.Dispose();
        log.LogInformation("still said");
        Assert.Equal("<6>still said\n", _error.ToString());
    }

    [Fact]
    public void What_a_stranger_sent_cannot_begin_a_line_of_its_own()
    {
        using DaemonLogger log = Logger();
        log.LogInformation("from {Stranger}", "a\nerror: b\r\u001b[31m\0c");
        Assert.Equal("from a error: b  [31m c\n", _error.ToString());
    }

    [Fact]
    public async Task In_the_background_lines_go_to_the_journal_and_to_syslog_while_there_is_none()
    {
        using DatagramListener syslog = new(_folder["log"]), journal = new(_folder["journal"]);
        using DaemonLogger log = Logger();
        log.LogInformation("still here");
        log.LeaveStandardError();
        log.LogWarning("in the background");
        Assert.Equal("in the background", Parse(await journal.ReceiveBytesAsync())["MESSAGE"]);
        Assert.True(syslog.HasNothing);
        journal.Dispose();
        log.LogWarning("the journal is gone");
        Assert.Equal($"<28>wg-dynamic-test[{Environment.ProcessId}]: the journal is gone", await syslog.ReceiveAsync());
        Assert.Equal("still here\n", _error.ToString());
    }

    [Fact]
    public async Task In_the_background_lines_go_to_syslog_also_when_it_was_started_again()
    {
        using DaemonLogger log = Logger();
        using (DatagramListener syslog = new(_folder["log"]))
        {
            log.LogInformation("still here");
            log.LeaveStandardError();
            log.LogWarning("in the background");
            Assert.Equal($"<28>wg-dynamic-test[{Environment.ProcessId}]: in the background", await syslog.ReceiveAsync());
        }

        File.Delete(_folder["log"]);
        using DatagramListener again = new(_folder["log"]);
        log.LogInformation("after a restart of syslog");
        Assert.Equal($"<30>wg-dynamic-test[{Environment.ProcessId}]: after a restart of syslog", await again.ReceiveAsync());
        Assert.Equal("still here\n", _error.ToString());
    }

    [Fact]
    public void Without_syslog_a_daemon_in_the_background_goes_on()
    {
        using DaemonLogger log = Logger();
        log.LeaveStandardError();
        log.LogInformation("heard by nobody");
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public void A_journal_that_hangs_costs_one_wait_and_not_one_for_each_line()
    {
        using DatagramListener journal = new(_folder["journal"]);
        using DatagramTarget target = DatagramTarget.TryCreate(_folder["journal"])!;
        byte[] line = new byte[1000];
        int taken = 0;
        while (target.TrySend(line))
            taken++;
        Assert.InRange(taken, 1, 10_000);
        // Were each to wait a second, this test would take a quarter of an hour.
        for (int i = 0; i < 1000; i++)
            Assert.False(target.TrySend(line));
    }

    // https://systemd.io/JOURNAL_NATIVE_PROTOCOL/, read as it is written there.
    private static Dictionary<string, string> Parse(ReadOnlySpan<byte> entry)
    {
        Dictionary<string, string> fields = [];
        while (entry.Length > 0)
        {
            int line = entry.IndexOf((byte)'\n');
            int equals = entry[..line].IndexOf((byte)'=');
            if (equals >= 0)
            {
                fields.Add(Encoding.UTF8.GetString(entry[..equals]), Encoding.UTF8.GetString(entry[(equals + 1)..line]));
                entry = entry[(line + 1)..];
                continue;
            }

            string name = Encoding.UTF8.GetString(entry[..line]);
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(entry[(line + 1)..]);
            entry = entry[(line + 9)..];
            fields.Add(name, Encoding.UTF8.GetString(entry[..length]));
            Assert.Equal((byte)'\n', entry[length]);
            entry = entry[(length + 1)..];
        }

        return fields;
    }

    [LoggerMessage(1, LogLevel.Information, "{Interface}: leased {Address}, {LeftOver} left {Nothing}")]
    private static partial void Leased(ILogger log, InterfaceName @interface, IpAddress address, int leftOver, string? nothing);
}
