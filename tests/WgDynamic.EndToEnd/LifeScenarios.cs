using System.Diagnostics;
using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>What happens to a client and a server on a real host in the course of months.</summary>
public class LifeScenarios
{
    private static readonly string _shortLease = $"{6 * Backend.Slowness}";

    [Fact]
    public async Task A_link_that_flaps_while_the_client_is_bound_costs_no_address_and_asks_the_server_no_faster_than_once_a_second()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = await PushingAsync(network);
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("which is in force");
        string[] addresses = await network.Client.AddressesAsync();
        Stopwatch watch = Stopwatch.StartNew();
        int mark = client.Mark();
        await network.Client.IpAsync(Enumerable.Range(0, 40).Select(i => $"link set {network.Client.Interface} {(i % 2 == 0 ? "down" : "up")}"));
        await client.WaitForLineAsync("renewed ", from: mark);
        await Until.AsExpectedAsync(network.Client.AddressesAsync, now => now.SequenceEqual(addresses), () => client.Log);
        await network.Client.PingAsync("198.51.100.1", addresses[0].Split('/')[0]);
        Assert.InRange(client.Log.Split('\n').Skip(mark).Count(line => line.Contains("Exchange {", StringComparison.Ordinal)), 1, watch.Elapsed.TotalSeconds + 2);
        Assert.DoesNotContain("ended", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_is_removed_from_the_client_and_added_again_has_what_was_pushed_again()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = await PushingAsync(network);
        Host host = network.Client;
        await using DaemonProcess client = host.StartClient();
        await client.WaitForLineAsync("which is in force");
        string[] addresses = await host.AddressesAsync(), allowed = await host.AllowedIPsAsync(network.Hub);
        await host.WgAsync($"set {host.Interface} peer {network.Hub.Keys.Public} remove");
        await client.WaitForLineAsync($"no peer of {host.Interface} has fe80::/128 in its AllowedIPs");
        await AddServerAsync(host, network.Hub.Keys);
        await Until.AsExpectedAsync(() => host.AllowedIPsAsync(network.Hub), now => now.SequenceEqual(allowed), () => client.Log);
        await host.PingAsync("198.51.100.1", addresses[0].Split('/')[0]);
        await client.WaitForLineAsync("(renewed|leased) ", from: client.Mark());
    }

    [Fact]
    public async Task A_server_with_another_key_whose_peer_replaces_the_old_one_is_followed()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = await PushingAsync(network);
        Host host = network.Client;
        await using DaemonProcess client = host.StartClient();
        await client.WaitForLineAsync("which is in force");
        string[] addresses = await host.AddressesAsync();

        KeyPair another = (await KeyPair.GenerateAsync(1))[0];
        string file = Path.Combine(network.Hub.RuntimeDirectory, "key");
        await File.WriteAllTextAsync(file, another.Private, TestContext.Current.CancellationToken);
        await network.Hub.WgAsync($"set {network.Hub.Interface} private-key {file}");
        int mark = client.Mark();
        await AddServerAsync(host, another);
        await client.WaitForLineAsync("had vanished and is in force again: AllowedIPs 198.51.100.0/24", from: mark);
        await host.WgAsync($"set {host.Interface} peer {network.Hub.Keys.Public} remove");
        await client.WaitForLineAsync("(renewed|leased) ", from: client.Mark());
        Assert.Equal(addresses, await host.AddressesAsync());
        await host.PingAsync("198.51.100.1", addresses[0].Split('/')[0]);

