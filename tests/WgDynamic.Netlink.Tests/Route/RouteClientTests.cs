using WgDynamic.TestKit;

namespace WgDynamic.Netlink.Tests;

/// <summary>Against this machine's kernel, in a namespace of its own. What is said and answered in detail: <see cref="RouteGoldenTests"/>.</summary>
public sealed class RouteClientTests : IAsyncLifetime
{
    private NetworkNamespace _network = null!;
    private RouteClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        if (NetworkNamespace.WhyNot is { } why)
            Assert.Skip(why);
        _network = await NetworkNamespace.CreateAsync();
        await _network.ExecAsync("ip", "tuntap", "add", "tun0", "mode", "tun");
        _client = _network.Run(RouteClient.Open);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_network is not null)
            await _network.DisposeAsync();
    }

    [Fact]
    public async Task An_address_goes_by_itself_when_its_lifetime_ends()
    {
        using RouteMonitor monitor = _network.Run(RouteMonitor.Open);
        int index = await UpAsync();
        InterfaceAddress address = new()
        {
            InterfaceIndex = index,
            Address = IpAddress.Parse("2001:db8::7"),
            PrefixLength = 128,
            ValidLifetime = TimeSpan.FromSeconds(1),
            PreferredLifetime = TimeSpan.FromSeconds(1),
        };

        await _client.ReplaceAddressAsync(address, Some.Token);

        while (await monitor.ReadAsync(Some.Token) is not AddressEvent { Removed: true })
        {
        }

        Assert.DoesNotContain(await _client.GetAddressesAsync(index, Some.Token), other => other.Address == address.Address);
    }

    [Fact]
    public async Task Thousands_of_routes_are_read_over_many_datagrams()
    {
        int index = await UpAsync();
        const int Count = 3_000;
        for (int i = 0; i < Count; i++)
        {
            await _client.AddRouteAsync(new Route { Destination = Some.Leased(i), InterfaceIndex = index }, Some.Token);
            await _client.AddRouteAsync(new Route { Destination = Some.Routed(i), InterfaceIndex = index, Priority = 7 }, Some.Token);
        }

        List<Route> routes = await _client.GetRoutesAsync(index, Some.Token);

        Assert.Equal(
            [.. Enumerable.Range(0, Count).Select(Some.Leased), .. Enumerable.Range(0, Count).Select(Some.Routed)],
            routes.Where(route => route.Protocol == RouteClient.RouteProtocol).Select(route => route.Destination).Order());
        Assert.DoesNotContain(await _client.GetRoutesAsync(1, Some.Token), route => route.InterfaceIndex == index);
    }

    [Fact]
    public async Task A_cancelled_dump_does_not_disturb_the_next_calls()
    {
        int index = await UpAsync();
        for (int i = 0; i < 1_000; i++)
            await _client.AddRouteAsync(new Route { Destination = Some.Leased(i), InterfaceIndex = index }, Some.Token);

        RecordedConnection connection = new(_network.Run(() => NetlinkSocket.Open(NetlinkProtocol.Route)));
        using RequestChannel channel = new(connection);
        using (NetlinkRequest request = RouteRequest.GetAll(AddressFamilyNumber.IPv4, 0))
        {
            await Assert.ThrowsAsync<NotSupportedException>(() => channel.QueryAsync<object?>(
                request, static () => null, static (_, _) => throw new NotSupportedException(), Some.Token).AsTask());
            // The kernel is still in the middle of the first answer.
            int count = 0;
            await channel.QueryAsync<object?>(request, () => { count = 0; return null; }, (_, _) => count++, Some.Token);
            Assert.InRange(count, 1_000, 1_100);
        }
    }

    [Fact]
    public async Task Calls_may_come_at_once()
    {
        int index = await UpAsync();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(async () =>
        {
            Route route = new() { Destination = Some.Leased(i), InterfaceIndex = index };
            await _client.AddRouteAsync(route, Some.Token);
            Assert.Contains(route with { Scope = RouteScope.Link }, await _client.GetRoutesAsync(index, Some.Token));
            Assert.True(await _client.DeleteRouteAsync(route, Some.Token));
        })));

        Assert.DoesNotContain(await _client.GetRoutesAsync(index, Some.Token), route => route.Protocol == RouteClient.RouteProtocol);
    }

    private async Task<int> UpAsync()
    {
        Link? link = await _client.FindLinkAsync(InterfaceName.Parse("tun0"), Some.Token);
        await _client.SetLinkUpAsync(link!.Index, up: true, Some.Token);
        return link.Index;
    }
}
