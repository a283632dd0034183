using System.Text.Json;
using WgDynamic.Control;

namespace WgDynamic.Tool.Tests;

public sealed class DaemonCommandTests : IDisposable
{
    private static readonly LeaseAnswer[] _leases = [Samples.Lease, Samples.Ended];

    private readonly ToolRun _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData("show")]
    [InlineData("show all")]
    [InlineData("show wg0")]
    public async Task Show_tells_of_each_daemon_of_an_interface_with_pools_and_active_leases(string line)
    {
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, request => request switch
        {
            PoolsRequest => [Samples.Pool],
            LeasesRequest => [Samples.Lease],
            _ => [Samples.Server],
        });
        await using FakeDaemon client = new(_tool.Folder, "wg0", DaemonRole.Client, _ => [Samples.Client]);
        Assert.Equal(0, await _tool.RunAsync(line));
        Assert.Equal("", _tool.Error);
        Assert.StartsWith(
            """
            server: wg0
              public key: xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=
              running for: 3 hours (process 4711, release 0.2.0)
              configuration: /etc/wg-dynamic/wg0.conf, read 5 minutes ago
              database: /var/lib/wg-dynamic/wg0.db
              peers: 12, 2 connected
              leases: 2 active, 1 ended

              POOL          USED                      NAME    RESERVED  LEASE TIME  FROM  PROBLEM
              10.66.0.0/24  [####......]  39% of 253  office  3         2 hours     file

              ADDRESS    PEER                                          LEASE                   HOST    LAST HANDSHAKE           POOL    ENDPOINT
              10.66.0.7  xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=  1 hour, 4 minutes left  laptop  1 minute, 5 seconds ago  office  192.0.2.7:51820

            client: wg0
              state: has a lease
            """,
            _tool.Output,
            StringComparison.Ordinal);
        Assert.Equal([LeaseState.Active], server.Last<LeasesRequest>().States);
    }

    [Fact]
    public async Task Leases_in_a_pipe_are_fields_and_with_json_what_the_daemon_said()
    {
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, _ => _leases);
        Assert.Equal(0, await _tool.RunAsync("leases wg0"));
        Assert.Equal(string.Join('\n', _leases.Select(Fields.Of)) + "\n", _tool.Output);
        Assert.Equal(0, await _tool.RunAsync("leases --json"));
        LeaseAnswer?[] read = [.. _tool.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize(line, ControlJson.Default.LeaseAnswer))];
        Assert.Equal(_leases, read);
    }

    [Fact]
    public async Task At_a_terminal_a_table_says_whose_leases_they_are_if_there_are_several_daemons()
    {
        using ToolRun tool = new() { Screen = new Screen(100, false) };
        await using FakeDaemon server = new(tool.Folder, "wg0", DaemonRole.Server, _ => [Samples.Lease]);
        Assert.Equal(0, await tool.RunAsync("leases"));
        Assert.StartsWith("ADDRESS ", tool.Output, StringComparison.Ordinal);
        await using FakeDaemon client = new(tool.Folder, "wg1", DaemonRole.Client, _ => [Samples.Lease with { Role = DaemonRole.Client, Interface = InterfaceName.Parse("wg1") }]);
        Assert.Equal(0, await tool.RunAsync("leases"));
        Assert.Equal(["INTERFACE", "wg0", "wg1"], tool.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(' ')[0]));
        Assert.Contains("wg1 (client)  10.66.0.7", tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_daemon_filters_leases()
    {
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, _ => _leases);
        Assert.Equal(0, await _tool.RunAsync($"leases --key {Samples.Alice} --key {Samples.Bob} --address 10.0.0.0/8 --address=fd66::7 --family IPv4 --state active,expired --state revoked --pool office --pool 10.0.0.0/8"));
        LeasesRequest request = server.Last<LeasesRequest>();
        Assert.Equal([Samples.Alice, Samples.Bob], request.PublicKeys);
        Assert.Equal(["10.0.0.0/8", "fd66::7/128"], request.Addresses.Select(range => $"{range}"));
        Assert.Equal(AddressFamilyName.IPv4, request.Family);
        Assert.Equal([LeaseState.Active, LeaseState.Expired, LeaseState.Revoked], request.States);
        Assert.Equal(["office", "10.0.0.0/8"], request.Pools);
    }

    [Fact]
    public async Task Who_names_a_peer_is_told_that_it_has_nothing_and_who_asks_for_all_is_not()
    {
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, _ => []);
        Assert.Equal(0, await _tool.RunAsync("leases --state active"));
        Assert.Equal(("", ""), (_tool.Output, _tool.Error));
        Assert.Equal(1, await _tool.RunAsync($"leases --key {Samples.Alice}"));
        Assert.Equal("wg-dynamic: there is no such lease; see: wg-dynamic leases\n", _tool.Error);
        Assert.Equal(1, await _tool.RunAsync("history 10.66.0.7"));
        Assert.Equal("wg-dynamic: nothing is known of 10.66.0.7\n", _tool.Error);
        Assert.Equal(1, await _tool.RunAsync("history", "wg0", "10.66.0.7", "--at", "2026-11-04 03:12Z"));
        Assert.Equal("wg-dynamic: nobody had 10.66.0.7 then, as far as is known\n", _tool.Error);
        Assert.Equal(new DateTimeOffset(2026, 11, 4, 3, 12, 0, TimeSpan.Zero), server.Last<HistoryRequest>().At);
        Assert.Equal(0, await _tool.RunAsync("pools"));
        Assert.Equal(1, await _tool.RunAsync("pools --pool none"));
    }

    [Fact]
    public async Task What_changes_something_says_what_it_did()
    {
        Func<ControlRequest, IEnumerable<ControlAnswer>> answers = request => request switch
        {
            RevokeRequest => [Samples.Lease with { State = LeaseState.Revoked }],
            AddReservationRequest or SetReservationRequest or RemoveReservationRequest => [Samples.Reservation],
            AddPoolRequest or SetPoolRequest or RemovePoolRequest => [Samples.Pool],
            AddExclusionRequest or RemoveExclusionRequest => [Samples.Exclusion],
            ReloadRequest => [Samples.Server],
            _ => [],
        };
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, answers);
        await SaysAsync($"revoked 10.66.0.7 of {Samples.Alice}", "revoke", "wg0", "10.66.0.7", "10.66.0.8", "--reason", "left the company");
        RevokeRequest revoke = server.Last<RevokeRequest>();
        Assert.Equal((2, null, "left the company"), (revoke.Addresses.Count, revoke.PublicKey, revoke.Reason));
        await SaysAsync($"revoked 10.66.0.7 of {Samples.Alice}", "revoke", "wg0", "--key", $"{Samples.Alice}");
        Assert.Equal(Samples.Alice, server.Last<RevokeRequest>().PublicKey);

        await SaysAsync($"10.66.0.7 is kept for {Samples.Alice}", "reserve", "wg0", $"{Samples.Alice}", "10.66.0.7", "--lease-time", "7d", "--description", "printer, ground floor");
        Assert.Equal(
            new AddReservationRequest { PublicKey = Samples.Alice, Address = IpAddress.Parse("10.66.0.7"), LeaseTime = TimeSpan.FromDays(7), Description = "printer, ground floor" },
            server.Last<AddReservationRequest>());
        await SaysAsync($"10.66.0.7 is kept for {Samples.Alice}", "reserve", "wg0", $"{Samples.Bob}", "10.66.0.7", "--change", "--lease-time", "0");
        Assert.Equal(new SetReservationRequest { PublicKey = Samples.Bob, Address = IpAddress.Parse("10.66.0.7"), LeaseTime = TimeSpan.Zero }, server.Last<SetReservationRequest>());
        await SaysAsync($"10.66.0.7 is kept for {Samples.Alice} no longer", "unreserve", "wg0", "10.66.0.7");
        Assert.Equal(new RemoveReservationRequest { Address = IpAddress.Parse("10.66.0.7") }, server.Last<RemoveReservationRequest>());
        await SaysAsync($"10.66.0.7 is kept for {Samples.Alice} no longer", "unreserve", "wg0", $"{Samples.Alice}");
        Assert.Equal(new RemoveReservationRequest { PublicKey = Samples.Alice }, server.Last<RemoveReservationRequest>());

        await SaysAsync("added pool office, 10.66.0.0/24: 150 of 253 free", "pools", "add", "wg0", "10.66.0.0/24", "--name", "office", "--lease-time=90s", "--disable");
        Assert.Equal(new AddPoolRequest { Range = IpRange.Parse("10.66.0.0/24"), Name = "office", LeaseTime = TimeSpan.FromSeconds(90), Enabled = false }, server.Last<AddPoolRequest>());
        await SaysAsync("changed pool office, 10.66.0.0/24: 150 of 253 free", "pools", "set", "wg0", "office", "--enable", "--range", "10.66.0.10-10.66.0.20");
        Assert.Equal(new SetPoolRequest { Pool = "office", Range = IpRange.Parse("10.66.0.10-10.66.0.20"), Enabled = true }, server.Last<SetPoolRequest>());
        await SaysAsync("removed pool office, 10.66.0.0/24: 150 of 253 free", "pools", "remove", "wg0", "10.66.0.0/24", "--force");
        Assert.Equal(new RemovePoolRequest { Pool = "10.66.0.0/24", Force = true }, server.Last<RemovePoolRequest>());
        await SaysAsync("excluded 10.66.0.200-10.66.0.254 from pool office", "pools", "exclude", "wg0", "10.66.0.200-10.66.0.254");
        Assert.Equal(new AddExclusionRequest { Range = Samples.Exclusion.Range }, server.Last<AddExclusionRequest>());
        await SaysAsync("10.66.0.200-10.66.0.254 is excluded no longer", "pools", "include", "wg0", "10.66.0.200-10.66.0.254");
        Assert.Equal(new RemoveExclusionRequest { Range = Samples.Exclusion.Range }, server.Last<RemoveExclusionRequest>());
        await SaysAsync("wg0 has read /etc/wg-dynamic/wg0.conf: 2 pools", "reload", "wg0");

        async Task SaysAsync(string sentence, params string[] arguments)
        {
            Assert.Equal((0, ""), (await _tool.RunAsync(arguments), _tool.Error));
            Assert.Equal(sentence + "\n", _tool.Output);
            // For programs it is the answer.
            Assert.Equal(0, await _tool.RunAsync([.. arguments, "--json"]));
            Assert.Equal('{', _tool.Output[0]);
        }
    }

    [Fact]
    public async Task Statistics_are_reset_of_one_interface_only()
    {
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, _ => [new StatisticsAnswer { Interface = Samples.Wg0, Since = ToolRun.Now }]);
        Assert.Equal(0, await _tool.RunAsync("stats"));
        _ = server.Last<StatisticsRequest>();
        Assert.Equal(0, await _tool.RunAsync("stats wg0 --reset"));
        _ = server.Last<ResetStatisticsRequest>();
    }

    [Fact]
    public async Task Metrics_of_several_servers_are_one_text()
    {
        await using FakeDaemon first = new(_tool.Folder, "wg0", DaemonRole.Server, request => Answer(request, "wg0"));
        await using FakeDaemon second = new(_tool.Folder, "wg1", DaemonRole.Server, request => Answer(request, "wg1"));
        Assert.Equal((0, ""), (await _tool.RunAsync("metrics"), _tool.Error));
        Assert.Contains("\nwg_dynamic_peers{interface=\"wg0\"} 12\nwg_dynamic_peers{interface=\"wg1\"} 12\n", _tool.Output, StringComparison.Ordinal);
        Assert.Contains("\nwg_dynamic_pool_addresses{interface=\"wg1\",pool=\"office\",range=\"10.66.0.0/24\",state=\"free\"} 150\n", _tool.Output, StringComparison.Ordinal);
        Assert.Equal(0, await _tool.RunAsync("metrics wg1"));
        Assert.DoesNotContain("wg0", _tool.Output, StringComparison.Ordinal);

        static IEnumerable<ControlAnswer> Answer(ControlRequest request, string name) => request switch
        {
            PoolsRequest => [Samples.Pool with { Interface = InterfaceName.Parse(name) }],
            // A reset is for people: counters of metrics never go back.
            StatisticsRequest { SinceStart: true } => [new StatisticsAnswer { Interface = InterfaceName.Parse(name), Since = ToolRun.Now }],
            _ => [Samples.Server with { Interface = InterfaceName.Parse(name) }],
        };
    }

    [Fact]
    public async Task A_client_renews_and_gives_back()
    {
        await using FakeDaemon client = new(_tool.Folder, "wg0", DaemonRole.Client, request => request is RenewRequest ? [Samples.Lease] : []);
        Assert.Equal(0, await _tool.RunAsync("renew wg0 --timeout 1m"));
        Assert.Equal("10.66.0.7: 1 hour, 4 minutes left\n", _tool.Output);
        Assert.Equal(TimeSpan.FromMinutes(1), client.Last<RenewRequest>().Timeout);
        Assert.Equal(0, await _tool.RunAsync("release wg0"));
        Assert.Equal("the client of wg0 gives its addresses back and ends\n", _tool.Output);
        Assert.True(client.Last<StopRequest>().Release);
    }

    [Fact]
    public async Task An_error_is_told_with_its_remedy_after_what_was_answered_before()
    {
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, async (call, token) =>
        {
            await call.WriteAsync(new ProblemAnswer { File = "/etc/x.conf", Line = 3, Severity = ProblemSeverity.Error, Message = "there is no key Rnage", Remedy = "did you mean Range?" }, token);
            throw new ControlException(ControlError.ConfigurationInvalid, "the configuration has 1 error", "mend it, and reload again");
        });
        Assert.Equal(1, await _tool.RunAsync("reload wg0"));
        Assert.Equal("/etc/x.conf:3: error: there is no key Rnage; did you mean Range?\n", _tool.Output);
        Assert.Equal("wg-dynamic: the configuration has 1 error; mend it, and reload again\n", _tool.Error);
    }

    [Fact]
    public async Task That_one_daemon_fails_keeps_nobody_from_asking_the_others()
    {
        await using FakeDaemon bad = new(_tool.Folder, "wg0", DaemonRole.Server, (_, _) => throw new ControlException(ControlError.Failed, "the disk is full"));
        await using FakeDaemon good = new(_tool.Folder, "wg1", DaemonRole.Server, _ => _leases);
        await File.WriteAllTextAsync(Path.Combine(_tool.Folder, "wg2.server.sock"), "", TestContext.Current.CancellationToken);
        Assert.Equal(1, await _tool.RunAsync("leases"));
        Assert.Equal(2, _tool.Output.Count(c => c == '\n'));
        string[] errors = _tool.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("wg-dynamic: the disk is full", errors[0]);
        Assert.Matches("^wg-dynamic: nobody listens on .*/wg2.server.sock: the daemon has ended; start it with: systemctl start wg-dynamic-server@wg2 ", errors[1]);
    }

    [Theory]
    [InlineData("show wg7", "there is no server or client of wg7 with a socket in .*; start one with: systemctl start wg-dynamic-server@wg7 on a hub")]
    [InlineData("show", "there is no server or client with a socket in .*; start one with: systemctl start wg-dynamic-server@wg0 on a hub")]
    [InlineData("pools", "there is no server with a socket in .*; start it with: systemctl start wg-dynamic-server@wg0")]
    [InlineData("renew wg7", "there is no socket .*/wg7.client.sock; start it with: systemctl start wg-dynamic-client@wg7 ")]
    [InlineData("reload wg7", "there is no socket .*/wg7.server.sock; start it with: systemctl start wg-dynamic-server@wg7 ")]
    public async Task Where_there_is_no_daemon_it_is_said_which_and_how_to_start_it(string line, string error)
    {
        Assert.Equal(1, await _tool.RunAsync(line));
        Assert.Matches($"^wg-dynamic: {error}", _tool.Error);
        Assert.Equal("", _tool.Output);
    }

    [Theory]
    [InlineData("revoke wg0", "say which leases: an address, or --key KEY for all that a peer has")]
    [InlineData("revoke 10.66.0.7", "say which leases: an address, or --key KEY for all that a peer has")]
    [InlineData("reserve wg0 abc 10.66.0.7", "this is no public key, of which wg show prints 44 characters that end in '=': it has 3 characters")]
    [InlineData("reserve wg0 xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= 10.66.0.7/24", "'10.66.0.7/24' is no address, such as 10.66.0.7")]
    [InlineData("reserve wg0 xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= 10.66.0.7 --lease-time 0", "--lease-time must be at least 1 second")]
    [InlineData("reserve wg0 xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= 10.66.0.7 --lease-time 1w", "'1w' is no time: write seconds, or a number with s, m, h or d behind it, such as 90s, 30m, 12h or 7d")]
    [InlineData("leases --state gone", "'gone' is none of active, expired, released, revoked")]
    [InlineData("leases --state 1", "'1' is none of active, expired, released, revoked")]
    [InlineData("leases --family ip", "'ip' is none of ipv4, ipv6")]
    [InlineData("leases 10.66.0.7", "'10.66.0.7' is an address, and an interface should stand there")]
    [InlineData("leases --nonsense", "unknown option '--nonsense'")]
    [InlineData("pools set wg0 office", "say what to change: --name, --range, --lease-time, --enable or --disable")]
    [InlineData("pools set wg0 office --enable --disable", "--enable and --disable do not go together")]
    [InlineData("pools exclude wg0 10.66.0.9-10.66.0.1", "'10.66.0.9-10.66.0.1' is no range of addresses, such as 10.66.0.0/24 or 10.66.0.10-10.66.0.99")]
    [InlineData("stats --reset", "--reset takes the name of one interface")]
    [InlineData("stats a/b --reset", "'a/b' cannot be the name of an interface: 1 to 15 printable characters without '/', ':' and spaces")]
    [InlineData("watch --last many", "'many' is no count, such as 10")]
    [InlineData("stats all --reset", "--reset takes the name of one interface")]
    [InlineData("watch --type granted,sold", "'sold' is none of granted, renewed, expired, released, revoked, refused, malformed, mended, planchanged, reloaded, trouble, linkchanged, pushchanged, daemon, current, lagged")]
    [InlineData("watch --last -1", "unknown option '-1'")]
    [InlineData("history wg0 10.66.0.7 --at yesterday", "'yesterday' is no time, such as '2026-11-04 03:12' or 2026-11-04T03:12Z")]
    [InlineData("unreserve wg0 10.66.0", "this is no public key, of which wg show prints 44 characters that end in '=': it has 7 characters")]
    public async Task What_is_wrong_with_the_arguments_is_said(string line, string error)
    {
        Assert.Equal(1, await _tool.RunAsync(line));
        Assert.Equal(error + "\n", _tool.Error);
    }
}
