using System.Net.Sockets;
using System.Text;
using WgDynamic.Control;

namespace WgDynamic.EndToEnd;

/// <summary>What a client says and does at its control socket.</summary>
public sealed class ControlClientScenarios
{
    private static readonly string _shortLease = $"{4 * Backend.Slowness}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

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
        Assert.Equal(2, (await AskAsync(network.Client, new RenewRequest())).Count);
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
        Assert.False(File.Exists(SocketOf(network.Client)));
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
        List<Socket> crowd = [];
        try
        {
            for (int i = 0; i < 100; i++)
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                crowd.Add(socket);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketOf(network.Client)), Token);
                byte[] said = (i % 4) switch
                {
                    0 => """{"request":"watch","version":1,"includeCurrent":true}"""u8.ToArray(),
                    1 => Encoding.ASCII.GetBytes(new string('[', 60_000)),
                    2 => [0xff, 0, 10, 13, 10],
                    _ => [],
                };
                _ = await socket.SendAsync(i % 4 == 0 ? [.. said, (byte)'\n'] : said, SocketFlags.None, Token);
            }

            int mark = client.Mark();
            await client.WaitForLineAsync("renewed ", times: 2, from: mark);
            await network.Client.IpAsync($"address delete {before[0]} dev {network.Client.Interface}");
            await client.WaitForLineAsync("had vanished", from: mark);
            await Until.AsExpectedAsync(network.Client.AddressesAsync, found => found.SequenceEqual(before), () => client.Log);
        }
        finally
        {
            crowd.ForEach(socket => socket.Dispose());
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
            answers => answers.Count > 0)).Count);
        Assert.False(client.Log.Contains("please report it", StringComparison.Ordinal), client.Log);
        Assert.Equal(0, await client.StopAsync());
    }

    private static string SocketOf(Host host) => ControlSocket.PathOf(host.RuntimeDirectory, host.Interface, DaemonRole.Client);

    private static async Task<List<ControlAnswer>> AskAsync(Host host, ControlRequest request)
    {
        await using ControlConnection connection = await ControlConnection.ConnectAsync(SocketOf(host), Token);
        return await connection.AskAsync(request, Token).ToListAsync(Token);
    }

    private static async Task<LeaseAnswer[]> LeasesAsync(Host host) => [.. (await AskAsync(host, new LeasesRequest())).Cast<LeaseAnswer>()];
}
