using System.Management.Automation;

namespace WgDynamic.PowerShell.Tests.Live;

/// <summary>Get-, Remove-, Update- and Wait-WgLease.</summary>
public sealed class LeaseCmdletTests(Site site) : SiteTests(site)
{
    [Fact]
    [Covers("Get-WgLease", Aspect.Parameter)]
    public void Get_gives_every_lease_as_an_object_with_all_that_is_known_of_it()
    {
        // Handshakes are as of the server's last look at its device, seconds ago; the first may have been before that of a new peer.
        PSObject lease = Run("""
            $end = [datetime]::Now.AddMinutes(1)
            do { $lease = Get-WgLease -Interface wg0 -PublicKey $laptop -AddressFamily IPv4 -State Active } until ($lease.LastHandshake -or [datetime]::Now -gt $end)
            $lease
            """).Single();
        PSObject other = Run("Get-WgLease -Interface wg0 -IPAddress 10.66.0.0/24 | Where-Object PublicKey -ceq $laptop").Single();
        Assert.Equal($"{lease.Properties["IPAddress"].Value}", $"{other.Properties["IPAddress"].Value}");
        Assert.Equal(Site.Laptop, lease.Properties["PublicKey"].Value);
        Assert.Equal("wg0", lease.Properties["Interface"].Value);
        Assert.Equal("IPv4", $"{lease.Properties["AddressFamily"].Value}");
        Assert.Equal("Active", $"{lease.Properties["State"].Value}");
        Assert.Equal(32, lease.Properties["PrefixLength"].Value);
        Assert.Equal(false, lease.Properties["Expired"].Value);
        Assert.Equal("office", lease.Properties["Pool"].Value);
        Assert.Equal(TimeSpan.FromSeconds(600), lease.Properties["LeaseDuration"].Value);
        Assert.InRange((TimeSpan)lease.Properties["TimeRemaining"].Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(600));
        Assert.InRange((DateTime)lease.Properties["LeaseStartTime"].Value, DateTime.Now.AddMinutes(-10), DateTime.Now.AddSeconds(1));
        Assert.InRange((DateTime)lease.Properties["LastHandshake"].Value, DateTime.Now.AddMinutes(-10), DateTime.Now.AddSeconds(1));
        Assert.Equal(4, Run("Get-WgLease -Interface wg0").Succeeded().Count);
        Assert.Equal(2, Run("Get-WgLease wg0 -Pool office").Succeeded().Count);
        Assert.Equal(["Client", "Client", "Client", "Client", "Server", "Server", "Server", "Server"], Run("Get-WgLease | Sort-Object { \"$($_.Role)\" }").Texts("Role"));
        Assert.Empty(Run("Get-WgLease -Interface wg0 -State Expired").Succeeded());
    }

