using static WgDynamic.EndToEnd.SystemdMachine;

namespace WgDynamic.EndToEnd;

/// <summary>wg-quick@.service with the wg-quick that the package puts in front of the distribution's, under a real systemd.</summary>
[Collection(Collection)]
public class SystemdQuickScenarios
{
    [Fact]
    public async Task With_auto_it_comes_with_the_boot_has_a_lease_keeps_it_at_a_reload_and_leaves_nothing()
    {
        await using SystemdMachine machine = await CreateAsync();
        await using DaemonProcess server = await machine.FarHubAsync();
        await WriteAsync("/etc/wireguard/wg0.conf", $"""
            [Interface]
            PrivateKey = {machine.Keys.Private}
            Address = {Network.LinkLocal(0)}/128, auto
            {machine.ClientPeer($"fe80::/128, {Network.Pool4}, {Network.Pool6}")}
            """);
        // The second is what a boot does.
        await ShellAsync($"systemctl enable {Quick}; systemctl start multi-user.target");
        string[] leased = await machine.LeasedAsync();
        await machine.UntilAsync(Quick, "ActiveState=active SubState=exited");
        await SystemctlAsync($"reload {Quick}");
        Assert.Equal(leased, await AddressesAsync());
        Assert.Equal(3, (await machine.Far.WgAsync($"show {machine.Far.Interface} allowed-ips")).Trim().Split('\t')[1].Split(' ').Length);

        await SystemctlAsync($"stop {Quick}");
        Assert.Equal("ActiveState=inactive Result=success", await ShowAsync(Quick, "ActiveState,Result"));
        // The kernel keeps 15 characters of a name.
        (int status, string output) = await TryAsync("ip link show wg0 || ! pgrep --exact wg-dynamic-clie");
        Assert.True(status == 0 && output.Contains("does not exist", StringComparison.Ordinal), output);
    }

    [Fact]
    public async Task A_hubs_server_starts_behind_it_mends_what_its_reload_resets_and_ends_with_it()
    {
        await using SystemdMachine machine = await CreateAsync();
        await machine.BeHubAsync();
        await ShellAsync($"""
            ip link delete wg0
            systemctl enable {Server} {Quick}
            systemctl start {Quick}
            """);
        await machine.UntilAsync(Server, "ActiveState=active SubState=running");
        Assert.True(await TimeAsync(Quick, "ActiveEnterTimestampMonotonic") <= await TimeAsync(Server, "ExecMainStartTimestampMonotonic"));
        Assert.Equal("NRestarts=0", await ShowAsync(Server, "NRestarts"));
        await using DaemonProcess client = machine.Far.StartClient();
        await client.WaitForLineAsync("leased");
        string allowed = await ShellAsync("wg show wg0 allowed-ips");

        await SystemctlAsync($"reload {Quick}");
        await machine.Journal.WaitForAsync(Server, "AllowedIPs had been changed behind the server's back: 2 put back");
        Assert.Equal(allowed, await ShellAsync("wg show wg0 allowed-ips"));
        await SystemctlAsync($"stop {Quick}");
        await machine.UntilAsync(Server, "ActiveState=inactive Result=success");
    }

    private static async Task<long> TimeAsync(string unit, string property) => long.Parse((await ShowAsync(unit, property)).Split('=')[1]);
}
