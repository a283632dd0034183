using System.Management.Automation;
using System.Numerics;

namespace WgDynamic.PowerShell.Tests.Live;

/// <summary>The cmdlets of pools, of what is excluded from them, and of how full they are.</summary>
public sealed class PoolCmdletTests(Site site) : SiteTests(site)
{
    private const string Add = "Add-WgPool -Interface wg0 -Prefix 10.77.0.0/24; ";

    /// <inheritdoc/>
    public override void Dispose()
    {
        Run("""
            Get-WgPool -Interface wg0 | Where-Object Origin -eq Runtime | Remove-WgPool -Confirm:$false
            Get-WgPoolExclusion -Interface wg0 | Where-Object Origin -eq Runtime | Remove-WgPoolExclusion -Confirm:$false
            """).Succeeded();
        base.Dispose();
    }

    [Fact]
    [Covers("Get-WgPool", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName, Aspect.Wildcard)]
    public void Get_gives_pools_by_interface_and_prefix()
    {
        Assert.Equal(["10.66.0.0/24", "fd66::/64"], Run("(Get-WgPool -Interface wg0).Prefix | Sort-Object").Succeeded().Select(item => $"{item}"));
        PSObject pool = Run("Get-WgPool wg0 -Prefix 10.66.0.0/24").Single();
        Assert.Equal("office", pool.Properties["Name"].Value);
        Assert.Equal("File", $"{pool.Properties["Origin"].Value}");
        Assert.Equal(true, pool.Properties["Enabled"].Value);
        Assert.Equal(TimeSpan.FromSeconds(600), pool.Properties["LeaseDuration"].Value);
        Assert.Equal("10.66.0.0", pool.Properties["StartAddress"].Value);
        Assert.Equal("10.66.0.255", pool.Properties["EndAddress"].Value);
        Assert.Equal(2, Run("Get-WgDynamicServer wg0 | Get-WgPool").Succeeded().Count);
        Assert.Equal(["fd66::/64"], Run("[pscustomobject]@{ Interface = 'wg0'; Prefix = 'fd66::/64' } | Get-WgPool").Texts("Prefix"));
        Assert.Equal(2, Run("Get-WgPool -Interface w*").Succeeded().Count);
        Assert.Equal(["10.66.0.0/24"], Run("Get-WgPool wg0 -Prefix 10.*").Texts("Prefix"));
    }

