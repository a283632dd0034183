namespace WgDynamic.EndToEnd;

/// <summary>The main job, with the published executables over real tunnels.</summary>
public class LeaseScenarios
{
    private static readonly string _shortLease = $"{4 * Backend.Slowness}";

    [Fact]
    public async Task A_client_gets_IPv4_and_IPv6_addresses_and_can_use_them()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");

        string[] addresses = await network.Client.AddressesAsync();
        Assert.Equal(2, addresses.Length);
        Assert.True(IpPrefix.Parse(Network.Pool4).Contains(IpPrefix.Parse(addresses[0])));
        Assert.True(IpPrefix.Parse(Network.Pool6).Contains(IpPrefix.Parse(addresses[1])));
        Assert.Equal(((string[])[.. addresses, "fe80::c:1/128"]).Order(StringComparer.Ordinal), await network.Hub.AllowedIPsAsync(network.Client));
        Assert.InRange(await network.Client.ShortestLifetimeAsync(), TimeSpan.FromSeconds(3500), TimeSpan.FromSeconds(3604));

        await network.Client.PingAsync("192.168.4.1", addresses[0].Split('/')[0]);
        await network.Client.PingAsync("2001:db8:1234::1", addresses[1].Split('/')[0]);
        await network.Hub.PingAsync(addresses[0].Split('/')[0], "192.168.4.1");
        await network.Hub.PingAsync(addresses[1].Split('/')[0], "2001:db8:1234::1");
    }

    [Fact]
    public async Task Renewal_keeps_the_addresses()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer("--leasetime", _shortLease);
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        string[] before = await network.Client.AddressesAsync();
        // Three renewals at half the time are more than one lease.
        await client.WaitForLineAsync("renewed ", times: 3);
        Assert.Equal(before, await network.Client.AddressesAsync());
        Assert.Equal(3, (await network.Hub.AllowedIPsAsync(network.Client)).Length);
        Assert.DoesNotContain("ended", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_a_client_is_killed_its_lease_ends_on_both_sides_by_itself()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer("--leasetime", _shortLease);
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        await client.SignalAsync("KILL");
        await client.WaitForExitAsync();
        Assert.Equal(2, (await network.Client.AddressesAsync()).Length);

        await server.WaitForLineAsync("ended: Expired", times: 2);
        await Until.AsExpectedAsync(() => network.Hub.AllowedIPsAsync(network.Client), allowed => allowed is ["fe80::c:1/128"]);
        await Until.AsExpectedAsync(network.Client.AddressesAsync, addresses => addresses.Length == 0);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task A_client_that_starts_again_gets_the_same_addresses(string signal)
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        string[] before;
        await using (DaemonProcess first = network.Client.StartClient())
        {
            await first.WaitForLineAsync("leased ");
            before = await network.Client.AddressesAsync();
            int status = await first.StopAsync(signal);
            Assert.Equal(signal == "TERM" ? 0 : 137, status);
            Assert.Equal(signal == "TERM" ? [] : before, await network.Client.AddressesAsync());
        }

        await using DaemonProcess second = network.Client.StartClient();
        await second.WaitForLineAsync("(leased|renewed) ");
        Assert.Equal(before, await network.Client.AddressesAsync());
    }

    [Fact]
    public async Task Stopped_with_release_on_exit_a_client_gives_everything_back_at_once()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient("--release-on-exit");
        await client.WaitForLineAsync("leased ");
        Assert.Equal(0, await client.StopAsync("INT"));
        await server.WaitForLineAsync("ended: Released", times: 2);
        Assert.Empty(await network.Client.AddressesAsync());
        await Until.AsExpectedAsync(() => network.Hub.AllowedIPsAsync(network.Client), allowed => allowed is ["fe80::c:1/128"]);
    }

    [Fact]
    public async Task A_pool_that_is_used_up_says_so_and_works_again_when_something_is_freed()
    {
        // Two addresses of IPv4 and of IPv6, and the hub has one of each: one client is served.
        await using Network network = await Network.CreateAsync(clients: 2, "192.168.4.0/30", "2001:db8:1234::/127");
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess first = network.Clients[0].StartClient("--release-on-exit");
        await first.WaitForLineAsync("leased ");
        await using DaemonProcess second = network.Clients[1].StartClient();
        await second.WaitForLineAsync("no address to give");
        await server.WaitForLineAsync("warning: .*no free IPv4 address for " + System.Text.RegularExpressions.Regex.Escape(network.Clients[1].Keys.Public));
        Assert.Empty(await network.Clients[1].AddressesAsync());

        await first.StopAsync();
        await second.WaitForLineAsync("leased ");
        Assert.Equal(["192.168.4.2/32", "2001:db8:1234::/128"], await network.Clients[1].AddressesAsync());
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task A_server_that_starts_again_serves_its_clients_the_same_addresses(string signal)
    {
        await using Network network = await Network.CreateAsync();
        DaemonProcess server = network.Hub.StartServer("--leasetime", _shortLease);
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        string[] before = await network.Client.AddressesAsync();
        await server.StopAsync(signal);
        await server.DisposeAsync();
        await network.Client.PingAsync("192.168.4.1", before[0].Split('/')[0]);

        int mark = client.Mark();
        await using DaemonProcess again = network.Hub.StartServer("--leasetime", _shortLease);
        await again.WaitForLineAsync("serving on");
        await client.WaitForLineAsync("(renewed|leased) ", times: 2, from: mark);
        Assert.Equal(before, await network.Client.AddressesAsync());
        await network.Client.PingAsync("192.168.4.1", before[0].Split('/')[0]);
    }

    [Fact]
    public async Task A_client_ends_well_when_its_interface_is_removed_and_so_does_the_server()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        await network.Client.IpAsync($"link delete {network.Client.Interface}");
        Assert.Equal(0, await client.WaitForExitAsync());
        await network.Hub.IpAsync($"link delete {network.Hub.Interface}");
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task A_link_that_goes_down_and_up_has_its_addresses_again()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        string[] before = await network.Client.AddressesAsync();
        Assert.Equal(2, before.Length);
        int mark = client.Mark();
        await network.Client.IpAsync($"link set {network.Client.Interface} down");
        await client.WaitForLineAsync("is down", from: mark);
        await network.Client.IpAsync($"link set {network.Client.Interface} up");
        await client.WaitForLineAsync("(renewed|leased) ", from: mark);
        Assert.Equal(before, await network.Client.AddressesAsync());
        // The kernel took the client's own address and the routes with the link; the routes are wg-quick's to put back.
        await network.Client.IpAsync($"route replace {Network.Pool4} dev {network.Client.Interface}");
        await network.Client.PingAsync("192.168.4.1", before[0].Split('/')[0]);
    }

    [Fact]
    public async Task An_address_removed_by_hand_comes_back_and_the_log_says_so()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        string[] before = await network.Client.AddressesAsync();
        await network.Client.IpAsync($"address delete {before[0]} dev {network.Client.Interface}");
        await client.WaitForLineAsync($@"had vanished and is in force again: address {before[0].Split('/')[0]} \(1 times so far\)");
        await Until.AsExpectedAsync(network.Client.AddressesAsync, addresses => addresses.SequenceEqual(before), () => client.Log);
    }

    [Fact]
    public async Task New_routes_are_new_pools_and_AllowedIPs_that_were_reset_are_put_back()
    {
        await using Network network = await Network.CreateAsync();
        await network.Hub.IpAsync($"address flush dev {network.Hub.Interface} scope global");
        await using DaemonProcess server = network.Hub.StartServer("--leasetime", _shortLease);
        await server.WaitForLineAsync("pools: none yet");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("no address to give");
        await network.Hub.IpAsync($"route add 10.66.0.0/24 dev {network.Hub.Interface}");
        await server.WaitForLineAsync(@"pools: 10\.66\.0\.0/24");
        await client.WaitForLineAsync(@"leased 10\.66\.0\.");
        string[] allowed = await network.Hub.AllowedIPsAsync(network.Client);
        Assert.Equal(2, allowed.Length);

        await network.Hub.WgAsync($"set {network.Hub.Interface} peer {network.Client.Keys.Public} allowed-ips fe80::c:1/128");
        await server.WaitForLineAsync("behind the server's back: 1 put back");
        await Until.AsExpectedAsync(() => network.Hub.AllowedIPsAsync(network.Client), now => now.SequenceEqual(allowed));
    }
}
