namespace WgDynamic.EndToEnd;

/// <summary>What a client does with what a server pushes, on a machine whose every route and rule is looked at before and after.</summary>
public class PushScenarios
{
    private const string Everything = "route=198.51.100.0/24 route=2001:db8:ffff::/64 mtu=1380";

    [Fact]
    public async Task Pushed_routes_and_MTU_are_used_and_exactly_they_are_gone_when_the_client_ends()
    {
        await using PushingHub network = await PushingHub.CreateAsync(Everything);
        string before = await network.EverythingAsync();
        await using DaemonProcess client = network.Client.StartClient("--hostname", "laptop");
        await client.WaitForLineAsync("which is in force");
        await network.Server.WaitForLineAsync("asked: request_ip=1 .*hostname=laptop client=wg-dynamic/[0-9.]+$");

        Assert.Equal(["198.51.100.0/24", "2001:db8:ffff::/64"], await network.RoutesAsync());
        Assert.Equal("1380", await network.MtuAsync());
        Assert.Contains("198.51.100.0/24", await network.Client.AllowedIPsAsync(network.Hub));
        await network.Client.PingAsync("198.51.100.1", PushingHub.Leased4);
        await network.Client.PingAsync("2001:db8:ffff::1", PushingHub.Leased6);

        Assert.Equal(0, await client.StopAsync());
        Assert.Equal(before, await network.EverythingAsync());
        Assert.Empty(Directory.GetFiles(network.Client.RuntimeDirectory, "*.client.state"));
    }

    [Fact]
    public async Task Another_state_takes_the_place_of_the_first_and_what_the_operator_has_stays()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=198.51.100.0/24 route=10.7.0.0/16 mtu=1380");
        await network.Client.IpAsync($"route add 10.7.0.0/16 dev {network.Client.Interface}");
        string before = await network.EverythingAsync();
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("which is in force");
        Assert.Equal(["198.51.100.0/24"], await network.RoutesAsync());

        int mark = client.Mark();
        await network.PushAsync("route=10.8.0.0/16 route=10.7.0.0/16 mtu=1400");
        await client.WaitForLineAsync("which is in force", from: mark);
        Assert.Equal(["10.8.0.0/16"], await network.RoutesAsync());
        Assert.Equal("1400", await network.MtuAsync());
        Assert.DoesNotContain("198.51.100.0/24", await network.Client.AllowedIPsAsync(network.Hub));

