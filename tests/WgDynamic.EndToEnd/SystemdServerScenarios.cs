using WgDynamic.TestKit;
using static WgDynamic.EndToEnd.SystemdMachine;

namespace WgDynamic.EndToEnd;

/// <summary>wg-dynamic-server@.service as the package installs it, under a real systemd.</summary>
[Collection(Collection)]
public class SystemdServerScenarios
{
    [Fact]
    public async Task The_unit_has_started_when_it_serves_as_its_own_user_with_two_capabilities()
    {
        await using SystemdMachine machine = await CreateAsync();
        await machine.BeHubAsync();
        await SystemctlAsync($"start {Server}");
        Assert.StartsWith("ActiveState=active StatusText=serving", await ShowAsync(Server, "ActiveState,StatusText"), StringComparison.Ordinal);
        int first = await AssertConfinedAsync(Server);

        await using DaemonProcess client = machine.Far.StartClient();
        await client.WaitForLineAsync("leased");
        string[] leased = await machine.Far.AddressesAsync();
        Journal.Entry granted = await machine.Journal.WaitForAsync(Server, $"leased {leased[0].Split('/')[0]} to");
        Assert.Equal(
            ("Granted", "wg0", leased[0].Split('/')[0], machine.Far.Keys.Public, "6"),
            (granted["WG_DYNAMIC_EVENT"], granted["WG_DYNAMIC_INTERFACE"], granted["WG_DYNAMIC_ADDRESS"], granted["WG_DYNAMIC_PEER"], granted["PRIORITY"]));

        string[] allowed = await AllowedIPsAsync();
        Assert.Equal(3, allowed.Length);
        await SystemctlAsync($"restart {Server}");
        Assert.NotEqual(first, await ProcessIdAsync(Server));
        Assert.Equal(allowed, await AllowedIPsAsync());
        await SystemctlAsync($"stop {Server}");
        Assert.Equal("ActiveState=inactive Result=success", await ShowAsync(Server, "ActiveState,Result"));
    }

    [Fact]
    public async Task A_reload_takes_a_good_file_over_and_fails_with_the_line_of_a_bad_one()
    {
        await using SystemdMachine machine = await CreateAsync();
        await machine.BeHubAsync();
        await SystemctlAsync($"start {Server}");
        int id = await ProcessIdAsync(Server);
        await using DaemonProcess client = machine.Far.StartClient();
        await client.WaitForLineAsync("leased");
        string[] revoked = [.. (await AllowedIPsAsync()).Where(prefix => prefix is not ("192.168.4.9/32" or "fe80::c:1/128"))];
        Assert.NotEmpty(revoked);

        await File.WriteAllTextAsync("/etc/wg-dynamic/wg0.conf", "[Pool]\nRange = 192.168.4.9-192.168.4.9\n[Server]\nRevokeOnReload = true\n", TestContext.Current.CancellationToken);
        await SystemctlAsync($"reload {Server}");
        await machine.Journal.WaitForAsync(Server, "configuration read anew: 1 pools");
        // The client may have the pool's one address by the time that anybody looks.
        await Until.AsExpectedAsync(AllowedIPsAsync, allowed => !allowed.Intersect(revoked).Any());

        await File.WriteAllTextAsync("/etc/wg-dynamic/wg0.conf", "[Server]\nLeaseTime = soon\n", TestContext.Current.CancellationToken);
        (int status, _) = await TryAsync($"systemctl reload {Server}");
        Assert.NotEqual(0, status);
        await machine.Journal.WaitForAsync(Server, "/etc/wg-dynamic/wg0.conf:2: error: ");
        Assert.Equal($"ActiveState=active MainPID={id}", await ShowAsync(Server, "ActiveState,MainPID"));
        Assert.DoesNotContain(await AllowedIPsAsync(), revoked.Contains);
    }

    [Fact]
    public async Task With_a_bad_file_or_without_its_address_the_start_fails_and_a_bad_file_is_not_tried_again()
    {
        await using SystemdMachine machine = await CreateAsync();
        await machine.BeHubAsync();
        await WriteAsync("/etc/wg-dynamic/wg0.conf", "[Server]\nLeaseTime = soon\n");
        (int status, _) = await TryAsync($"chgrp wg-dynamic /etc/wg-dynamic/wg0.conf; chmod 640 /etc/wg-dynamic/wg0.conf; systemctl start {Server}");
        Assert.NotEqual(0, status);
        await machine.Journal.WaitForAsync(Server, "/etc/wg-dynamic/wg0.conf:2: error: ");
        Assert.Equal("ActiveState=failed ExecMainStatus=78 NRestarts=0", await ShowAsync(Server, "ActiveState,ExecMainStatus,NRestarts"));

        File.Delete("/etc/wg-dynamic/wg0.conf");
        (status, _) = await TryAsync($"ip address delete fe80::/64 dev wg0; systemctl start {Server}");
        Assert.NotEqual(0, status);
        await machine.Journal.WaitForAsync(Server, "ip address add fe80::/64 dev wg0");
        await ShellAsync("ip address add fe80::/64 dev wg0");
        await machine.UntilAsync(Server, "ActiveState=active SubState=running");
    }

    [Fact]
    public async Task Killed_or_hanging_it_is_started_again_and_has_its_leases()
    {
        await using SystemdMachine machine = await CreateAsync();
        await machine.BeHubAsync();
        await SystemctlAsync($"start {Server}");
        await using DaemonProcess client = machine.Far.StartClient();
        await client.WaitForLineAsync("leased");
        string[] allowed = await AllowedIPsAsync();

        await machine.KillAndHangAsync(Server);
        await machine.Journal.WaitForAsync(Server, "2 leases taken over from the store");
        Assert.Equal(allowed, await AllowedIPsAsync());
    }

    [Fact]
    public async Task It_ends_with_its_interface_and_when_it_is_enabled_comes_with_it()
    {
        await using SystemdMachine machine = await CreateAsync();
        await machine.BeHubAsync();
        await SystemctlAsync($"start {Server}");
        await ShellAsync("ip link delete wg0");
        await machine.UntilAsync(Server, "ActiveState=inactive Result=success");
        await SystemctlAsync($"enable {Server}");
        await BringHubUpAsync();
        await machine.UntilAsync(Server, "ActiveState=active SubState=running");
        await using DaemonProcess client = machine.Far.StartClient();
        await client.WaitForLineAsync("leased");
    }

    private static async Task<string[]> AllowedIPsAsync() =>
        [.. (await Command.RunAsync("wg", "show", "wg0", "allowed-ips")).Trim().Split('\t')[1].Split(' ').Order(StringComparer.Ordinal)];
}
