using System.Text.RegularExpressions;

namespace WgDynamic.EndToEnd;

/// <summary>What the operator has set up by hand stays as it is.</summary>
public class OperatorScenarios
{
    [Fact]
    public async Task The_operators_own_AllowedIPs_survive_everything_packet_for_packet()
    {
        await using Network network = await Network.CreateAsync(clients: 2);
        Host site = network.Clients[0], other = network.Clients[1];
        string[] own = ["10.9.0.0/16", "192.168.4.5/32", "fe80::c:1/128"];
        // A subnet behind the first client, and an address out of the pool that the operator gave it by hand.
        await network.Hub.WgAsync($"set {network.Hub.Interface} peer {site.Keys.Public} allowed-ips fe80::c:1/128,10.9.0.0/16,192.168.4.5/32");
        await network.Hub.IpAsync($"route add 10.9.0.0/16 dev {network.Hub.Interface}");
        await site.IpAsync($"address add 10.9.0.1/32 dev {site.Interface}");
        await site.IpAsync($"address add 192.168.4.5/32 dev {site.Interface}");

        // Until it has heard of the site, the hub does not know where it is.
        await site.PingAsync("192.168.4.1", "10.9.0.1");
        // From before the first server starts until after the second has ended.
        Task<string> pings = network.Hub.Network.ExecAsync("ping", "-n", "-q", "-i", "0.02", "-c", $"{600 * Backend.Slowness}", "-W", "10", "10.9.0.1");
        string leaseTime = $"{2 * Backend.Slowness}";
        for (int round = 0; round < 2; round++)
        {
            await using DaemonProcess server = network.Hub.StartServer("--leasetime", leaseTime);
            await server.WaitForLineAsync("serving on");
            await using DaemonProcess first = site.StartClient("--release-on-exit");
            await using DaemonProcess second = other.StartClient();
            await first.WaitForLineAsync("leased ");
            await second.WaitForLineAsync("leased ");
            await second.StopAsync("KILL");
            await server.WaitForLineAsync("ended: Expired", times: 2);
            await first.StopAsync();
            await server.WaitForLineAsync($"ended: Released");
            await server.StopAsync(round == 0 ? "TERM" : "KILL");
            Assert.Empty(own.Except(await network.Hub.AllowedIPsAsync(site)));
        }

        Match counts = Regex.Match(await pings, @"(\d+) packets transmitted, (\d+) received");
        Assert.True(counts.Groups[1].Value == counts.Groups[2].Value, counts.Value);
        Assert.NotEqual("0", counts.Groups[1].Value);
        Assert.Empty(own.Except(await network.Hub.AllowedIPsAsync(site)));
    }

    [Fact]
    public async Task An_address_that_the_operator_gave_to_one_peer_is_leased_to_no_other()
    {
        // The pool has two addresses beside the hub's; one of them is the first client's by hand.
        await using Network network = await Network.CreateAsync(clients: 2, "192.168.4.0/29");
        Host owner = network.Clients[0], other = network.Clients[1];
        await network.Hub.WgAsync($"set {network.Hub.Interface} peer {owner.Keys.Public} allowed-ips fe80::c:1/128,192.168.4.2/31,192.168.4.4/31");
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = other.StartClient();
        await client.WaitForLineAsync("leased ");
        Assert.Equal("192.168.4.6/32", (await other.AddressesAsync())[0]);
        Assert.Equal(["192.168.4.2/31", "192.168.4.4/31", "fe80::c:1/128"], await network.Hub.AllowedIPsAsync(owner));
    }

    [Fact]
    public async Task A_lease_that_the_operator_gives_to_another_peer_is_revoked_and_not_taken_back()
    {
        await using Network network = await Network.CreateAsync(clients: 2);
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Clients[0].StartClient();
        await client.WaitForLineAsync("leased ");
        string address = (await network.Clients[0].AddressesAsync())[0];
        await network.Hub.WgAsync($"set {network.Hub.Interface} peer {network.Clients[1].Keys.Public} allowed-ips fe80::c:2/128,{address}");
        await server.WaitForLineAsync($"warning: .*{Regex.Escape(address.Split('/')[0])}, leased to .* is in the AllowedIPs of {Regex.Escape(network.Clients[1].Keys.Public)} now");
        Assert.Contains(address, await network.Hub.AllowedIPsAsync(network.Clients[1]));
    }

    [Fact]
    public async Task A_peer_that_the_operator_removed_is_not_created_again()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer("--leasetime", $"{2 * Backend.Slowness}");
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        await network.Hub.WgAsync($"set {network.Hub.Interface} peer {network.Client.Keys.Public} remove");
        await server.WaitForLineAsync("ended: Expired", times: 2);
        Assert.Equal("", (await network.Hub.WgAsync($"show {network.Hub.Interface} peers")).Trim());
        await client.WaitForLineAsync("the lease is over");
        Assert.Empty(await network.Client.AddressesAsync());
    }
}