    [Fact]
    [Covers("Add-WgPool", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void Add_makes_one_by_prefix_by_range_or_out_of_a_file()
    {
        Assert.Empty(Run("Add-WgPool -Interface wg0 -Prefix 10.77.0.0/24 -LeaseDuration 2h").Succeeded());
        Assert.Equal(TimeSpan.FromHours(2), Run("Get-WgPool wg0 -Prefix 10.77.0.0/24").Single().Properties["LeaseDuration"].Value);
        Assert.Equal(["10.78.0.10"], Run("Add-WgPool wg0 -StartAddress 10.78.0.10 -EndAddress 10.78.0.99 -PassThru").Texts("StartAddress"));
        Run("'Interface,Prefix,LeaseDuration', 'wg0,10.79.0.0/24,30m' | ConvertFrom-Csv | Add-WgPool").Succeeded();
        Assert.Equal(TimeSpan.FromMinutes(30), Run("Get-WgPool wg0 -Prefix 10.79.0.0/24").Single().Properties["LeaseDuration"].Value);
        Assert.Equal(3, Run("Get-WgPool wg0 | Where-Object Origin -eq Runtime").Succeeded().Count);
    }

    [Fact]
    [Covers("Set-WgPool", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void Set_changes_its_lease_time()
    {
        Run(Add + "Set-WgPool -Interface wg0 -Prefix 10.77.0.0/24 -LeaseDuration 90s").Succeeded();
        Assert.Equal(TimeSpan.FromSeconds(90), Run("Get-WgPool wg0 -Prefix 10.77.0.0/24").Single().Properties["LeaseDuration"].Value);
        Assert.Equal(["00:02:00"], Run("Get-WgPool wg0 -Prefix 10.77.0.0/24 | Set-WgPool -LeaseDuration 2m -PassThru").Texts("LeaseDuration"));
        Run("[pscustomobject]@{ Interface = 'wg0'; Prefix = '10.77.0.0/24'; LeaseDuration = '3m' } | Set-WgPool").Succeeded();
        Assert.Equal(TimeSpan.FromMinutes(3), Run("Get-WgPool wg0 -Prefix 10.77.0.0/24").Single().Properties["LeaseDuration"].Value);
    }

    [Fact]
    [Covers("Disable-WgPool", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    [Covers("Enable-WgPool", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void A_pool_can_be_disabled_and_enabled_also_one_of_the_file()
    {
        string[] ways = ["-WgPool -Interface wg0 -Prefix 10.66.0.0/24", "[pscustomobject]@{ Interface = 'wg0'; Prefix = '10.66.0.0/24' } | -WgPool", "Get-WgPool wg0 -Prefix 10.66.0.0/24 | -WgPool"];
        Assert.All(ways, way =>
        {
            Run(way.Replace(" -WgPool", " Disable-WgPool", StringComparison.Ordinal).Replace("-WgPool -I", "Disable-WgPool -I", StringComparison.Ordinal)).Succeeded();
            Assert.Equal(["False"], Run("Get-WgPool wg0 -Prefix 10.66.0.0/24").Texts("Enabled"));
            Assert.Equal(["True"], Run(way.Replace(" -WgPool", " Enable-WgPool", StringComparison.Ordinal).Replace("-WgPool -I", "Enable-WgPool -I", StringComparison.Ordinal) + " -PassThru").Texts("Enabled"));
        });
    }

    [Fact]
    [Covers("Remove-WgPool", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void Remove_ends_it()
    {
        foreach (string removal in new[] { "Remove-WgPool -Interface wg0 -Prefix 10.77.0.0/24", "Get-WgPool wg0 -Prefix 10.77.0.0/24 | Remove-WgPool", "[pscustomobject]@{ Interface = 'wg0'; Prefix = '10.77.0.0/24' } | Remove-WgPool" })
        {
            Run(Add + removal + " -Confirm:$false").Succeeded();
            Assert.Empty(Run("Get-WgPool wg0 | Where-Object Origin -eq Runtime").Succeeded());
        }
    }

    [Theory]
    [InlineData("Get-WgPool wg0 -Prefix 10.1.0.0/16", "WgPoolNotFound")]
    [InlineData("Set-WgPool wg0 -Prefix 10.1.0.0/16 -LeaseDuration 1h", "WgPoolNotFound")]
    [InlineData("Enable-WgPool wg0 -Prefix 10.1.0.0/16", "WgPoolNotFound")]
    [InlineData("Disable-WgPool wg0 -Prefix 10.1.0.0/16", "WgPoolNotFound")]
    [InlineData("Remove-WgPool wg0 -Prefix 10.1.0.0/16 -Confirm:$false", "WgPoolNotFound")]
    [InlineData("Get-WgPoolStatistics wg0 -Prefix 10.1.0.0/16", "WgPoolNotFound")]
    [InlineData("Remove-WgPool wg0 -Prefix 10.66.0.0/24 -Confirm:$false", "WgReadOnly")]
    [InlineData("Add-WgPool wg0 -Prefix 10.66.0.0/25", "WgPoolExists")]
    [InlineData("Add-WgPool wg0 -Prefix 10.77.0.0/33", "WgInvalidArgument")]
    [InlineData("Add-WgPool wg0 -StartAddress 10.77.0.9 -EndAddress 10.77.0.1", "WgInvalidArgument")]
    [InlineData("Get-WgPoolExclusion wg0 -Prefix 10.1.0.0/16", "WgPoolExclusionNotFound")]
    [InlineData("Remove-WgPoolExclusion wg0 -Prefix 10.1.0.0/16 -Confirm:$false", "WgPoolExclusionNotFound")]
    [Covers("Get-WgPool", Aspect.NotFound)]
    [Covers("Set-WgPool", Aspect.NotFound)]
    [Covers("Enable-WgPool", Aspect.NotFound)]
    [Covers("Disable-WgPool", Aspect.NotFound)]
    [Covers("Remove-WgPool", Aspect.NotFound)]
    [Covers("Get-WgPoolStatistics", Aspect.NotFound)]
    [Covers("Get-WgPoolExclusion", Aspect.NotFound)]
    [Covers("Remove-WgPoolExclusion", Aspect.NotFound)]
    public void What_is_not_there_or_not_to_be_changed_here_is_an_error_with_a_pinned_identifier(string script, string identifier) =>
        Assert.Equal($"{identifier},WgDynamic.PowerShell.{script.Split(' ')[0].Replace("-", "", StringComparison.Ordinal)}Command", Run(script).FailedWith(identifier).FullyQualifiedErrorId);

    [Fact]
    [Covers("Add-WgPoolExclusion", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    [Covers("Get-WgPoolExclusion", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName, Aspect.Wildcard)]
    [Covers("Remove-WgPoolExclusion", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void Addresses_can_be_kept_out_of_a_pool_and_let_in_again()
    {
        BigInteger free = Free();
        Run("Add-WgPoolExclusion -Interface wg0 -StartAddress 10.66.0.240 -EndAddress 10.66.0.247").Succeeded();
        Assert.Contains("10.66.0.240", Run("Get-WgPoolExclusion -Interface w* | Where-Object Origin -eq Runtime").Texts("StartAddress"));
        Assert.Contains("10.66.0.240", Run("Get-WgPool wg0 -Prefix 10.66.0.0/24 | Get-WgPoolExclusion").Texts("StartAddress"));
        Assert.Contains("10.66.0.1/32", Run("Get-WgPoolExclusion wg0 | Where-Object Origin -eq Device").Texts("Prefix"));
        Run("[pscustomobject]@{ InterfaceName = 'wg0'; Prefix = $free } | Add-WgPoolExclusion").Succeeded();
        Assert.InRange(Free(), free - 9, free - 7);
        Run("[pscustomobject]@{ Interface = 'wg0'; Prefix = \"$free/32\" } | Get-WgPoolExclusion | Remove-WgPoolExclusion -Confirm:$false").Succeeded();
        Run("Remove-WgPoolExclusion -Interface wg0 -StartAddress 10.66.0.240 -EndAddress 10.66.0.247 -Confirm:$false").Succeeded();
        Assert.Empty(Run("Get-WgPoolExclusion wg0 | Where-Object Origin -eq Runtime").Succeeded());
        Assert.Equal(free, Free());
        Assert.NotEmpty(Run("Get-WgPoolExclusion wg0 | Get-WgPoolExclusion").Succeeded());
    }

    [Fact]
    [Covers("Get-WgPoolStatistics", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName, Aspect.Wildcard)]
    public void Statistics_count_what_is_free_also_where_that_is_more_than_a_long_can_hold()
    {
        PSObject statistics = Run("Get-WgPoolStatistics -Interface wg0 -Prefix 10.66.0.0/24").Single();
        Assert.Equal(new BigInteger(2), ToBig(statistics, "AddressesInUse"));
        // Without network, broadcast and the hub's own.
        Assert.Equal(new BigInteger(251), ToBig(statistics, "AddressesFree") + ToBig(statistics, "ReservedAddresses"));
        Assert.InRange(Convert.ToDouble(statistics.Properties["PercentageInUse"].Value, System.Globalization.CultureInfo.InvariantCulture), 0.78, 0.8);
        Assert.True(ToBig(Run("Get-WgPoolStatistics wg0 -Prefix fd66::/64").Single(), "AddressesFree") > long.MaxValue);
        Assert.Equal(2, Run("Get-WgPool wg0 | Get-WgPoolStatistics").Succeeded().Count);
        Run("[pscustomobject]@{ Interface = 'wg0'; Prefix = 'fd66::/64' } | Get-WgPoolStatistics").Single();
        Assert.Equal(2, Run("Get-WgPoolStatistics -Interface w*").Succeeded().Count);
    }

    [Fact]
    [Covers("Set-WgPool", Aspect.Completion)]
    public void Tab_offers_prefixes()
    {
        foreach (string cmdlet in new[] { "Get-WgPool", "Set-WgPool", "Enable-WgPool", "Disable-WgPool", "Get-WgPoolStatistics" })
            Assert.Contains("10.66.0.0/24", Session.Complete($"{cmdlet} -Interface wg0 -Prefix 10.").Select(offer => offer.CompletionText));
    }

    private BigInteger Free() => ToBig(Run("Get-WgPoolStatistics -Interface wg0 -Prefix 10.66.0.0/24").Single(), "AddressesFree");

    private static BigInteger ToBig(PSObject item, string property) => LanguagePrimitives.ConvertTo<BigInteger>(item.Properties[property].Value);
}
