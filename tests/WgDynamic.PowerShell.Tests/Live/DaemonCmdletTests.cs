using System.Management.Automation;

namespace WgDynamic.PowerShell.Tests.Live;

/// <summary>Getting, starting, stopping, restarting and testing daemons, where no systemd runs.</summary>
public sealed class DaemonCmdletTests(Site site) : SiteTests(site)
{
    [Fact]
    [Covers("Get-WgDynamicServer", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName, Aspect.Wildcard)]
    [Covers("Get-WgDynamicClient", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName, Aspect.Wildcard)]
    public void Get_says_how_a_daemon_is_doing()
    {
        PSObject server = Run("Get-WgDynamicServer -Interface wg0").Single();
        Assert.Equal(4, server.Properties["ActiveLeases"].Value);
        Assert.Equal(2, server.Properties["Peers"].Value);
        Assert.Equal(true, server.Properties["ClockIsSane"].Value);
        Assert.Equal(Path.Combine(Site.Directory, "leases.db"), server.Properties["DatabasePath"].Value);
        PSObject client = Run("Get-WgDynamicClient wg1").Single();
        Assert.Equal("Bound", $"{client.Properties["State"].Value}");
        Assert.Equal(["wg1", "wg2"], Run("Get-WgDynamicClient -Interface w*").Texts("Interface"));
        Assert.Equal(["wg0"], Run("Get-WgDynamicServer").Texts("Interface"));
        Assert.Equal(["wg0"], Run("[pscustomobject]@{ InterfaceName = 'wg0' } | Get-WgDynamicServer").Texts("Interface"));
        Assert.Equal(["wg1", "wg2"], Run("Get-WgDynamicClient | Get-WgDynamicClient").Texts("Interface"));
    }

