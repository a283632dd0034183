using static WgDynamic.EndToEnd.SystemdMachine;

namespace WgDynamic.EndToEnd;

/// <summary>wg-dynamic-client@.service as the package installs it, under a real systemd, with systemd-resolved and systemd-networkd.</summary>
[Collection(Collection)]
public class SystemdClientScenarios
{
    private const string Pools = $"{Network.Pool4}, {Network.Pool6}";

    [Fact]
    public async Task The_unit_has_lease_names_and_a_default_route_in_force_and_takes_all_back()
    {
        await using SystemdMachine machine = await CreateAsync();
        await using DaemonProcess server = await machine.FarHubAsync("Routes = 0.0.0.0/0\nDNS = 203.0.113.53, example.org\nMTU = 1380");
        await machine.BringClientUpAsync($"fe80::/128, 0.0.0.0/0, {Network.Pool6}");
        await ShellAsync("echo --accept routes,dns,mtu,default-route >/etc/wg-dynamic/wg0.client.options");
        string before = await EverythingAsync();

        await SystemctlAsync($"start {Client}");
        string[] leased = await machine.LeasedAsync();
        await machine.Journal.WaitForAsync(Client, "which is in force now");
        await AssertConfinedAsync(Client);
        Assert.Contains("203.0.113.53", await ShellAsync("resolvectl dns wg0"), StringComparison.Ordinal);
        Assert.Contains("example.org", await ShellAsync("resolvectl domain wg0"), StringComparison.Ordinal);
        await ShellAsync("ping -n -c 1 -W 20 198.51.100.1");

        await SystemctlAsync($"restart {Client}");
        Assert.Equal(leased, await machine.LeasedAsync());
        await SystemctlAsync($"stop {Client}");
        Assert.Equal("ActiveState=inactive Result=success", await ShowAsync(Client, "ActiveState,Result"));
        Assert.Equal(before, await EverythingAsync());
    }

    [Fact]
    public async Task Killed_or_hanging_it_is_started_again_and_has_its_lease()
    {
        await using SystemdMachine machine = await CreateAsync();
        await using DaemonProcess server = await machine.FarHubAsync();
        await machine.BringClientUpAsync($"fe80::/128, {Pools}");
        await SystemctlAsync($"start {Client}");
        string[] leased = await machine.LeasedAsync();
        await machine.KillAndHangAsync(Client);
        Assert.Equal(leased, await machine.LeasedAsync());
    }

    [Fact]
    public async Task Enabled_it_comes_with_its_interface_and_ends_with_it()
    {
        await using SystemdMachine machine = await CreateAsync();
        await using DaemonProcess server = await machine.FarHubAsync();
        await SystemctlAsync($"enable {Client}");
        await machine.BringClientUpAsync($"fe80::/128, {Pools}");
        await machine.LeasedAsync();
        await machine.UntilAsync(Client, "ActiveState=active SubState=running");
        await ShellAsync("ip link delete wg0");
        await machine.UntilAsync(Client, "ActiveState=inactive Result=success");
    }

    [Fact]
    public async Task Networkd_brings_the_interface_up_and_what_it_takes_away_of_the_lease_is_back_within_seconds()
    {
        await using SystemdMachine machine = await CreateAsync();
        await using DaemonProcess server = await machine.FarHubAsync("Routes = 198.51.100.0/24");
        await WriteAsync("/run/systemd/network/wg0.netdev", $"""
            [NetDev]
            Name = wg0
            Kind = wireguard
            [WireGuard]
            PrivateKey = {machine.Keys.Private}
            {machine.ClientPeer($"fe80::/128, {Pools}, 198.51.100.0/24").Replace("[Peer]", "[WireGuardPeer]", StringComparison.Ordinal)}
            """);
        await File.WriteAllTextAsync("/run/systemd/network/wg0.network", $"""
            [Match]
            Name = wg0
            [Network]
            Address = {Network.LinkLocal(0)}/128
            """, TestContext.Current.CancellationToken);
        await ShellAsync($"""
            chgrp systemd-network /run/systemd/network/wg0.netdev
            chmod 640 /run/systemd/network/wg0.netdev
            systemctl enable {Client}
            systemctl start systemd-networkd
            """);
        string[] leased = await machine.LeasedAsync();
        await InForceAsync();

        foreach ((string way, bool takes) in ((string, bool)[])[("networkctl reload", false), ("networkctl reconfigure wg0", true), ("systemctl restart systemd-networkd", true)])
        {
            int mark = machine.Journal.Mark();
            await ShellAsync(way);
            foreach (string what in takes ? [$"address {leased[0].Split('/')[0]}", "route 198.51.100.0/24"] : Array.Empty<string>())
                await machine.Journal.WaitForAsync(Client, $@"had vanished and is in force again: {what} .*\(\d+ times so far\)", mark);
            await InForceAsync();
        }

        Task InForceAsync() => Until.AsExpectedAsync(
            async () => string.Join(' ', await AddressesAsync()) + (await TryAsync("ip route show 198.51.100.0/24 dev wg0")).Output,
            seen => seen.StartsWith(string.Join(' ', leased) + "198.51.100.0/24", StringComparison.Ordinal),
            machine.Journal.ToString);
    }
}
