using WgDynamic.Control;

namespace WgDynamic.Tool.Tests;

public class RenderingTests
{
    private static readonly Screen _wide = new(200, false), _usual = new(80, false);

    [Theory]
    [InlineData(0, "0 seconds")]
    [InlineData(0.9, "0 seconds")]
    [InlineData(-5, "0 seconds")]
    [InlineData(1, "1 second")]
    [InlineData(64, "1 minute, 4 seconds")]
    [InlineData(3600, "1 hour")]
    [InlineData(3605, "1 hour")]
    [InlineData(3840, "1 hour, 4 minutes")]
    [InlineData((86400 * 400) + 7, "1 year, 35 days")]
    public void A_time_span_is_said_by_its_two_largest_units(double seconds, string text) => Assert.Equal(text, Words.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void What_was_before_the_clock_was_set_back_is_now()
    {
        Assert.Equal("now", Words.Ago(ToolRun.Now.AddHours(1), ToolRun.Now));
        Assert.Equal("2 minutes ago", Words.Ago(ToolRun.Now.AddMinutes(-2), ToolRun.Now));
        Assert.Equal("in 2 minutes", Words.In(ToolRun.Now.AddMinutes(2), ToolRun.Now));
        Assert.Equal("now", Words.In(ToolRun.Now.AddMinutes(-2), ToolRun.Now));
    }

    [Fact]
    public void What_a_stranger_wrote_moves_no_cursor_and_makes_no_line() => Assert.Equal("a??[31mb?c?d", Words.Harmless("a\n\e[31mb\tc\u202ed"));

    [Fact]
    public void A_wide_terminal_shows_all_columns_and_whole_keys() =>
        Assert.Equal(
            """
            ADDRESS                    PEER                                          LEASE                   HOST    LAST HANDSHAKE           POOL    ENDPOINT
            10.66.0.7                  xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=  1 hour, 4 minutes left  laptop  1 minute, 5 seconds ago  office  192.0.2.7:51820
            fd66::19af:d25b:acd6:6f70  TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=  revoked 2 days ago

            """,
            Leases(_wide, Samples.Lease, Samples.Ended));

    [Fact]
    public void A_terminal_of_80_columns_shows_what_fits_and_shortens_keys() =>
        Assert.Equal(
            """
            ADDRESS                    PEER        LEASE                   HOST
            10.66.0.7                  xTIB…p8Dg=  1 hour, 4 minutes left  laptop
            fd66::19af:d25b:acd6:6f70  TrMv…WXX0=  revoked 2 days ago

            """,
            Leases(_usual, Samples.Lease, Samples.Ended));

    [Fact]
    public void No_line_is_longer_than_the_terminal_is_wide_down_to_the_addresses_themselves()
    {
        LeaseAnswer long4 = Samples.Lease with { HostName = new string('h', 63), Pool = new string('p', 63), Endpoint = "[2001:db8:1:2:3:4:5:6]:51820" };
        for (int width = 70; width < 260; width++)
            Assert.All(Leases(new Screen(width, false), long4, Samples.Ended).Split('\n'), line => Assert.True(line.Length <= width, $"{width}: {line}"));
    }

    [Fact]
    public void Colours_do_not_move_columns()
    {
        string plain = Leases(new Screen(100, false), Samples.Lease, Samples.Ended), coloured = Leases(new Screen(100, true), Samples.Lease, Samples.Ended);
        Assert.Contains("\e[31mrevoked 2 days ago\e[0m", coloured, StringComparison.Ordinal);
        Assert.Equal(plain, System.Text.RegularExpressions.Regex.Replace(coloured, "\e\\[[0-9]+m", ""));
    }

    [Fact]
    public void More_rows_than_a_page_go_on_in_the_columns_of_the_first()
    {
        StringWriter output = new();
        Table<LeaseAnswer> table = new(_wide, output, Columns.Leases(ToolRun.Now, severalDaemons: false));
        for (int i = 0; i < Table<LeaseAnswer>.Page - 1; i++)
            table.Add(Samples.Lease);
        Assert.Equal("", output.ToString());
        table.Add(Samples.Lease);
        string[] lines = output.ToString().Split('\n');
        Assert.Equal(Table<LeaseAnswer>.Page + 2, lines.Length);
        // From here on each row is written at once.
        table.Add(Samples.Lease);
        Assert.True(table.End());
        lines = output.ToString().Split('\n');
        Assert.Equal(lines[1], lines[Table<LeaseAnswer>.Page + 1]);
    }

    [Fact]
    public void Pools_have_a_bar_that_is_full_only_if_nothing_is_left()
    {
        Assert.Equal(
            """
            POOL          USED                         NAME    RESERVED  LEASE TIME  FROM   PROBLEM
            10.66.0.0/24  [####......]  39% of 253     office  3         2 hours     file
            fd66::/64     [#.........]  <1% of 1.8e19                    2 hours     route  a route is in the way

            """,
            Render(_wide, Columns.Pools(severalDaemons: false), Samples.Pool, Samples.Pool6 with { Problem = "a route is in the way" }));
        Assert.Equal(new Cell("[..........]   0% of 253", Colour.Green), Columns.Usage(Samples.Pool with { InUse = 0 }));
        Assert.Equal(new Cell("[########..]  79% of 253", Colour.Yellow), Columns.Usage(Samples.Pool with { InUse = 200 }));
        Assert.Equal(new Cell("[#########.]  99% of 253", Colour.Red), Columns.Usage(Samples.Pool with { InUse = 252 }));
        Assert.Equal(new Cell("[##########] 100% of 253", Colour.Red), Columns.Usage(Samples.Pool with { InUse = 253 }));
        // Of one that has shrunk, or whose addresses are all excluded.
        Assert.Equal(new Cell("[##########] 100% of 2", Colour.Red), Columns.Usage(Samples.Pool with { Size = 2 }));
        Assert.Equal(new Cell("[##########] 100% of 0", Colour.Red), Columns.Usage(Samples.Pool with { Size = 0, InUse = 0 }));
        Assert.Equal(new Cell("disabled, 100 of 253", Colour.Yellow), Columns.Usage(Samples.Pool with { Enabled = false }));
    }

    [Fact]
    public void A_server_is_told_as_wg_tells_an_interface() =>
        Assert.Equal(
            """
            server: wg0
              public key: xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=
              running for: 3 hours (process 4711, release 0.2.0)
              configuration: /etc/wg-dynamic/wg0.conf, read 5 minutes ago
              database: /var/lib/wg-dynamic/wg0.db
              peers: 12, 2 connected
              leases: 2 active, 1 ended
            """,
            string.Join('\n', StatusText.Of(Samples.Server, Screen.None, ToolRun.Now)));

    [Fact]
    public void What_is_wrong_with_a_server_is_red()
    {
        string[] lines = [.. StatusText.Of(Samples.Server with { DatabasePath = null, StoreProblem = "disk full\n", DeviceProblem = "no such device", ClockIsSane = false }, new Screen(80, true), ToolRun.Now)];
        Assert.Contains("  \e[1mdatabase\e[0m: \e[33mnone: a restart forgets all leases\e[0m", lines);
        Assert.Contains("  \e[1mdatabase fails\e[0m: \e[31mdisk full?\e[0m", lines);
        Assert.Contains("  \e[1mdevice fails\e[0m: \e[31mno such device\e[0m", lines);
        Assert.StartsWith("  \e[1mclock\e[0m: \e[31mjumps", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_is_told_with_what_is_in_force() =>
        Assert.Equal(
            """
            client: wg0
              state: has a lease
              server: TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=
              link-local address: fe80::abcd
              addresses: 10.66.0.7, fd66::7
              lease: 59 minutes, 59 seconds left
              next request: in 29 minutes
              routes: 10.0.0.0/8
              dns: 10.66.0.1, example.org
              mtu: 1380
              running for: 3 hours (process 4712, release 0.2.0)
            """,
            string.Join('\n', StatusText.Of(Samples.Client, Screen.None, ToolRun.Now)));

    [Fact]
    public void A_client_without_a_lease_says_why() =>
        Assert.Equal(
            """
            client: wg0
              state: asking for addresses
              restored: 2 times
              running for: 3 hours (process 4712, release 0.2.0)
              problem: no answer from the server
            """,
            string.Join('\n', StatusText.Of(
                new ClientStatusAnswer
                {
                    Interface = Samples.Wg0,
                    Release = "0.2.0",
                    ProcessId = 4712,
                    Started = ToolRun.Now.AddHours(-3),
                    State = ClientPhase.Requesting,
                    Restorations = 2,
                    Problem = "no answer from the server",
                },
                Screen.None,
                ToolRun.Now)));

    [Fact]
    public void Statistics_name_the_reasons_of_refusals_that_there_were() =>
        Assert.Equal(
            """
            server: wg0
              counted for: 1 hour, 4 minutes
              connections: 5
              requests: 40
              addresses given: 12
              renewals: 20
              given back: 1
              run out: 2
              revoked: 3
              refused: 4
                PoolExhausted: 4
              malformed: 6
              mended: 7
              database failures: 0
            """,
            string.Join('\n', StatusText.Of(
                new StatisticsAnswer
                {
                    Interface = Samples.Wg0,
                    Since = ToolRun.Now.AddMinutes(-64),
                    Connections = 5,
                    Requests = 40,
                    Grants = 12,
                    Renewals = 20,
                    Releases = 1,
                    Expirations = 2,
                    Revocations = 3,
                    Refusals = new Dictionary<string, long> { ["NoPool"] = 0, ["PoolExhausted"] = 4 },
                    Malformed = 6,
                    Mended = 7,
                },
                Screen.None,
                ToolRun.Now)));

    [Fact]
    public void Fields_are_always_as_many_and_whole()
    {
        Assert.Equal("wg0\tServer\t10.66.0.7\txTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\tActive\t2026-11-03T03:12:00Z\t2026-11-04T04:16:00Z\t3847\t7200\toffice\tno\tlaptop\t2026-11-04T03:10:55Z\t192.0.2.7:51820", Fields.Of(Samples.Lease));
        Assert.Equal("wg0\tServer\tfd66::19af:d25b:acd6:6f70\tTrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=\tRevoked\t2026-10-26T03:12:00Z\t2026-11-02T03:12:00Z\t0\t7200\t(none)\tyes\t(none)\t(none)\t(none)", Fields.Of(Samples.Ended));
        Assert.Equal("wg0\t(none)\tfd66::/64\t7200\tRoute\tenabled\t18446744073709551616\t1\t0\t18446744073709551615\t(none)", Fields.Of(Samples.Pool6));
        Assert.Equal("wg0\t10.66.0.7\txTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\t604800\tRuntime\tyes\tprinter, ground floor\t(none)", Fields.Of(Samples.Reservation));
        Assert.Equal("wg0\t10.66.0.200-10.66.0.254\toffice\tRuntime\t(none)", Fields.Of(Samples.Exclusion));
        Assert.Equal("2026-11-04T03:12:00Z\twg0\tServer\t17\tGranted\txTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\t10.66.0.7\t(none)\tleased 10.66.0.7 to xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=", Fields.Of(Samples.Event));
        Assert.Equal(13, Fields.Of(Samples.Lease with { HostName = "a\tb\nc" }).Count(c => c == '\t'));
    }

    [Fact]
    public void An_event_is_told_as_a_line_of_a_log()
    {
        Assert.Equal("Nov 04 03:12:00 wg0: leased 10.66.0.7 to xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=", EventText.Of(Samples.Event, Screen.None, TimeZoneInfo.Utc));
        Assert.Equal("Nov 04 03:12:00 \e[1mwg0 (client)\e[0m: \e[33m3 events are missing here\e[0m", EventText.Of(Samples.Event with { Role = DaemonRole.Client, Type = EventType.Lagged, Message = "3 events are missing here" }, new Screen(80, true), TimeZoneInfo.Utc));
    }

    private static string Leases(Screen screen, params LeaseAnswer[] leases) => Render(screen, Columns.Leases(ToolRun.Now, severalDaemons: false), leases);

    private static string Render<T>(Screen screen, IReadOnlyList<Column<T>> columns, params T[] rows)
    {
        StringWriter output = new();
        Table<T> table = new(screen, output, columns);
        foreach (T row in rows)
            table.Add(row);
        Assert.True(table.End());
        return output.ToString();
    }
}