        await client.StopAsync();
        Assert.Equal(before, await network.EverythingAsync());
    }

    // The endpoint is reached by the default route, so what wg-quick guards against would happen here.
    [Fact]
    public async Task A_default_route_takes_everything_but_the_tunnels_own_packets()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=0.0.0.0/0 route=::/0");
        await network.MakeEndpointRemoteAsync();
        string before = await network.EverythingAsync();
        await using DaemonProcess client = network.Client.StartClient("--accept", "routes,default-route");
        await client.WaitForLineAsync("which is in force");

        Assert.Equal(["default table 51820", "default table 51820"], await network.RoutesAsync());
        foreach (string family in (string[])["-4", "-6"])
            Assert.Equal(["32764: from all lookup main suppress_prefixlength 0 proto 217", "32765: not from all fwmark 0xca6c lookup 51820 proto 217"], (await network.RulesAsync(family)).Where(rule => rule.Contains("217")));
        Assert.Equal("0xca6c", (await network.Client.WgAsync($"show {network.Client.Interface} fwmark")).Trim());
        // wireguard-go remembers by which interface it has heard from the endpoint last, and would go on by that one.
        await network.Client.WgAsync($"set {network.Client.Interface} peer {network.Hub.Keys.Public} endpoint 10.255.0.1:51820");
        await network.Client.PingAsync("198.51.100.1", PushingHub.Leased4);
        await network.Client.PingAsync("2001:db8:ffff::1", PushingHub.Leased6);
        Assert.Contains($"dev {network.Client.Interface}", await network.Client.IpAsync("route get 198.51.100.1"), StringComparison.Ordinal);
        Assert.Contains("dev wire", await network.Client.IpAsync("route get 10.255.0.1 mark 51820"), StringComparison.Ordinal);
        // It goes on to work, and is renewed.
        await client.WaitForLineAsync("renewed", from: client.Mark());

        Assert.Equal(0, await client.StopAsync());
        Assert.Equal(before, await network.EverythingAsync());
    }

    [Fact]
    public async Task With_strict_reverse_path_filtering_a_default_route_works_too()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=0.0.0.0/0");
        await network.MakeEndpointRemoteAsync();
        await network.Client.Network.ExecAsync("sh", "-c", "for f in all wire; do echo 1 >/proc/sys/net/ipv4/conf/$f/rp_filter; done");
        try
        {
            await network.Client.Network.ExecAsync("nft", "add table ip probe; add chain ip probe c { type filter hook prerouting priority -300; }; add rule ip probe c fib saddr type local ct mark set 1; delete table ip probe");
        }
        catch (InvalidOperationException error)
        {
            Assert.Skip($"this kernel has not what wg-quick's rules for nft need ({error.Message.Split('\n')[0]}); in the virtual machine it has");
        }

        string before = await network.EverythingAsync();
        await using DaemonProcess client = network.Client.StartClient("--accept", "default-route");
        await client.WaitForLineAsync("which is in force");
        Assert.Contains($"table ip wg-dynamic-{network.Client.Interface}", await network.TablesAsync(), StringComparison.Ordinal);
        await network.Client.PingAsync("198.51.100.1", PushingHub.Leased4);
        await client.WaitForLineAsync("renewed", from: client.Mark());
        await client.StopAsync();
        Assert.Equal(before, await network.EverythingAsync());
    }

    [Fact]
    public async Task What_is_not_accepted_is_refused_once_and_the_rest_is_in_force()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=0.0.0.0/0 route=127.0.0.0/8 route=192.0.2.0/24 route=198.51.100.0/24 route=198.51.100.128/25 mtu=1300 serial=7");
        await network.Client.IpAsync("route add 198.51.100.128/25 dev wire");
        await using DaemonProcess client = network.Client.StartClient("--accept", "routes", "--accept-prefix", "198.51.100.0/24", "--accept-prefix", "127.0.0.0/8");
        await client.WaitForLineAsync("which is in force");
        Assert.Equal(["198.51.100.0/24"], await network.RoutesAsync());
        await client.WaitForLineAsync("renewed", times: 2);
        foreach (string refusal in (string[])["add default-route to --accept", "never goes through a tunnel", "--accept-prefix 192.0.2.0/24", "route 198.51.100.128/25: table 254 has one", "add mtu to --accept"])
            Assert.Single(client.Log.Split('\n'), line => line.Contains(refusal, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("77", "198.51.100.0/24 table 77", "default table 77")]
    [InlineData("off")]
    public async Task Routes_go_to_the_table_that_was_chosen_or_to_none(string table, params string[] routes)
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=0.0.0.0/0 route=198.51.100.0/24");
        string before = await network.EverythingAsync();
        await using DaemonProcess client = network.Client.StartClient("--accept", "routes,default-route", "--table", table);
        await client.WaitForLineAsync("which is in force");
        Assert.Equal(routes, await network.RoutesAsync());
        Assert.Contains("0.0.0.0/0", await network.Client.AllowedIPsAsync(network.Hub));
        await client.StopAsync();
        Assert.Equal(before, await network.EverythingAsync());
    }

    [Fact]
    public async Task A_link_that_was_down_and_a_route_that_was_removed_have_their_routes_again()
    {
        await using PushingHub network = await PushingHub.CreateAsync(Everything);
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("which is in force");
        string[] routes = await network.RoutesAsync();
        await network.Client.IpAsync($"link set {network.Client.Interface} down");
        Assert.Empty(await network.RoutesAsync());
        await network.Client.IpAsync($"link set {network.Client.Interface} up");
        await Until.AsExpectedAsync(network.RoutesAsync, now => now.SequenceEqual(routes), () => client.Log);
        await network.Client.IpAsync($"route delete 198.51.100.0/24 dev {network.Client.Interface}");
        await Until.AsExpectedAsync(network.RoutesAsync, now => now.SequenceEqual(routes), () => client.Log);
        // With the last IPv4 address, Linux takes the IPv4 routes, and does not say so.
        await network.Client.IpAsync($"address delete {PushingHub.Leased4}/32 dev {network.Client.Interface}");
        await Until.AsExpectedAsync(network.RoutesAsync, now => now.SequenceEqual(routes), () => client.Log);
    }

    [Fact]
    public async Task When_the_lease_is_over_what_was_pushed_is_over()
    {
        await using PushingHub network = await PushingHub.CreateAsync("");
        string before = await network.EverythingAsync();
        await network.PushAsync("route=0.0.0.0/0 route=198.51.100.0/24 mtu=1380", lease: 4 * Backend.Slowness);
        await using DaemonProcess client = network.Client.StartClient("--accept", "routes,mtu,default-route");
        await client.WaitForLineAsync("which is in force");
        await network.Server.StopAsync("KILL");
        await client.WaitForLineAsync("the lease is over");
        // The line comes before the deed.
        // The IPv4 routes that the operator gave the interface too, which the kernel would have taken with the address.
        await Until.AsExpectedAsync(network.Client.AddressesAsync, addresses => addresses.Length == 0, () => client.Log);
        await client.StopAsync();
        Assert.Equal(before, await network.EverythingAsync());
    }

    // What nobody announces, a person at the keyboard does.
    [Theory]
    [InlineData("wg syncconf")]
    [InlineData("wg setconf")]
    [InlineData("ip route flush")]
    [InlineData("ip rule flush")]
    [InlineData("ip address flush")]
    public async Task What_somebody_takes_away_of_what_is_in_force_is_back_within_seconds_and_the_log_says_so(string way)
    {
        await using PushingHub network = await PushingHub.CreateAsync("");
        await network.MakeEndpointRemoteAsync();
        // No renewal helps.
        await network.PushAsync("route=0.0.0.0/0 route=198.51.100.0/24 route=2001:db8:ffff::/64 mtu=1380", renewAfter: 3000);
        Host host = network.Client;
        string configuration = await host.WgAsync($"showconf {host.Interface}");
        await using DaemonProcess client = host.StartClient("--accept", "routes,mtu,default-route");
        await client.WaitForLineAsync("which is in force");
        Assert.Equal(2, (await host.AddressesAsync()).Length);
        string complete = WithoutLinkLocal(await network.EverythingAsync());

        int mark = client.Mark();
        switch (way)
        {
            case "ip route flush":
                await host.IpAsync($"route flush dev {host.Interface}");
                await host.IpAsync($"-6 route flush dev {host.Interface}");
                await host.IpAsync($"route flush table 51820");
                // Those are the operator's.
                await host.IpAsync([$"route replace {Network.Pool4} dev {host.Interface}", $"route replace {Network.Pool6} dev {host.Interface}"]);
                break;
            case "ip rule flush":
                await host.IpAsync($"rule flush protocol 217");
                break;
            case "ip address flush":
                await host.IpAsync($"address flush dev {host.Interface}");
                await host.IpAsync([$"route replace {Network.Pool4} dev {host.Interface}", $"route replace {Network.Pool6} dev {host.Interface}"]);
                break;
            default:
                string file = Path.Combine(host.RuntimeDirectory, "wg.conf");
                await File.WriteAllTextAsync(file, configuration, TestContext.Current.CancellationToken);
                await host.WgAsync($"{way[3..]} {host.Interface} {file}");
                break;
        }

        await client.WaitForLineAsync("had vanished and is in force again: ", from: mark);
        await Until.AsExpectedAsync(network.EverythingAsync, now => WithoutLinkLocal(now) == complete, () => client.Log + "\n\nwanted:\n" + complete);
        await host.PingAsync("198.51.100.1", PushingHub.Leased4);
        Assert.Equal(2, (await host.AddressesAsync()).Length);
    }

    // Routes that go with link-local addresses: the way to the server is there in one shape or another, or nothing would be renewed.
    private static string WithoutLinkLocal(string everything) =>
        string.Join('\n', everything.Split('\n').Where(line => !line.Contains("fe80:", StringComparison.Ordinal) || !line.Contains(" dev ", StringComparison.Ordinal)));

    [Fact]
    public async Task A_MTU_that_somebody_sets_by_hand_stays_until_another_is_pushed()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=198.51.100.0/24 mtu=1380");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("which is in force");
        await network.Client.IpAsync($"link set dev {network.Client.Interface} mtu 1350");
        await network.PushAsync("route=10.8.0.0/16 mtu=1380");
        await client.WaitForLineAsync("not accepted from the server: MTU 1380: somebody has set it to 1350 since");
        Assert.Equal(["10.8.0.0/16"], await network.RoutesAsync());
        Assert.Equal("1350", await network.MtuAsync());
        int mark = client.Mark();
        await network.PushAsync("route=10.8.0.0/16 mtu=1300");
        await client.WaitForLineAsync("which is in force", from: mark);
        Assert.Equal("1300", await network.MtuAsync());
        await client.StopAsync();
        Assert.Equal("1350", await network.MtuAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_killed_client_has_left_the_next_one_carries_on_with_or_undoes(bool isOver)
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=0.0.0.0/0 route=198.51.100.0/24 mtu=1380");
        string before = await network.EverythingAsync();
        DaemonProcess killed = network.Client.StartClient("--accept", "routes,mtu,default-route");
        await killed.WaitForLineAsync("which is in force");
        await killed.StopAsync("KILL");
        await killed.DisposeAsync();
        string left = await network.EverythingAsync();
        Assert.NotEqual(before, left);
        if (isOver)
        {
            await network.Client.IpAsync([$"address delete {PushingHub.Leased4}/32 dev {network.Client.Interface}", $"address delete {PushingHub.Leased6}/128 dev {network.Client.Interface}"]);
            await network.PushAsync("");
        }

        await using DaemonProcess next = network.Client.StartClient("--accept", "routes,mtu,default-route");
        await next.WaitForLineAsync("leased|renewed", times: 2);
        if (!isOver)
            Assert.Equal(left, await network.EverythingAsync());
        Assert.Equal(isOver, next.Log.Contains("an earlier client has left", StringComparison.Ordinal));
        await next.StopAsync();
        Assert.Equal(PushingHub.WithoutKernels(before), PushingHub.WithoutKernels(await network.EverythingAsync()));
    }

    [Fact]
    public async Task When_the_interface_is_removed_nothing_is_left_of_a_default_route()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=0.0.0.0/0 route=::/0");
        string tables = await network.TablesAsync();
        await using DaemonProcess client = network.Client.StartClient("--accept", "default-route");
        await client.WaitForLineAsync("which is in force");
        Assert.Equal(5, (await network.RulesAsync("-4")).Length);
        await network.Client.IpAsync($"link delete {network.Client.Interface}");
        Assert.Equal(0, await client.WaitForExitAsync());
        Assert.Equal((3, 2), ((await network.RulesAsync("-4")).Length, (await network.RulesAsync("-6")).Length));
        Assert.Equal(tables, await network.TablesAsync());
        Assert.Empty(Directory.GetFiles(network.Client.RuntimeDirectory, "*.client.state"));
    }

    [Trait("over", "any WireGuard")]
    [Fact]
    public async Task Names_are_looked_up_at_the_pushed_server_and_no_longer_when_the_client_ends()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=203.0.113.0/24 dns=203.0.113.53 search=example.org");
        string[] through = await OwnNames.ThroughAsync(network.Client);
        await using DaemonProcess client = network.Client.StartClientThrough(through);
        await client.WaitForLineAsync("which is in force");

        Assert.Contains("nameserver 203.0.113.53", await OwnNames.RunAsync(client, "cat", "/etc/resolv.conf"), StringComparison.Ordinal);
        Assert.StartsWith("192.0.2.99 ", await OwnNames.RunAsync(client, "getent", "ahostsv4", "somewhere"), StringComparison.Ordinal);
        await network.Server.WaitForLineAsync("looked up: somewhere.example.org");

        int mark = client.Mark();
        await network.PushAsync("route=203.0.113.0/24");
        await client.WaitForLineAsync("which is in force", from: mark);
        Assert.DoesNotContain("203.0.113.53", await OwnNames.RunAsync(client, "cat", "/etc/resolv.conf"), StringComparison.Ordinal);
        Assert.Equal(0, await client.StopAsync());
    }

    [Fact]
    public async Task Where_wg_quick_has_set_up_a_default_route_nothing_is_set_up_twice_and_nothing_taken_down()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=0.0.0.0/0");
        Host client = network.Client;
        await client.WgAsync($"set {client.Interface} fwmark 51820 peer {network.Hub.Keys.Public} allowed-ips fe80::/128,0.0.0.0/0");
        await client.IpAsync([$"route add default dev {client.Interface} table 51820", "rule add not fwmark 51820 table 51820", "rule add table main suppress_prefixlength 0"]);
        string before = await network.EverythingAsync();
        await using DaemonProcess daemon = client.StartClient("--accept", "default-route");
        await daemon.WaitForLineAsync("renewed");
        Assert.Empty(await network.RoutesAsync());
        Assert.Empty(Directory.GetFiles(client.RuntimeDirectory, "*.client.state"));
        await client.PingAsync("198.51.100.1", PushingHub.Leased4);
        await daemon.StopAsync();
        Assert.Equal(before, await network.EverythingAsync());
    }

    [Fact]
    public async Task A_resolvconf_that_fails_keeps_the_whole_state_out_and_the_line_says_why_until_it_works()
    {
        await using PushingHub network = await PushingHub.CreateAsync($"{Everything} dns=203.0.113.53");
        string tools = await ToolsAsync(network, "resolvconf", "cat >/dev/null; [ $1 = -l ] || [ -e $(dirname $0)/good ] || { echo no room >&2; exit 3; }; echo $* >>$(dirname $0)/calls");
        await using DaemonProcess client = network.Client.StartClientThrough(["env", $"PATH={tools}:/usr/bin:/bin"]);
        await client.WaitForLineAsync("warning: .*resolvconf -a .*: status 3: no room");
        // It is tried again and again, and each time all of it is taken back.
        await Until.AsExpectedAsync(network.RoutesAsync, routes => routes.Length == 0, () => client.Log);
        await Until.AsExpectedAsync(() => network.Client.AllowedIPsAsync(network.Hub), allowed => !allowed.Contains("198.51.100.0/24"), () => client.Log);
        Assert.Equal(2, (await network.Client.AddressesAsync()).Length);

        await File.WriteAllTextAsync(Path.Combine(tools, "good"), "", TestContext.Current.CancellationToken);
        await client.WaitForLineAsync("which is in force");
        Assert.Equal(["198.51.100.0/24", "2001:db8:ffff::/64"], await network.RoutesAsync());
        await client.StopAsync();
        string[] calls = await File.ReadAllLinesAsync(Path.Combine(tools, "calls"), TestContext.Current.CancellationToken);
        Assert.Equal([$"-a {network.Client.Interface} -m 0 -x", $"-d {network.Client.Interface} -f"], calls.Where(call => !call.StartsWith("-l", StringComparison.Ordinal)).TakeLast(2));
    }

    [Fact]
    public async Task Where_systemd_resolved_runs_and_there_is_no_resolvconf_resolvectl_is_told()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=203.0.113.0/24 dns=203.0.113.53 search=example.org");
        string tools = await ToolsAsync(network, "resolvectl", "echo $* >>${0%/*}/calls");
        string[] through = ["unshare", "-m", "sh", "-ec", "mkdir -p /run/systemd; mount -t tmpfs none /run/systemd; mkdir /run/systemd/resolve; PATH=$1; shift; exec \"$@\"", "sh", tools];
        await using DaemonProcess client = network.Client.StartClientThrough(through);
        await client.WaitForLineAsync("which is in force");
        await client.StopAsync();
        string name = network.Client.Interface.ToString();
        Assert.Equal(
            [$"dns {name}", $"dns {name} 203.0.113.53", $"domain {name} example.org", $"dns {name}", $"revert {name}"],
            await File.ReadAllLinesAsync(Path.Combine(tools, "calls"), TestContext.Current.CancellationToken));
    }

    [Trait("over", "any WireGuard")]
    [Fact]
    public async Task Systemd_resolved_asks_the_pushed_server_and_no_longer_when_the_client_ends()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=203.0.113.0/24 dns=203.0.113.53 search=example.org");
        string name = network.Client.Interface.ToString();
        await using DaemonProcess client = network.Client.StartClientThrough(await OwnNames.ThroughResolvedAsync(network.Client));
        await client.WaitForLineAsync("which is in force");
        Assert.EndsWith($"({name}): 203.0.113.53", (await OwnNames.ResolvectlAsync(client, "dns", name)).Trim(), StringComparison.Ordinal);
        Assert.Contains("192.0.2.99", await OwnNames.ResolvectlAsync(client, "query", "-4", "somewhere"), StringComparison.Ordinal);
        await network.Server.WaitForLineAsync("looked up: somewhere.example.org");

        int mark = client.Mark();
        await network.PushAsync("route=203.0.113.0/24");
        await client.WaitForLineAsync("which is in force", from: mark);
        Assert.EndsWith($"({name}):", (await OwnNames.ResolvectlAsync(client, "dns", name)).Trim(), StringComparison.Ordinal);
        Assert.EndsWith($"({name}):", (await OwnNames.ResolvectlAsync(client, "domain", name)).Trim(), StringComparison.Ordinal);
        Assert.Equal(0, await client.StopAsync());
    }

    // A program of the host's, as a script.
    private static async Task<string> ToolsAsync(PushingHub network, string name, string script)
    {
        string tools = Directory.CreateDirectory(Path.Combine(network.Client.RuntimeDirectory, "tools")).FullName;
        string file = Path.Combine(tools, name);
        await File.WriteAllTextAsync(file, $"#!/bin/sh\n{script}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return tools;
    }
}