        Assert.Equal(0, await client.StopAsync());
        Assert.DoesNotContain("198.51.100.0/24", await host.WgAsync($"show {host.Interface} allowed-ips"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_a_wire_that_loses_a_third_and_takes_half_a_second_a_lease_is_had_and_kept()
    {
        await using Network network = await Network.CreateAsync();
        try
        {
            await network.Client.Network.ExecAsync("tc", "qdisc", "add", "dev", "wire", "root", "netem", "delay", "500ms", "loss", "30%");
        }
        catch (InvalidOperationException error)
        {
            Assert.Skip($"this kernel has no netem ({error.Message.ReplaceLineEndings(" ").Trim()})");
        }

        await using DaemonProcess server = network.Hub.StartServer("--leasetime", "60");
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        string[] addresses = await network.Client.AddressesAsync();
        Assert.Equal(2, addresses.Length);
        // A link that comes up anew is a renewal.
        for (int i = 0; i < 2; i++)
        {
            int mark = client.Mark();
            await network.Client.IpAsync([$"link set {network.Client.Interface} down", $"link set {network.Client.Interface} up"]);
            await client.WaitForLineAsync("renewed ", from: mark);
        }

        Assert.Equal(addresses, await network.Client.AddressesAsync());
        Assert.DoesNotContain("the lease is over", client.Log, StringComparison.Ordinal);
    }

    // As a package manager does it: another file of the same name.
    [Trait("over", "any WireGuard")]
    [Fact]
    public async Task A_server_whose_executable_is_replaced_goes_on_and_the_new_one_serves_the_same_leases()
    {
        await using Network network = await Network.CreateAsync();
        string program = Path.Combine(network.Hub.RuntimeDirectory, "wg-dynamic-server");
        File.Copy(Path.Combine(Backend.PublishDirectory, "wg-dynamic-server"), program);
        string[] options = ["--database", network.Hub.Database, "--leasetime", _shortLease];
        await using DaemonProcess old = network.Hub.Start(program, options);
        await old.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        string[] addresses = await network.Client.AddressesAsync(), allowed = await network.Hub.AllowedIPsAsync(network.Client);
        File.Copy(program, program + ".new");
        File.Move(program + ".new", program, overwrite: true);
        await client.WaitForLineAsync("renewed ", from: client.Mark());

        Assert.Equal(0, await old.StopAsync());
        Assert.Equal(allowed, await network.Hub.AllowedIPsAsync(network.Client));
        await using DaemonProcess next = network.Hub.Start(program, options);
        await next.WaitForLineAsync("2 leases taken over from the store");
        await client.WaitForLineAsync("renewed ", from: client.Mark());
        Assert.Equal(addresses, await network.Client.AddressesAsync());
        Assert.DoesNotContain("the lease is over", client.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("ended:", old.Log + next.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_whose_executable_is_replaced_goes_on_and_the_new_one_takes_over_when_it_has_ended()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = await PushingAsync(network);
        Host host = network.Client;
        string program = Path.Combine(host.RuntimeDirectory, "wg-dynamic-client");
        File.Copy(Path.Combine(Backend.PublishDirectory, "wg-dynamic-client"), program);
        await using DaemonProcess old = host.Start(program);
        await old.WaitForLineAsync("which is in force");
        string[] addresses = await host.AddressesAsync();
        File.Copy(program, program + ".new");
        File.Move(program + ".new", program, overwrite: true);
        Assert.EndsWith("(deleted)", (await Command.RunAsync("readlink", $"/proc/{old.Id}/exe")).Trim(), StringComparison.Ordinal);
        await old.WaitForLineAsync("renewed ", from: old.Mark());

        await using (DaemonProcess early = host.Start(program))
        {
            Assert.Equal(1, await early.WaitForExitAsync());
            Assert.Contains("has a client", early.Log, StringComparison.Ordinal);
        }

        Assert.Equal(0, await old.StopAsync());
        await using DaemonProcess next = host.Start(program);
        await next.WaitForLineAsync("which is in force");
        Assert.Equal(addresses, await host.AddressesAsync());
        await host.PingAsync("198.51.100.1", addresses[0].Split('/')[0]);
    }

    [Fact]
    public async Task Routes_of_the_hub_that_are_flushed_and_come_back_cost_nobody_an_address_and_those_that_stay_away_are_pools_no_longer()
    {
        // Nor does it ask anything of WireGuard.
        Assert.SkipWhen(Backend.IsKernel, "five seconds are too short for an emulated processor");
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartServer("--leasetime", _shortLease);
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        string[] addresses = await network.Client.AddressesAsync();
        string[] routes = [.. (await network.Hub.IpAsync($"route show dev {network.Hub.Interface}")).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        await network.Hub.IpAsync($"route flush dev {network.Hub.Interface}");
        // A link that comes up anew asks at once.
        await network.Client.IpAsync([$"link set {network.Client.Interface} down", $"link set {network.Client.Interface} up"]);
        await client.WaitForLineAsync("renewed ", from: client.Mark());
        await network.Hub.IpAsync(routes.Select(route => $"route add {route.Trim()} dev {network.Hub.Interface}"));
        await client.WaitForLineAsync("renewed ", times: 2, from: client.Mark());
        Assert.Equal(addresses, await network.Client.AddressesAsync());
        Assert.DoesNotContain("pools: 2001", server.Log, StringComparison.Ordinal);

        await network.Hub.IpAsync($"route flush dev {network.Hub.Interface}");
        await server.WaitForLineAsync(@"pools: 2001:db8:1234::/124 \(");
        await Until.AsExpectedAsync(network.Client.AddressesAsync, now => now.SequenceEqual(addresses.Skip(1)), () => client.Log);
    }

    // A server that pushes the route to an address beyond it.
    private static async Task<DaemonProcess> PushingAsync(Network network)
    {
        string file = Path.Combine(network.Hub.RuntimeDirectory, "hub.conf");
        await File.WriteAllTextAsync(file, $"[Server]\nLeaseTime = {_shortLease}s\n[Pool]\nRange = {Network.Pool4}\n[Push]\nRoutes = 198.51.100.0/24\n");
        await network.Hub.IpAsync("address add 198.51.100.1/32 dev lo");
        DaemonProcess server = network.Hub.StartServer("--config", file);
        await server.WaitForLineAsync("serving on");
        return server;
    }

    private static Task AddServerAsync(Host host, KeyPair keys) =>
        host.WgAsync($"set {host.Interface} peer {keys.Public} endpoint 10.255.0.1:51820 allowed-ips fe80::/128,{Network.Pool4},{Network.Pool6}");
}
