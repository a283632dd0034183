using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WgDynamic.Control;

namespace WgDynamic.Client.Tests;

/// <summary>A client's control socket, with its loop played by the test.</summary>
public sealed class ClientControlTests : IAsyncDisposable
{
    private static readonly InterfaceName _wg0 = InterfaceName.Parse("wg0");
    private static readonly PublicKey _server = PublicKey.Parse("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=");
    private static readonly IpAddress _four = IpAddress.Parse("10.66.0.7");
    private static readonly IpAddress _six = IpAddress.Parse("fd66::7");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wgd");
    private readonly ClientInbox _inbox = new();
    private readonly EventHub _events;
    private readonly ClientNews _news;
    private ControlSide _side;

    public ClientControlTests()
    {
        _events = new EventHub(_wg0, DaemonRole.Client, _clock);
        _news = new ClientNews(_wg0, _server, NullLogger.Instance, _events);
        ClientOptions options = new() { Interface = _wg0, RuntimeDirectory = _folder.FullName, Hostname = "laptop" };
        _side = ClientSocket.Open(options, new ClientControl(options, _server, IpAddress.Parse("fe80::abcd"), _inbox, _events, _clock), _clock, NullLogger.Instance);
        _clock.Advance(TimeSpan.FromSeconds(100));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string SocketPath => ControlSocket.PathOf(_folder.FullName, _wg0, DaemonRole.Client);

    private TimeSpan Now => _clock.GetElapsedTime(0, _clock.GetTimestamp());

    public async ValueTask DisposeAsync()
    {
        await _side.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Status_says_where_it_stands_in_times_of_the_day()
    {
        _inbox.Snapshot = Bound() with
        {
            NextRequest = Now + TimeSpan.FromSeconds(30),
            Effects =
            [
                new Effect.AllowedIPs(_server, [IpPrefix.Parse("10.1.0.0/16")]), new Effect.Mtu(1380, 1420),
                new Effect.TunnelRoute(IpPrefix.Parse("10.1.0.0/16"), 254), new Effect.TunnelRoute(IpPrefix.Parse("10.0.0.0/16"), 254),
                new Effect.Names(new NameService(NameTool.Resolvectl, "wg0"), [IpAddress.Parse("10.66.0.1")], ["example.org"], false),
            ],
            NotAccepted = ["route 0.0.0.0/0: no"],
            Restorations = 3,
            Problem = "no answer",
        };
        ClientStatusAnswer status = Assert.IsType<ClientStatusAnswer>(Assert.Single(await AskAsync(new StatusRequest())));
        DateTimeOffset now = _clock.GetUtcNow();
        Assert.Equal((ClientPhase.Bound, _server, IpAddress.Parse("fe80::abcd"), 1380, 3, "no answer"), (status.State, status.ServerPublicKey, status.LinkLocalAddress, status.Mtu, status.Restorations, status.Problem));
        Assert.Equal((now.AddSeconds(-100), now.AddSeconds(60), now.AddSeconds(30)), (status.Started, status.LeaseEnd, status.NextRequest));
        Assert.Equal([_four, _six], status.Addresses);
        Assert.Equal(["10.0.0.0/16", "10.1.0.0/16"], status.Routes.Select(route => route.ToString()));
        Assert.Equal("10.66.0.1", Assert.Single(status.DnsServers).ToString());
        Assert.Equal("example.org", Assert.Single(status.SearchDomains));
        Assert.Equal("route 0.0.0.0/0: no", Assert.Single(status.NotAccepted));
        Assert.Equal((ClientArguments.Release, Environment.ProcessId), (status.Release, status.ProcessId));
    }

    [Fact]
    public async Task A_lease_is_told_for_each_address_with_how_long_it_lasts()
    {
        _inbox.Snapshot = Bound();
        List<LeaseAnswer> leases = await LeasesAsync(new LeasesRequest());
        DateTimeOffset now = _clock.GetUtcNow();
        Assert.Equal([_four, _six], leases.Select(lease => lease.Address));
        Assert.All(leases, lease => Assert.Equal(
            (DaemonRole.Client, _server, LeaseState.Active, now.AddSeconds(60), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(90), "laptop"),
            (lease.Role, lease.PublicKey, lease.State, lease.End, lease.Remaining, lease.LeaseTime, lease.HostName)));
        // The second one is from an earlier client, and this one does not know since when.
        Assert.Equal([now.AddSeconds(-40), now.AddSeconds(-100)], leases.Select(lease => lease.Start));
    }

    [Fact]
    public async Task A_lease_that_lasts_longer_than_there_are_dates_is_told_all_the_same()
    {
        _inbox.Snapshot = Bound() with { Expiry = Now + TimeSpan.FromDays(365 * 9000) };
        Assert.Equal(DateTimeOffset.MaxValue, (await LeasesAsync(new LeasesRequest()))[0].End);
    }

    [Fact]
    public async Task Filters_narrow_the_leases()
    {
        _inbox.Snapshot = Bound();
        Assert.Equal([_four], await AddressesAsync(new LeasesRequest { Family = AddressFamilyName.IPv4 }));
        Assert.Equal([_six], await AddressesAsync(new LeasesRequest { Addresses = [IpRange.Parse("fd66::/64"), IpRange.Parse("10.66.0.8-10.66.0.9")] }));
        Assert.Equal([_four, _six], await AddressesAsync(new LeasesRequest { PublicKeys = [_server], States = [LeaseState.Active, LeaseState.Expired] }));
        Assert.Empty(await AddressesAsync(new LeasesRequest { PublicKeys = [PublicKey.Parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")] }));
        Assert.Empty(await AddressesAsync(new LeasesRequest { States = [LeaseState.Expired] }));
        Assert.Empty(await AddressesAsync(new LeasesRequest { Pools = ["office"] }));
    }

    [Fact]
    public async Task A_renewal_waits_for_what_the_server_says()
    {
        Task<List<ControlAnswer>> renewing = AskAsync(new RenewRequest());
        Assert.IsType<ClientEvent.Renew>(await _inbox.ReadAsync());
        Assert.False(renewing.IsCompleted);
        _inbox.Snapshot = Bound();
        _inbox.EndRenewals(null);
        Assert.Equal([_four, _six], (await renewing).Cast<LeaseAnswer>().Select(lease => lease.Address));
    }

    [Fact]
    public async Task A_renewal_that_the_server_refuses_fails_with_its_words()
    {
        Task<List<ControlAnswer>> renewing = AskAsync(new RenewRequest());
        Assert.IsType<ClientEvent.Renew>(await _inbox.ReadAsync());
        _inbox.Snapshot = Bound();
        _inbox.EndRenewals("the server has no address to give");
        ControlException error = await Assert.ThrowsAsync<ControlException>(() => renewing);
        Assert.Equal((ControlError.Failed, "the server has no address to give"), (error.Code, error.Message));
    }

    [Fact]
    public async Task A_renewal_that_nobody_answers_is_over_with_its_time_and_says_what_is_in_the_way()
    {
        Task<List<ControlAnswer>> renewing = AskAsync(new RenewRequest { Timeout = TimeSpan.FromSeconds(3) });
        Assert.IsType<ClientEvent.Renew>(await _inbox.ReadAsync());
        _inbox.Snapshot = Bound() with { Problem = "no answer from the server: connection refused" };
        _clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(renewing.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        ControlException error = await Assert.ThrowsAsync<ControlException>(() => renewing);
        Assert.Equal((ControlError.TimedOut, "no renewal within 3 seconds: no answer from the server: connection refused"), (error.Code, error.Message));
        Assert.Contains("wg-dynamic check wg0", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewal_without_time_gives_the_leases_as_they_are_and_is_begun()
    {
        _inbox.Snapshot = Bound();
        Assert.Equal(2, (await AskAsync(new RenewRequest { Timeout = TimeSpan.Zero })).Count);
        Assert.IsType<ClientEvent.Renew>(await _inbox.ReadAsync());
    }

    [Fact]
    public async Task While_the_interface_is_down_a_renewal_is_not_waited_for()
    {
        Task<List<ControlAnswer>> renewing = AskAsync(new RenewRequest());
        Assert.IsType<ClientEvent.Renew>(await _inbox.ReadAsync());
        _inbox.EndRenewals("wg0 is down");
        ControlException error = await Assert.ThrowsAsync<ControlException>(() => renewing);
        Assert.Equal((ControlError.NotSupported, "wg0 is down", "bring it up: ip link set wg0 up"), (error.Code, error.Message, error.Remedy));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3601)]
    [InlineData(1e11)]
    public async Task A_renewal_takes_no_more_than_an_hour(double seconds) =>
        Assert.Equal(ControlError.InvalidRequest, (await Assert.ThrowsAsync<ControlException>(() => AskAsync(new RenewRequest { Timeout = TimeSpan.FromSeconds(seconds) }))).Code);

    [Fact]
    public async Task A_client_that_has_ended_renews_nothing_and_nobody_waits_for_it()
    {
        Task<List<ControlAnswer>> renewing = AskAsync(new RenewRequest());
        Assert.IsType<ClientEvent.Renew>(await _inbox.ReadAsync());
        _inbox.End();
        await Assert.ThrowsAsync<ControlException>(() => renewing);
        await Assert.ThrowsAsync<ControlException>(() => AskAsync(new RenewRequest()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_stops_it_says_how_and_hears_that_it_has_begun_although_the_loop_is_busy(bool? release)
    {
        for (int i = 0; i < 64; i++)
            await _inbox.WriteAsync(new ClientEvent.RouteLost(), Token);
        Assert.Empty(await AskAsync(new StopRequest { Release = release }));
        Assert.Equal(new ClientEvent.Stop(release), _inbox.TakeStop());
        Assert.Null(_inbox.TakeStop());
    }

    [Fact]
    public async Task Who_stops_it_hears_so_also_if_it_ends_at_once()
    {
        for (int i = 0; i < 20; i++)
        {
            Task<List<ControlAnswer>> stopping = AskAsync(new StopRequest());
            while (_inbox.TakeStop() is null)
                Assert.IsType<ClientEvent.TimerDue>(await _inbox.ReadAsync());
            await _side.DisposeAsync();
            Assert.Empty(await stopping);
            ClientOptions options = new() { Interface = _wg0, RuntimeDirectory = _folder.FullName };
            _side = ClientSocket.Open(options, new ClientControl(options, _server, IpAddress.Parse("fe80::abcd"), _inbox, _events, _clock), _clock, NullLogger.Instance);
        }
    }

    [Fact]
    public async Task What_is_a_servers_to_answer_it_says_so_of()
    {
        ControlException error = await Assert.ThrowsAsync<ControlException>(() => AskAsync(new PoolsRequest()));
        Assert.Equal(ControlError.NotSupported, error.Code);
        Assert.Contains("for the server of wg0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_happens_is_told_once_and_of_each_address()
    {
        _news.Started(IpAddress.Parse("fe80::abcd"));
        _news.LinkUp();
        _news.Trouble("no answer", isServers: true);
        _news.Trouble("no answer", isServers: true);
        _news.Granted([_four, _six], [], isNew: true, TimeSpan.FromSeconds(60));
        _news.Granted([_four, _six], [_four, _six], isNew: false, TimeSpan.FromSeconds(60));
        _news.Granted([IpAddress.Parse("10.66.0.8"), _six], [_four, _six], isNew: false, TimeSpan.FromSeconds(60));
        _news.NotAccepted(["route 0.0.0.0/0: no"]);
        _news.NotAccepted(["route 0.0.0.0/0: no"]);
        _news.Pushed(PushedState.None with { Mtu = 1380 });
        _news.Restored("address 10.66.0.8");
        _news.Withdrawn(null);
        _news.Expired([_six]);
        _news.LinkDown();
        _news.Ending();
        _news.Publish();
        List<EventAnswer> events = [.. (await AskAsync(new EventsRequest())).Cast<EventAnswer>()];
        Assert.Equal(
            [
                "Daemon", "LinkChanged", "Refused", "Granted 10.66.0.7", "Granted fd66::7", "Renewed 10.66.0.7", "Renewed fd66::7",
                "Granted 10.66.0.8", "Renewed fd66::7", "Released 10.66.0.7", "PushChanged", "PushChanged", "Mended", "PushChanged", "Expired fd66::7", "LinkChanged", "Daemon",
            ],
            events.Select(happened => happened.Address is { } address ? $"{happened.Type} {address}" : $"{happened.Type}"));
        Assert.All(events, happened => Assert.Equal((DaemonRole.Client, _server), (happened.Role, happened.PublicKey)));
        Assert.Equal("no answer", events[2].Message);
    }

    [Fact]
    public async Task Who_watches_begins_with_what_is_leased_if_he_likes()
    {
        _inbox.Snapshot = Bound();
        await using ControlConnection connection = await ControlConnection.ConnectAsync(SocketPath, Token);
        await using IAsyncEnumerator<ControlAnswer> watching = connection.AskAsync(new WatchRequest { IncludeCurrent = true }, Token).GetAsyncEnumerator(Token);
        foreach (IpAddress address in new[] { _four, _six })
        {
            Assert.True(await watching.MoveNextAsync());
            Assert.Equal((EventType.Current, address), (((EventAnswer)watching.Current).Type, ((EventAnswer)watching.Current).Address!.Value));
        }

        _news.LinkDown();
        _news.Publish();
        Assert.True(await watching.MoveNextAsync());
        Assert.Equal(EventType.LinkChanged, ((EventAnswer)watching.Current).Type);
    }

    [Fact]
    public async Task A_socket_that_cannot_be_made_is_a_warning_with_a_remedy_and_the_client_goes_on()
    {
        List<string> lines = [];
        ClientOptions options = new() { Interface = _wg0, RuntimeDirectory = _folder.FullName };
        await using ControlSide second = ClientSocket.Open(options, new ClientControl(options, _server, _four, _inbox, _events, _clock), _clock, new Lines(lines));
        string line = Assert.Single(lines);
        Assert.StartsWith("Warning wg0: going on without the control socket: somebody listens on ", line, StringComparison.Ordinal);
        Assert.Contains("--runtime-directory", line, StringComparison.Ordinal);
        // And it is left to who has it.
        await second.DisposeAsync();
        Assert.Single(await AskAsync(new StatusRequest()));
    }

    [Fact]
    public async Task The_socket_is_for_owner_and_group_and_goes_with_the_client()
    {
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            File.GetUnixFileMode(SocketPath));
        await _side.DisposeAsync();
        Assert.False(File.Exists(SocketPath));
    }

    private ClientSnapshot Bound() => new()
    {
        State = ClientPhase.Bound,
        Held = [new HeldAddress(_four, Now - TimeSpan.FromSeconds(40)), new HeldAddress(_six, null)],
        Expiry = Now + TimeSpan.FromSeconds(60),
        LeaseTime = TimeSpan.FromSeconds(90),
    };

    private async Task<List<ControlAnswer>> AskAsync(ControlRequest request)
    {
        await using ControlConnection connection = await ControlConnection.ConnectAsync(SocketPath, Token);
        return await connection.AskAsync(request, Token).ToListAsync(Token);
    }

    private async Task<List<LeaseAnswer>> LeasesAsync(LeasesRequest request) => [.. (await AskAsync(request)).Cast<LeaseAnswer>()];

    private async Task<IEnumerable<IpAddress>> AddressesAsync(LeasesRequest request) => (await LeasesAsync(request)).Select(lease => lease.Address);

    private sealed class Lines(List<string> lines) : Microsoft.Extensions.Logging.ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add($"{logLevel} {formatter(state, exception)}");
    }
}
