using WgDynamic.TestKit;
using static WgDynamic.EndToEnd.SystemdMachine;

namespace WgDynamic.EndToEnd;

/// <summary>The module as its package installs it, in PowerShell itself, where the daemons are a real systemd's services.</summary>
[Collection(Collection)]
public class SystemdPowerShellScenarios
{
    [Fact]
    public async Task The_cmdlets_of_the_server_drive_its_unit_and_tell_what_it_said_when_it_did_not_start()
    {
        await using SystemdMachine machine = await CreateAsync();
        await machine.BeHubAsync();
        string[] said = await SessionAsync($$"""
            function Get-MainProcess { [int] (systemctl show {{Server}} --property=MainPID --value) }
            Start-WgDynamicServer wg0 -WhatIf
            "whatif $(systemctl is-active {{Server}})"
            $first = Start-WgDynamicServer wg0 -PassThru
            "started $($first.ProcessId -gt 0 -and $first.ProcessId -eq (Get-MainProcess))"
            "again $(Start-WgDynamicServer wg0 -Verbose 4>&1)"
            $second = Restart-WgDynamicServer wg0 -PassThru
            "restarted $($second.ProcessId -ne $first.ProcessId -and $second.ProcessId -eq (Get-MainProcess))"
            Stop-WgDynamicServer wg0
            "stopped $(systemctl is-active {{Server}})"
            '[Server]', 'LeaseTime = soon' | Set-Content /etc/wg-dynamic/wg0.conf
            try { Start-WgDynamicServer wg0 } catch { "refused $($_.FullyQualifiedErrorId) $($_ -replace '\n', ' ')" }
            """);
        Assert.True(said.Length == 7, string.Join('\n', said));
        Assert.Contains($"Start the server as the service {Server}.service", said[0], StringComparison.Ordinal);
        Assert.Equal(["whatif inactive", "started True", "again The server of wg0 runs already.", "restarted True", "stopped inactive"], said[1..6]);
        Assert.StartsWith("refused WgServiceStartFailed,", said[6], StringComparison.Ordinal);
        Assert.Contains("/etc/wg-dynamic/wg0.conf:2: ", said[6], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cmdlets_of_the_client_drive_its_unit_and_give_the_addresses_back()
    {
        await using SystemdMachine machine = await CreateAsync();
        await using DaemonProcess server = await machine.FarHubAsync();
        await machine.BringClientUpAsync($"fe80::/128, {Network.Pool4}, {Network.Pool6}");
        string[] said = await SessionAsync($$"""
            try { Start-WgDynamicClient wg0 -Service -RequestAddress 192.168.4.9 } catch { "$($_.ErrorDetails.RecommendedAction)" }
            $client = Start-WgDynamicClient wg0 -Wait -PassThru
            "started $($client.State) $($client.ProcessId -eq (systemctl show {{Client}} --property=MainPID --value))"
            "leases $((Get-WgLease -Interface wg0 | Where-Object { -not $_.Expired }).Count)"
            $again = Restart-WgDynamicClient wg0 -PassThru
            "restarted $($again.ProcessId -ne $client.ProcessId -and $again.ProcessId -eq (systemctl show {{Client}} --property=MainPID --value))"
            $null = Wait-WgLease wg0
            Stop-WgDynamicClient wg0 -Release
            "stopped $(systemctl is-active {{Client}})"
            """);
        Assert.Equal(
            ["Write them into /etc/wg-dynamic/wg0.client.options, or start the program itself with -Service:$false.", "started Bound True", "leases 2", "restarted True", "stopped inactive"],
            said);
        await server.WaitForLineAsync("ended: Released", times: 2);
        Assert.Empty(await AddressesAsync());
    }

    [Fact]
    public async Task The_checks_of_the_package_are_green_and_find_a_unit_that_is_not_confined_any_more()
    {
        const string Loose = $"/run/systemd/system/{Server}.service.d";
        await using SystemdMachine machine = await CreateAsync();
        await machine.BeHubAsync();
        await SystemctlAsync($"start {Server}");
        await using DaemonProcess client = machine.Far.StartClient();
        await client.WaitForLineAsync("leased");
        string[] said = await SessionAsync($$"""
            $checks = '/usr/share/wg-dynamic/pester/Invoke-WgDynamicChecks.ps1'
            # Nobody keeps this machine's clock, which a check of its own says.
            & $checks -Interface wg0 -ExcludeTag Clock -PassThru | ForEach-Object { "$($_.Tag) $($_.Result)" }
            "exit $LASTEXITCODE"
            $null = New-Item -ItemType Directory {{Loose}}
            '[Service]', 'NoNewPrivileges=no', 'CapabilityBoundingSet=~', 'SystemCallFilter=', 'ProtectSystem=no' | Set-Content {{Loose}}/loose.conf
            systemctl daemon-reload
            & $checks -Interface wg0 -Tag Unit -PassThru | ForEach-Object { "loose $($_.Result) $($_.Message -replace '\n', ' ')" }
            "exit $LASTEXITCODE"
            Remove-Item -Recurse {{Loose}}
            systemctl daemon-reload
            """);
        string[] green = ["Server Passed", "AllowedIPs Passed", "Addresses Passed", "Pools Passed", "Pools Passed", "Leases Passed", "Hook Skipped", "Unit Passed", "Database Passed", "exit 0"];
        string all = string.Join('\n', said);
        Assert.StartsWith(string.Join('\n', green) + '\n', all, StringComparison.Ordinal);
        Assert.Matches($@"(?s)\nloose Failed {Server}\.service may do more than it should: .*What to do: see what loosens it: systemctl cat.*\nexit 1$", all);
    }

    [Fact]
    public async Task The_hook_of_the_package_is_found_and_registering_it_once_more_by_hand_leaves_nothing_behind()
    {
        await using SystemdMachine machine = await CreateAsync();
        await WriteAsync("/etc/wireguard/wg0.conf", $"[Interface]\nPrivateKey = {machine.Keys.Private}\nAddress = {Network.LinkLocal(0)}/128, auto\n");
        const string Everything = "find /usr/local /etc/systemd /usr/bin/wg-quick* | sort";
        string before = await ShellAsync(Everything);
        string[] said = await SessionAsync("""
            $hook = Get-WgQuickHook
            "$($hook.Interface) $($hook.Registered) $($hook.Diverted) $($hook.UsesAuto) $(Test-WgQuickHook wg0)"
            Register-WgQuickHook
            "by hand $((Get-WgQuickHook).Registered)"
            Unregister-WgQuickHook
            "as before $((Get-WgQuickHook).Registered)"
            """);
        Assert.Equal(["wg0 True True True True", "by hand True", "as before True"], said);
        Assert.Equal(before, await ShellAsync(Everything));
    }

    // PowerShell finds the module by its name, where the package has put it.
    private static async Task<string[]> SessionAsync(string script)
    {
        string pwsh = Environment.GetEnvironmentVariable("WGDYNAMIC_PWSH") ?? "";
        if (pwsh.Length == 0)
            Assert.Skip("needs pwsh 7.6, which eng/test.sh has where it can be installed");
        string file = Path.Combine(Path.GetTempPath(), $"wgd-{Guid.NewGuid():N}.ps1");
        await File.WriteAllTextAsync(file, $"$ErrorActionPreference = 'Stop'\nImport-Module WgDynamic\n{script}\n");
        try
        {
            return (await Command.RunAsync(pwsh, "-NoLogo", "-NoProfile", "-NonInteractive", "-File", file)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
