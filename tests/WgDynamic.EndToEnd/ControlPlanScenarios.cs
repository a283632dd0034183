using WgDynamic.Control;

namespace WgDynamic.EndToEnd;

/// <summary>Pools, exclusions and reservations that are changed while the server runs.</summary>
public sealed class ControlPlanScenarios
{
    private const string Reserved = "192.168.4.9";

    private static readonly string _shortLease = $"{4 * Backend.Slowness}";

    [Fact]
    public async Task A_client_moves_to_the_address_that_is_reserved_for_it_when_it_renews_and_has_it_after_the_server_was_killed()
    {
        await using Network network = await Network.CreateAsync();
        PublicKey peer = PublicKey.Parse(network.Client.Keys.Public);
        await using DaemonProcess server = network.Hub.StartServer("--leasetime", _shortLease);
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        string held = (await Until.AsExpectedAsync(network.Client.AddressesAsync, found => found.Length == 2))[0];
        Assert.NotEqual($"{Reserved}/32", held);

        ReservationAnswer added = Assert.Single(await AskAsync<ReservationAnswer>(network.Hub, new AddReservationRequest { PublicKey = peer, Address = IpAddress.Parse(Reserved), Description = "a laptop" }));
        Assert.Equal((Origin.Runtime, null), (added.Origin, added.Problem));
        await server.WaitForLineAsync($"by the control socket: reserved {Reserved} for .*, who keeps {held.Split('/')[0]} until he next asks");
        Assert.Contains($"{Reserved}/32", await Until.AsExpectedAsync(network.Client.AddressesAsync, found => found.Contains($"{Reserved}/32") && !found.Contains(held)));
        Assert.Contains($"{Reserved}/32", await network.Hub.AllowedIPsAsync(network.Client));
        Assert.DoesNotContain(held, await network.Hub.AllowedIPsAsync(network.Client));

        // What has been answered is in the store.
        _ = await AskAsync<PoolAnswer>(network.Hub, new AddPoolRequest { Range = IpRange.Parse("10.77.0.0/29"), Name = "more" });
        await server.StopAsync("KILL");
        await using DaemonProcess next = network.Hub.StartServer("--leasetime", _shortLease);
        await next.WaitForLineAsync("serving on .*10.77.0.0/29");
        Assert.Equal("a laptop", Assert.Single(await AskAsync<ReservationAnswer>(network.Hub, new ReservationsRequest())).Description);
        // It is on the device before the server serves, and the client renews what it has.
        Assert.Contains($"{Reserved}/32", await network.Hub.AllowedIPsAsync(network.Client));
        _ = await Until.AsExpectedAsync(async () => Assert.Single(await AskAsync<ReservationAnswer>(network.Hub, new ReservationsRequest())), reservation => reservation.InUse);
    }

    [Fact]
    public async Task A_pool_gives_what_it_has_as_long_as_it_is_there_and_enabled()
    {
        await using Network network = await Network.CreateAsync(clients: 2);
        await using DaemonProcess server = network.Hub.Start("wg-dynamic-server", "--ephemeral", "--leasetime", "600");
        await server.WaitForLineAsync("serving on");
        Assert.False((await AskAsync<PoolAnswer>(network.Hub, new SetPoolRequest { Pool = Network.Pool4, Enabled = false }))[0].Enabled);
        _ = await AskAsync<PoolAnswer>(network.Hub, new AddPoolRequest { Range = IpRange.Parse("10.77.0.0/29"), Name = "more" });
        _ = await AskAsync<ExclusionAnswer>(network.Hub, new AddExclusionRequest { Range = IpRange.Parse("10.77.0.1-10.77.0.5") });
        await using DaemonProcess client = network.Clients[0].StartClient();
        await client.WaitForLineAsync("leased ");
        Assert.Contains("10.77.0.6/32", await Until.AsExpectedAsync(network.Clients[0].AddressesAsync, found => found.Length == 2));
        PoolAnswer pool = Assert.Single(await AskAsync<PoolAnswer>(network.Hub, new PoolsRequest { Pools = ["more"] }));
        Assert.Equal((UInt128.One, UInt128.One, UInt128.Zero), (pool.Size, pool.InUse, pool.Free));

        ControlException error = await Assert.ThrowsAsync<ControlException>(() => AskAsync<PoolAnswer>(network.Hub, new RemovePoolRequest { Pool = "more" }));
        Assert.Equal(ControlError.PoolInUse, error.Code);
        _ = await AskAsync<PoolAnswer>(network.Hub, new RemovePoolRequest { Pool = "more", Force = true });
        Assert.DoesNotContain("10.77.0.6/32", await network.Hub.AllowedIPsAsync(network.Clients[0]));

        // With --ephemeral it lasts as long as the server.
        await server.StopAsync();
        await using DaemonProcess next = network.Hub.Start("wg-dynamic-server", "--ephemeral", "--leasetime", "600");
        await next.WaitForLineAsync("serving on");
        Assert.All(await AskAsync<PoolAnswer>(network.Hub, new PoolsRequest()), left => Assert.True(left is { Enabled: true, Origin: Origin.Route }));
    }

    private static Task<T[]> AskAsync<T>(Host host, ControlRequest request)
        where T : ControlAnswer => host.AskAsync<T>(DaemonRole.Server, request);
}