    [Fact]
    [Covers("Start-WgDynamicClient", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    [Covers("Stop-WgDynamicClient", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    [Covers("Restart-WgDynamicClient", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void A_client_can_be_stopped_started_and_restarted()
    {
        Run("Stop-WgDynamicClient -Interface wg1 -Release").Succeeded();
        Assert.Empty(Run("Get-WgLease wg0 -PublicKey $laptop -State Active").Succeeded());
        Assert.Equal(["Bound"], Run("Start-WgDynamicClient -Interface wg1 -Wait -Timeout 30 -PassThru").Texts("State"));
        Assert.Equal(2, Run("Get-WgLease wg0 -PublicKey $laptop -State Active").Succeeded().Count);
        string process = Run("Get-WgDynamicClient wg1").Texts("ProcessId")[0];
        Run("Get-WgDynamicClient wg1 | Restart-WgDynamicClient").Succeeded();
        Assert.NotEqual(process, Run("Get-WgDynamicClient wg1").Texts("ProcessId")[0]);
        Run("Get-WgDynamicClient wg1 | Stop-WgDynamicClient").Succeeded();
        Run("[pscustomobject]@{ InterfaceName = 'wg1' } | Start-WgDynamicClient -Wait").Succeeded();
        Run("[pscustomobject]@{ Interface = 'wg1' } | Restart-WgDynamicClient; Wait-WgLease wg1 -Timeout 30 | Out-Null").Succeeded();
        Run("[pscustomobject]@{ Interface = 'wg1' } | Stop-WgDynamicClient; 'wg1' | ForEach-Object { Start-WgDynamicClient $_ -Wait }").Succeeded();
    }

    [Fact]
    [Covers("Start-WgDynamicServer", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    [Covers("Stop-WgDynamicServer", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    [Covers("Restart-WgDynamicServer", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void A_server_can_be_stopped_started_and_restarted_and_keeps_its_leases()
    {
        string[] before = Run("Get-WgLease wg0 -State Active | Sort-Object IPAddress").Texts("IPAddress");
        Run("Stop-WgDynamicServer -Interface wg0").Succeeded();
        Run("Get-WgDynamicServer -Interface wg0").FailedWith("WgInterfaceNotFound");
        Assert.Equal(["wg0"], Run("Start-WgDynamicServer -Interface wg0 -PassThru").Texts("Interface"));
        string process = Run("Get-WgDynamicServer wg0").Texts("ProcessId")[0];
        Run("Get-WgDynamicServer wg0 | Restart-WgDynamicServer").Succeeded();
        Assert.NotEqual(process, Run("Get-WgDynamicServer wg0").Texts("ProcessId")[0]);
        Run("Get-WgDynamicServer | Stop-WgDynamicServer; [pscustomobject]@{ Interface = 'wg0' } | Start-WgDynamicServer").Succeeded();
        Run("[pscustomobject]@{ Interface = 'wg0' } | Restart-WgDynamicServer; [pscustomobject]@{ Interface = 'wg0' } | Stop-WgDynamicServer; Start-WgDynamicServer wg0").Succeeded();
        Assert.Equal(before, Run("Get-WgLease wg0 -State Active | Sort-Object IPAddress").Texts("IPAddress"));
    }

    [Fact]
    [Covers("Start-WgDynamicServer", Aspect.NotFound)]
    public void What_a_daemon_says_when_it_cannot_start_is_the_error()
    {
        string file = Path.Combine(Site.Directory, "wg0.conf"), good = File.ReadAllText(file);
        Run("Stop-WgDynamicServer wg0").Succeeded();
        try
        {
            File.WriteAllText(file, good + "Rage = 10.0.0.0/8\n");
            ErrorRecord error = Run("Start-WgDynamicServer wg0").FailedWith("WgServiceStartFailed");
            Assert.Equal("WgServiceStartFailed,WgDynamic.PowerShell.StartWgDynamicServerCommand", error.FullyQualifiedErrorId);
            Assert.Contains("Rage", error.ErrorDetails.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.WriteAllText(file, good);
            Run("Start-WgDynamicServer wg0").Succeeded();
        }
    }

    [Fact]
    [Covers("Test-WgDynamicClient", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    [Covers("Test-WgDynamicServer", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void Test_says_whether_all_is_well_and_with_Detailed_what_was_looked_at()
    {
        Assert.Equal(true, Run("Test-WgDynamicServer -Interface wg0").Single().BaseObject);
        Assert.Equal(true, Run("Get-WgDynamicClient wg1 | Test-WgDynamicClient").Single().BaseObject);
        Assert.Equal(true, Run("[pscustomobject]@{ Interface = 'wg0' } | Test-WgDynamicServer").Single().BaseObject);
        Assert.Equal(true, Run("[pscustomobject]@{ Interface = 'wg1' } | Test-WgDynamicClient").Single().BaseObject);
        foreach (string test in new[] { "Test-WgDynamicServer wg0 -Detailed", "Test-WgDynamicClient wg1 -Detailed" })
        {
            Result rows = Run(test);
            Assert.True(rows.Succeeded().Count > 3, test);
            Assert.All(rows.Texts("Status"), status => Assert.Contains(status, (string[])["Pass", "Warn"]));
        }
    }

    [Fact]
    [Covers("Test-WgDynamicClient", Aspect.NotFound)]
    public async Task Test_finds_what_is_broken_and_says_what_to_do()
    {
        await TestKit.Command.RunAsync("ip", "-n", "laptop", "link", "set", "wg1", "down");
        try
        {
            Assert.Equal(false, Run("Test-WgDynamicClient wg1").Single().BaseObject);
            PSObject[] failed = [.. Run("Test-WgDynamicClient wg1 -Detailed").Succeeded().Where(row => $"{row.Properties["Status"].Value}" == "Fail")];
            Assert.NotEmpty(failed);
            Assert.All(failed, row => Assert.NotEmpty($"{row.Properties["Remedy"].Value}"));
        }
        finally
        {
            await TestKit.Command.RunAsync("bash", "-c", "ip -n laptop link set wg1 up && ip -n laptop address replace fe80::c:1/128 dev wg1 && ip -n laptop route replace 10.66.0.0/24 dev wg1 && ip -n laptop route replace fd66::/64 dev wg1");
            Run("Restart-WgDynamicClient wg1; Wait-WgLease wg1 -Timeout 30 | Out-Null").Succeeded();
        }
    }

    [Fact]
    [Covers("Update-WgDynamicServer", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName, Aspect.NotFound)]
    public void Update_reads_the_configuration_anew_and_tells_what_is_wrong_with_it()
    {
        string file = Path.Combine(Site.Directory, "wg0.conf"), good = File.ReadAllText(file);
        try
        {
            File.WriteAllText(file, good + "[Pool]\nRange = 10.70.0.0/24\n");
            Run("Update-WgDynamicServer -Interface wg0").Succeeded();
            Assert.Contains("10.70.0.0/24", Run("Get-WgPool wg0").Texts("Prefix"));
            File.WriteAllText(file, good + "Rage = 10.0.0.0/8\n");
            Assert.Contains("Rage", Run("Get-WgDynamicServer wg0 | Update-WgDynamicServer").FailedWith("WgConfigurationInvalid").ErrorDetails.Message, StringComparison.Ordinal);
            Assert.Contains("10.70.0.0/24", Run("Get-WgPool wg0").Texts("Prefix"));
        }
        finally
        {
            File.WriteAllText(file, good);
            Run("[pscustomobject]@{ Interface = 'wg0' } | Update-WgDynamicServer").Succeeded();
        }
    }

    [Fact]
    [Covers("Get-WgDynamicServerStatistics", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    [Covers("Reset-WgDynamicServerStatistics", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void What_is_counted_can_be_read_and_set_back()
    {
        Run("Update-WgLease wg1 -Wait").Succeeded();
        Assert.NotEqual("0", Run("Get-WgDynamicServerStatistics -Interface wg0").Texts("Renewals")[0]);
        Run("Reset-WgDynamicServerStatistics -Interface wg0").Succeeded();
        Assert.Equal(["0"], Run("Get-WgDynamicServer wg0 | Get-WgDynamicServerStatistics").Texts("Renewals"));
        Run("Update-WgLease wg1 -Wait; Get-WgDynamicServer wg0 | Reset-WgDynamicServerStatistics").Succeeded();
        Assert.Equal(["0"], Run("[pscustomobject]@{ Interface = 'wg0' } | Get-WgDynamicServerStatistics").Texts("Renewals"));
        Run("[pscustomobject]@{ Interface = 'wg0' } | Reset-WgDynamicServerStatistics").Succeeded();
    }
}
