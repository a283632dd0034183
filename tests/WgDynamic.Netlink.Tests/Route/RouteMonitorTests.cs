using WgDynamic.TestKit;

namespace WgDynamic.Netlink.Tests;

public class RouteMonitorTests
{
    [Fact]
    public async Task Changes_of_links_addresses_and_routes_are_told_in_order()
    {
        await using NetworkNamespace network = await StartAsync();
        using RouteMonitor monitor = network.Run(RouteMonitor.Open);
        using RouteClient client = network.Run(RouteClient.Open);

        await network.ExecAsync("ip", "tuntap", "add", "tun0", "mode", "tun");
        LinkEvent added = await NextAsync<LinkEvent>(monitor, told => told.Link.Kind == "tun");
        Assert.Equal(("tun0", false), (added.Link.Name.ToString(), added.Removed));
        int index = added.Link.Index;

        await client.SetLinkUpAsync(index, up: true, Some.Token);
        await NextAsync<LinkEvent>(monitor, told => told.Link.IsUp && told.Link.Index == index);

        InterfaceAddress address = new() { InterfaceIndex = index, Address = IpAddress.Parse("2001:db8::1"), PrefixLength = 64 };
        await client.AddAddressAsync(address, Some.Token);
        Assert.False((await NextAsync<AddressEvent>(monitor, told => told.Address.Address == address.Address)).Removed);

        Route route = new() { Destination = IpPrefix.Parse("198.51.100.0/24"), InterfaceIndex = index };
        await client.AddRouteAsync(route, Some.Token);
        Assert.Equal(
            new RouteChangeEvent(route with { Scope = RouteScope.Link }, Removed: false),
            await NextAsync<RouteChangeEvent>(monitor, told => told.Route.Destination == route.Destination));
        Assert.True(await client.DeleteRouteAsync(route, Some.Token));
        Assert.True((await NextAsync<RouteChangeEvent>(monitor, told => told.Route.Destination == route.Destination)).Removed);

        Assert.True(await client.DeleteAddressAsync(index, address.Address, 64, Some.Token));
        Assert.True((await NextAsync<AddressEvent>(monitor, told => told.Address.Address == address.Address)).Removed);

        await network.ExecAsync("ip", "link", "delete", "tun0");
        await NextAsync<LinkEvent>(monitor, told => told.Removed && told.Link.Index == index);
    }

    [Fact]
    public async Task More_than_the_socket_holds_makes_the_reader_read_everything_anew()
    {
        await using NetworkNamespace network = await StartAsync();
        NetlinkSocket socket = network.Run(() => NetlinkSocket.Open(NetlinkProtocol.Route, groups: 0x1));
        socket.EnlargeReceiveBuffer(1);
        using RouteMonitor monitor = new(socket);
        using RouteClient client = network.Run(RouteClient.Open);

        for (int i = 0; i < 100; i++)
            await client.SetLinkMtuAsync(1, 10_000 + i, Some.Token);

        await NextAsync<ResynchroniseEvent>(monitor, _ => true);
        await client.SetLinkMtuAsync(1, 1_234, Some.Token);
        await NextAsync<LinkEvent>(monitor, told => told.Link.Mtu == 1_234);
    }

    [Fact]
    public async Task Lost_and_unreadable_events_are_answered_for_and_forged_ones_ignored()
    {
        FakeKernel kernel = new(_ => []);
        using RouteMonitor monitor = new(kernel);

        kernel.Say(FakeDatagram.Overrun);
        Assert.IsType<ResynchroniseEvent>(await monitor.ReadAsync(Some.Token));
        kernel.Say(new FakeDatagram([1, 2, 3]) { Sender = 12 }, new FakeDatagram([1, 2, 3]));
        Assert.IsType<ResynchroniseEvent>(await monitor.ReadAsync(Some.Token));
    }

    [Fact]
    public async Task Disposing_ends_a_wait()
    {
        RouteMonitor monitor = RouteMonitor.Open();
        Task reading = ReadForEverAsync(monitor);

        monitor.Dispose();

        await Assert.ThrowsAnyAsync<Exception>(() => reading.WaitAsync(TimeSpan.FromSeconds(10), Some.Token));

        static async Task ReadForEverAsync(RouteMonitor monitor)
        {
            while (true)
                _ = await monitor.ReadAsync(Some.Token);
        }
    }

    private static async Task<NetworkNamespace> StartAsync()
    {
        if (NetworkNamespace.WhyNot is { } why)
            Assert.Skip(why);
        return await NetworkNamespace.CreateAsync();
    }

    private static async Task<T> NextAsync<T>(RouteMonitor monitor, Func<T, bool> isThis)
        where T : RouteEvent
    {
        while (true)
        {
            if (await monitor.ReadAsync(Some.Token) is T told && isThis(told))
                return told;
        }
    }
}
