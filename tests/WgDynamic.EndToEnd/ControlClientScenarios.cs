using WgDynamic.Control;

namespace WgDynamic.EndToEnd;

/// <summary>What a client says and does at its control socket.</summary>
public sealed class ControlClientScenarios
{
    private static readonly string _shortLease = $"{4 * Backend.Slowness}";

    [Fact]
    public async Task A_client_tells_what_it_has_and_what_has_happened()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        string[] addresses = [.. (await Until.AsExpectedAsync(network.Client.AddressesAsync, found => found.Length == 2)).Select(address => address.Split('/')[0])];

        ClientStatusAnswer status = await Until.AsExpectedAsync(
            async () => (ClientStatusAnswer)Assert.Single(await AskAsync(network.Client, new StatusRequest())), status => status.State == ClientPhase.Bound);
        Assert.Equal(
            (network.Client.Interface, network.Hub.Keys.Public, Network.LinkLocal(0), client.Id),
            (status.Interface, $"{status.ServerPublicKey}", $"{status.LinkLocalAddress}", status.ProcessId));
        Assert.Equal(addresses, status.Addresses.Select(address => address.ToString()));

        LeaseAnswer[] leases = [.. (await AskAsync(network.Client, new LeasesRequest())).Cast<LeaseAnswer>()];
        Assert.Equal(addresses.Order(StringComparer.Ordinal), leases.Select(lease => lease.Address.ToString()).Order(StringComparer.Ordinal));
        Assert.All(leases, lease =>
        {
            Assert.Equal((LeaseState.Active, DaemonRole.Client), (lease.State, lease.Role));
            Assert.InRange(lease.Remaining, TimeSpan.FromSeconds(1), lease.LeaseTime);
            Assert.NotNull(lease.LastHandshake);
            Assert.Equal("10.255.0.1:51820", lease.Endpoint);
        });

        await network.Client.IpAsync($"address delete {addresses[0]}/32 dev {network.Client.Interface}");
        await client.WaitForLineAsync("had vanished");
        await network.Client.IpAsync($"link set {network.Client.Interface} down");
        await client.WaitForLineAsync("is down");
        EventType[] events = [.. (await AskAsync(network.Client, new EventsRequest())).Cast<EventAnswer>().Select(happened => happened.Type)];
        // How often it had to ask before the tunnel was there is the machine's business, and what the kernel took with the link has vanished as well.
        Assert.Equal(
            [EventType.Daemon, EventType.LinkChanged, EventType.Granted, EventType.Granted, EventType.Mended],
            events.Where(type => type is not (EventType.Refused or EventType.Renewed)).Take(5));
        Assert.Equal(2, events.Count(type => type == EventType.LinkChanged));
    }

    [Fact]
    public async Task A_renewal_is_the_servers_own_word_and_is_not_waited_for_where_there_is_none()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        DateTimeOffset first = (await LeasesAsync(network.Client)).Max(lease => lease.End);
        Assert.Equal(2, (await AskAsync(network.Client, new RenewRequest())).Length);
        Assert.True((await LeasesAsync(network.Client)).Max(lease => lease.End) > first);

        await server.StopAsync();
        ControlException error = await Assert.ThrowsAsync<ControlException>(() => AskAsync(network.Client, new RenewRequest { Timeout = TimeSpan.FromSeconds(2) }));
        Assert.Equal(ControlError.TimedOut, error.Code);
        Assert.Contains("no answer from the server", error.Message, StringComparison.Ordinal);

        await network.Client.IpAsync($"link set {network.Client.Interface} down");
        await client.WaitForLineAsync("is down");
        error = await Assert.ThrowsAsync<ControlException>(() => AskAsync(network.Client, new RenewRequest()));
        Assert.Equal((ControlError.NotSupported, $"bring it up: ip link set {network.Client.Interface} up"), (error.Code, error.Remedy));
    }

    [Fact]
    public async Task Who_looks_because_of_an_event_finds_what_it_says()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("asking ");
        CancellationToken token = TestContext.Current.CancellationToken;
        await using ControlConnection watching = await ControlConnection.ConnectAsync(network.Client.SocketOf(DaemonRole.Client), token);
        await using IAsyncEnumerator<ControlAnswer> events = watching.AskAsync(new WatchRequest { Types = [EventType.Granted] }, token).GetAsyncEnumerator(token);
        ValueTask<bool> granted = events.MoveNextAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        Assert.True(await granted);
        Assert.Equal(2, (await LeasesAsync(network.Client)).Length);
        Assert.Equal(2, (await network.Client.AddressesAsync()).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_is_ended_at_its_socket_gives_the_lease_back_if_it_is_told_to(bool release)
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient(release ? [] : ["--release-on-exit"]);
        await client.WaitForLineAsync("leased ");
        Assert.Empty(await AskAsync(network.Client, new StopRequest { Release = release }));
        Assert.Equal(0, await client.WaitForExitAsync());
        Assert.Empty(await network.Client.AddressesAsync());
        Assert.False(File.Exists(network.Client.SocketOf(DaemonRole.Client)));
        if (release)
            await server.WaitForLineAsync("ended: Released", times: 2);
        else
            Assert.DoesNotContain("ended: Released", server.Log, StringComparison.Ordinal);
        ControlException error = await Assert.ThrowsAsync<ControlException>(() => AskAsync(network.Client, new StatusRequest()));
        Assert.Equal(ControlFailure.NotFound, error.Failure);
    }

    [Fact]
    public async Task Whoever_crowds_the_socket_reads_nothing_or_sends_garbage_does_not_delay_the_client()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer("--leasetime", _shortLease);
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        string[] before = await Until.AsExpectedAsync(network.Client.AddressesAsync, found => found.Length == 2);
        using (await UnkindCallers.CallAsync(network.Client.SocketOf(DaemonRole.Client)))
        {
            int mark = client.Mark();
            await client.WaitForLineAsync("renewed ", times: 2, from: mark);
            await network.Client.IpAsync($"address delete {before[0]} dev {network.Client.Interface}");
            await client.WaitForLineAsync("had vanished", from: mark);
            await Until.AsExpectedAsync(network.Client.AddressesAsync, found => found.SequenceEqual(before), () => client.Log);
        }

        Assert.Equal(2, (await Until.AsExpectedAsync(
            async () =>
            {
                try
                {
                    return await AskAsync(network.Client, new LeasesRequest());
                }
                catch (ControlException busy) when (busy.Code == ControlError.Busy)
                {
                    return [];
                }
            },
            answers => answers.Length > 0)).Length);
        Assert.False(client.Log.Contains("please report it", StringComparison.Ordinal), client.Log);
        Assert.Equal(0, await client.StopAsync());
    }

    private static Task<ControlAnswer[]> AskAsync(Host host, ControlRequest request) => host.AskAsync<ControlAnswer>(DaemonRole.Client, request);

    private static async Task<LeaseAnswer[]> LeasesAsync(Host host) => [.. (await AskAsync(host, new LeasesRequest())).Cast<LeaseAnswer>()];
}
