namespace WgDynamic.EndToEnd;

/// <summary>The daemons as their units run them: without root, and in touch with a service manager.</summary>
public class ServiceScenarios
{
    [Fact]
    public async Task Without_root_server_and_client_do_all_that_they_do_and_say_how_they_are()
    {
        await using Network network = await Network.CreateAsync(isUnprivileged: true);
        await using Unprivileged server = await Unprivileged.StartAsync(network.Hub, "wg-dynamic-server", []);
        Assert.Equal($"READY=1\nSTATUS=serving {network.Hub.Interface}: 0 leases from {Network.Pool4}, {Network.Pool6}\nMAINPID={server.Daemon.Id}", await server.HearAsync("READY=1"));
        await using Unprivileged client = await Unprivileged.StartAsync(network.Client, "wg-dynamic-client", [], "--release-on-exit");
        await client.HearAsync("READY=1");
        Assert.Matches(@"^STATUS=leased 192\.168\.4\.[0-9]+/32, 2001:db8:1234::[0-9a-f]+/128 until ([0-9-]+ )?[0-9]{2}:[0-9]{2}:[0-9]{2}$", await client.HearAsync("STATUS=leased"));
        Assert.Equal($"STATUS=serving {network.Hub.Interface}: 2 leases from {Network.Pool4}, {Network.Pool6}", await server.HearAsync("STATUS=serving"));
        string[] addresses = await network.Client.AddressesAsync();
        await network.Client.PingAsync("192.168.4.1", addresses[0].Split('/')[0]);
        await server.HearAsync("WATCHDOG=1");
        await client.HearAsync("WATCHDOG=1");

        // Its lock is root's too, and the other way round.
        await using DaemonProcess roots = network.Client.StartClient();
        Assert.Equal(1, await roots.WaitForExitAsync());
        Assert.Contains($"{network.Client.Interface} has a client already", roots.Log, StringComparison.Ordinal);

        await server.Daemon.SignalAsync("HUP");
        await server.HearAsync("RELOADING=1\nMONOTONIC_USEC=");
        await server.HearAsync("READY=1");

        await network.Client.IpAsync($"link set {network.Client.Interface} down");
        Assert.Equal($"STATUS={network.Client.Interface} is down", await client.HearAsync($"STATUS={network.Client.Interface}"));
        await network.Client.IpAsync($"link set {network.Client.Interface} up");
        await client.HearAsync("STATUS=leased");

        Assert.Equal(0, await client.Daemon.StopAsync());
        await client.HearAsync("STOPPING=1");
        Assert.Empty(await network.Client.AddressesAsync());
        Assert.Equal($"STATUS=serving {network.Hub.Interface}: 0 leases from {Network.Pool4}, {Network.Pool6}", await server.HearAsync($"STATUS=serving {network.Hub.Interface}: 0"));
        Assert.Equal(0, await server.Daemon.StopAsync());

        // Of the keys only the public ones are in the logs, at the level that shows everything.
        foreach (string log in (string[])[server.Daemon.Log, client.Daemon.Log])
        {
            Assert.Contains(network.Client.Keys.Public, server.Daemon.Log, StringComparison.Ordinal);
            Assert.DoesNotContain(network.Hub.Keys.Private, log, StringComparison.Ordinal);
            Assert.DoesNotContain(network.Client.Keys.Private, log, StringComparison.Ordinal);
        }

        await using DaemonProcess first = network.Client.StartClient();
        await first.WaitForLineAsync("asking");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(network.Client.RuntimeDirectory, "*.client.lock"))));
        await using Unprivileged second = await Unprivileged.StartAsync(network.Client, "wg-dynamic-client", []);
        Assert.Equal(1, await second.Daemon.WaitForExitAsync());
        Assert.Contains($"{network.Client.Interface} has a client already", second.Daemon.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_root_a_default_route_is_taken_and_DNS_that_the_host_keeps_to_itself_costs_nothing_else()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=0.0.0.0/0 route=198.51.100.0/24 dns=203.0.113.53 mtu=1380", isUnprivileged: true);
        await network.MakeEndpointRemoteAsync();
        // Nobody on this machine is there to allow it: no polkit.
        string[] resolved = await OwnNames.ThroughResolvedAsync(network.Client);
        string before = await network.EverythingAsync();
        await using Unprivileged client = await Unprivileged.StartAsync(network.Client, "wg-dynamic-client", resolved, "--accept", "routes,default-route,dns,mtu");
        await client.Daemon.WaitForLineAsync("which is in force");
        await client.Daemon.WaitForLineAsync("not accepted from the server: DNS 203.0.113.53: resolvectl dns .*have polkit let the user nobody set it");
        Assert.Equal(["198.51.100.0/24", "default table 51820"], await network.RoutesAsync());
        Assert.Equal("1380", await network.MtuAsync());
        Assert.Equal("1", (await network.Client.Network.ExecAsync("cat", "/proc/sys/net/ipv4/conf/all/src_valid_mark")).Trim());
        Assert.DoesNotContain("src_valid_mark cannot be set", client.Daemon.Log, StringComparison.Ordinal);
        Assert.Equal(0, await client.Daemon.StopAsync());
        Assert.Equal(before, await network.EverythingAsync());
    }
}