    [Fact]
    [Covers("Get-WgLease", Aspect.Parameter)]
    public async Task Get_gives_what_the_device_has()
    {
        string[] leased = Run("Get-WgLease -Interface wg0 -Role Server -State Active | ForEach-Object { \"$($_.PublicKey) $($_.IPAddress)/$($_.PrefixLength)\" }").Succeeded().Select(item => $"{item}").Order(StringComparer.Ordinal).ToArray();
        string[] allowed = (await Site.InHubAsync("wg", "show", "wg0", "allowed-ips")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(line => line.Split('\t')[1].Split(' ').Where(prefix => !prefix.StartsWith("fe80:", StringComparison.Ordinal)).Select(prefix => $"{line.Split('\t')[0]} {prefix}")).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(allowed, leased);
    }

    [Fact]
    [Covers("Get-WgLease", Aspect.Pipe, Aspect.PropertyName)]
    public void Get_takes_peers_and_interfaces_from_objects()
    {
        Assert.Equal([Site.Laptop, Site.Laptop], Run("[pscustomobject]@{ InterfaceName = 'wg0'; PublicKey = $laptop } | Get-WgLease").Texts("PublicKey"));
        Assert.Equal(4, Run("Get-WgDynamicServer -Interface wg0 | Get-WgLease -State Active").Succeeded().Count);
        Assert.Equal([Site.Phone, Site.Phone], Run("Get-WgLease wg0 -PublicKey $phone | Where-Object AddressFamily -eq IPv4 | Get-WgLease -Role Server").Texts("PublicKey"));
    }

    [Fact]
    [Covers("Get-WgLease", Aspect.Wildcard)]
    public void Get_takes_wildcards_of_interfaces_keys_and_addresses()
    {
        Assert.Equal(["wg1", "wg2"], Run("(Get-WgLease -Interface wg[12] -AddressFamily IPv4).Interface | Sort-Object").Succeeded().Select(item => $"{item}"));
        Assert.Equal(2, Run("Get-WgLease -Interface wg0 -IPAddress 10.66.*").Succeeded().Count);
        Assert.Equal(2, Run("Get-WgLease -Interface wg0 -PublicKey \"$($laptop.Substring(0, 12))*\"").Succeeded().Count);
        Assert.Empty(Run("Get-WgLease -Interface wg0 -IPAddress 192.0.2.*").Succeeded());
    }

    [Fact]
    [Covers("Get-WgLease", Aspect.NotFound)]
    public void Get_tells_a_literal_peer_or_address_without_a_lease_by_an_error_and_goes_on()
    {
        ErrorRecord error = Run("Get-WgLease -Interface wg0 -IPAddress 10.99.0.77").FailedWith("WgLeaseNotFound");
        Assert.Equal("WgLeaseNotFound,WgDynamic.PowerShell.GetWgLeaseCommand", error.FullyQualifiedErrorId);
        Assert.Equal("nosuch", Run("Get-WgLease -Interface wg0 -Pool office, nosuch").FailedWith("WgPoolNotFound").TargetObject);
        // Of a pool that there is no lease has to be there.
        Assert.Empty(Run("Get-WgLease -Interface wg0 -Pool office -State Expired").Succeeded());
        Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
        Assert.Equal("10.99.0.77", $"{error.TargetObject}");
        Result both = Run("Get-WgLease -Interface wg0 -PublicKey xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=, $laptop");
        Assert.Equal(2, both.Output.Count);
        both.FailedWith("WgLeaseNotFound");
    }

    [Fact]
    [Covers("Get-WgLease", Aspect.Completion)]
    public void Tab_offers_keys_addresses_and_pools()
    {
        Assert.Contains(Session.Complete($"Get-WgLease -Interface wg0 -PublicKey {Site.Laptop[..6]}"), offer => offer.CompletionText.Trim('\'') == Site.Laptop);
        Assert.Contains(Session.Complete("Get-WgLease -Interface wg0 -IPAddress 10.66.0."), offer => offer.CompletionText.StartsWith("10.66.0.", StringComparison.Ordinal));
        Assert.Contains(Session.Complete("Get-WgLease -Interface wg0 -Pool off"), offer => offer.CompletionText == "office");
        Assert.Equal(["Active"], Session.Complete("Get-WgLease -State A").Select(offer => offer.CompletionText));
    }

    [Theory]
    [InlineData("Get-WgLease -Interface wg0 -PublicKey nonsense")]
    [InlineData("Get-WgLease -Interface wg0 -IPAddress 10.66.0.300")]
    [InlineData("Remove-WgLease -Interface wg0 -PublicKey short= -Confirm:$false")]
    public void What_cannot_be_a_key_or_an_address_is_said_so(string script)
    {
        ErrorRecord error = Run(script).FailedWith("WgInvalidArgument");
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
    }

    [Fact]
    public void Leases_go_through_CSV_and_JSON_and_come_back()
    {
        Assert.Equal(Run("Get-WgLease wg0 | Sort-Object IPAddress").Texts("IPAddress"), Run("Get-WgLease wg0 | Sort-Object IPAddress | ConvertTo-Csv | ConvertFrom-Csv").Texts("IPAddress"));
        Assert.Equal(Run("Get-WgLease wg0 | Sort-Object IPAddress").Texts("LeaseDuration"), Run("Get-WgLease wg0 | Sort-Object IPAddress | ConvertTo-Csv | ConvertFrom-Csv").Texts("LeaseDuration"));
        Assert.Equal(4, Run("Get-WgLease wg0 | ConvertTo-Json | ConvertFrom-Json | ForEach-Object { $_ } | Get-WgLease -Interface wg0 -State Active | Sort-Object IPAddress -Unique").Succeeded().Count);
    }

    [Fact]
    [Covers("Remove-WgLease", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName, Aspect.NotFound)]
    public async Task Remove_takes_the_lease_back_by_parameter_by_pipe_and_by_property()
    {
        string address = $"{Run("Get-WgLease wg0 -PublicKey $phone -State Active -AddressFamily IPv4").Single().Properties["IPAddress"].Value}";
        Run($"Remove-WgLease -Interface wg0 -IPAddress {address} -Reason 'a test' -Confirm:$false").Succeeded();
        Assert.DoesNotContain($" {address}/32", await Site.InHubAsync("wg", "show", "wg0", "allowed-ips"), StringComparison.Ordinal);
        Assert.Equal("Revoked", $"{Run($"Get-WgLease wg0 -IPAddress {address}").Single().Properties["State"].Value}");
        Assert.Contains("a test", Run("Get-WgEvent -Interface wg0 -EventType Revoked").Texts("Message")[^1], StringComparison.Ordinal);
        Run($"Remove-WgLease -Interface wg0 -IPAddress {address} -Confirm:$false").FailedWith("WgLeaseNotFound");

        Assert.Equal(["Revoked"], Run("Get-WgLease wg0 -PublicKey $phone -State Active -AddressFamily IPv6 | Remove-WgLease -Confirm:$false -PassThru").Texts("State"));
        Assert.Empty(Run("Get-WgLease wg0 -PublicKey $phone -State Active").Succeeded());
        BringBack();
        Assert.Equal(2, Run("[pscustomobject]@{ Interface = 'wg0'; PublicKey = $phone } | Remove-WgLease -Force -Confirm:$false -PassThru").Succeeded().Count);
        BringBack();
    }

    [Fact]
    [Covers("Remove-WgLease", Aspect.WhatIf, Aspect.Wildcard)]
    public void Remove_asks_before_it_takes_anything_back_and_never_takes_all_by_mistake()
    {
        string before = State();
        // Nobody is there to be asked: so nothing happens.
        Assert.NotEmpty(Run("Remove-WgLease -Interface wg0 -PublicKey $laptop").AllErrors);
        Assert.NotEmpty(Run("Remove-WgLease -Interface wg0 -Confirm:$false").AllErrors);
        Assert.Equal(before, State());
    }

    [Fact]
    [Covers("Update-WgLease", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void Update_renews_at_once()
    {
        long renewals = Renewals();
        Run("Update-WgLease -Interface wg1 -Wait -Timeout 20").Succeeded();
        Assert.True(Renewals() > renewals);
        renewals = Renewals();
        Run("Get-WgDynamicClient -Interface wg1 | Update-WgLease -Wait").Succeeded();
        Run("[pscustomobject]@{ InterfaceAlias = 'wg2' } | Update-WgLease -Wait").Succeeded();
        Assert.True(Renewals() >= renewals + 2);
        DateTime expiry = Run("Get-WgLease wg1").Succeeded().Select(lease => (DateTime)lease.Properties["LeaseExpiryTime"].Value).Min();
        Assert.InRange(expiry, DateTime.Now.AddSeconds(580), DateTime.Now.AddSeconds(601));
    }

    [Fact]
    [Covers("Wait-WgLease", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public async Task Wait_gives_the_lease_that_is_there_or_comes()
    {
        Assert.Contains(Site.Laptop, Run("Wait-WgLease -Interface wg0 -PublicKey $laptop -State Active -Timeout 20").Texts("PublicKey"));
        Assert.Contains(Site.Laptop, Run("[pscustomobject]@{ Interface = 'wg0'; PublicKey = $laptop } | Wait-WgLease -Timeout 20").Texts("PublicKey"));
        PSDataCollection<PSObject> output = [];
        using Session waiting = new();
        using System.Management.Automation.PowerShell shell = waiting.Start($"Wait-WgLease -Interface wg0 -PublicKey '{Site.Phone}' -State Revoked -Timeout 60", output, out IAsyncResult running);
        Run("Watch-WgEvent -Interface wg0 -IncludeCurrent -MaxEvents 1 | Out-Null; Remove-WgLease -Interface wg0 -PublicKey $phone -Force -Confirm:$false").Succeeded();
        await Task.Run(() => shell.EndInvoke(running), TestContext.Current.CancellationToken);
        Assert.Empty(shell.Streams.Error);
        Assert.Contains("Revoked", output.Select(lease => $"{lease.Properties["State"].Value}"));
        BringBack();
    }

    [Fact]
    [Covers("Wait-WgLease", Aspect.NotFound)]
    public void Wait_ends_with_an_error_when_nothing_comes_in_time()
    {
        ErrorRecord error = Run("Wait-WgLease -Interface wg0 -PublicKey xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= -Timeout 300ms").FailedWith("WgWaitTimeout");
        Assert.Equal("WgWaitTimeout,WgDynamic.PowerShell.WaitWgLeaseCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.OperationTimeout, error.CategoryInfo.Category);
    }

    // A revoked client asks anew when it starts; both of its addresses come with one answer.
    private void BringBack() => Run("""
        Restart-WgDynamicClient -Interface wg2
        Wait-WgLease -Interface wg0 -PublicKey $phone -Timeout 30 | Out-Null
        foreach ($try in 1..300) { if (@(Get-WgLease -Interface wg0 -PublicKey $phone -State Active).Count -ge 2) { break } Start-Sleep -Milliseconds 50 }
        """).Succeeded();

    private long Renewals() => Convert.ToInt64(Run("Get-WgDynamicServerStatistics -Interface wg0").Single().Properties["Renewals"].Value, System.Globalization.CultureInfo.InvariantCulture);
}
