using System.Management.Automation;

namespace WgDynamic.PowerShell.Tests.Live;

/// <summary>Get-, Add-, Set- and Remove-WgReservation.</summary>
public sealed class ReservationCmdletTests(Site site) : SiteTests(site)
{
    private const string Stranger = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";

    /// <inheritdoc/>
    public override void Dispose()
    {
        Run("Get-WgReservation -Interface wg0 | Where-Object Origin -eq Runtime | Remove-WgReservation -Confirm:$false").Succeeded();
        base.Dispose();
    }

    [Fact]
    [Covers("Add-WgReservation", Aspect.Parameter)]
    [Covers("Get-WgReservation", Aspect.Parameter)]
    public void Add_keeps_an_address_for_a_peer_and_Get_shows_it()
    {
        Assert.Empty(Run($"Add-WgReservation -Interface wg0 -PublicKey {Stranger} -IPAddress $free -LeaseDuration 12h -Description 'the printer'").Succeeded());
        PSObject reservation = Run($"Get-WgReservation -Interface wg0 -PublicKey {Stranger}").Single();
        Assert.Equal(Site.Free[0], reservation.Properties["IPAddress"].Value);
        Assert.Equal(TimeSpan.FromHours(12), reservation.Properties["LeaseDuration"].Value);
        Assert.Equal("the printer", reservation.Properties["Description"].Value);
        Assert.Equal([Site.Free[0]], Run("Get-WgReservation wg0 -IPAddress $free").Texts("IPAddress"));
        Assert.Equal([Site.Free[1]], Run("Add-WgReservation wg0 -PublicKey $laptop -IPAddress $free2 -PassThru").Texts("IPAddress"));
    }

    [Fact]
    [Covers("Add-WgReservation", Aspect.Pipe, Aspect.PropertyName)]
    [Covers("Get-WgReservation", Aspect.Pipe, Aspect.PropertyName)]
    public void Add_takes_leases_and_lines_of_a_file()
    {
        Run("Get-WgLease wg0 -PublicKey $laptop -State Active | Add-WgReservation").Succeeded();
        Assert.Equal(Run("(Get-WgLease wg0 -PublicKey $laptop -State Active).IPAddress | Sort-Object").Succeeded().Select(item => $"{item}"), Run("(Get-WgReservation wg0 -PublicKey $laptop).IPAddress | Sort-Object").Succeeded().Select(item => $"{item}"));
        Assert.All(Run("Get-WgLease wg0 -PublicKey $laptop -State Active").Texts("Reserved"), reserved => Assert.Equal("True", reserved));
        Run($"'Interface,PublicKey,IPAddress,Description', 'wg0,{Stranger},{Site.Free[0]},from a file' | ConvertFrom-Csv | Add-WgReservation").Succeeded();
        Assert.Equal(["from a file"], Run($"[pscustomobject]@{{ Interface = 'wg0'; PublicKey = '{Stranger}' }} | Get-WgReservation").Texts("Description"));
        Assert.Equal([Site.Free[0]], Run($"Get-WgReservation wg0 -PublicKey {Stranger} | Get-WgReservation").Texts("IPAddress"));
    }

    [Fact]
    [Covers("Set-WgReservation", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void Set_changes_what_it_is_given_and_leaves_the_rest()
    {
        Run($"Add-WgReservation wg0 -PublicKey {Stranger} -IPAddress $free -LeaseDuration 12h -Description first").Succeeded();
        Run("Set-WgReservation -Interface wg0 -IPAddress $free -Description second").Succeeded();
        PSObject reservation = Run("Get-WgReservation wg0 -IPAddress $free").Single();
        Assert.Equal("second", reservation.Properties["Description"].Value);
        Assert.Equal(TimeSpan.FromHours(12), reservation.Properties["LeaseDuration"].Value);
        Assert.Equal(["third"], Run("Get-WgReservation wg0 -IPAddress $free | Set-WgReservation -Description third -PassThru").Texts("Description"));
        Run("[pscustomobject]@{ Interface = 'wg0'; IPAddress = $free; Description = 'fourth'; LeaseDuration = '30m' } | Set-WgReservation").Succeeded();
        reservation = Run("Get-WgReservation wg0 -IPAddress $free").Single();
        Assert.Equal("fourth", reservation.Properties["Description"].Value);
        Assert.Equal(TimeSpan.FromMinutes(30), reservation.Properties["LeaseDuration"].Value);
        Assert.Equal(Stranger, reservation.Properties["PublicKey"].Value);
    }

    [Fact]
    [Covers("Remove-WgReservation", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void Remove_ends_it()
    {
        string add = $"Add-WgReservation wg0 -PublicKey {Stranger} -IPAddress $free; ";
        foreach (string removal in new[] { "Remove-WgReservation -Interface wg0 -IPAddress $free", $"Remove-WgReservation wg0 -PublicKey {Stranger}", "Get-WgReservation wg0 -IPAddress $free | Remove-WgReservation", "[pscustomobject]@{ Interface = 'wg0'; IPAddress = $free } | Remove-WgReservation" })
        {
            Run(add + removal + " -Confirm:$false").Succeeded();
            Assert.Empty(Run("Get-WgReservation wg0").Succeeded());
        }
    }

    [Fact]
    [Covers("Get-WgReservation", Aspect.NotFound)]
    [Covers("Set-WgReservation", Aspect.NotFound)]
    [Covers("Remove-WgReservation", Aspect.NotFound)]
    public void What_is_not_reserved_is_not_found()
    {
        Assert.Equal("WgReservationNotFound,WgDynamic.PowerShell.GetWgReservationCommand", Run("Get-WgReservation wg0 -IPAddress $free").FailedWith("WgReservationNotFound").FullyQualifiedErrorId);
        Assert.Equal("WgReservationNotFound,WgDynamic.PowerShell.SetWgReservationCommand", Run("Set-WgReservation wg0 -IPAddress $free -Description x").FailedWith("WgReservationNotFound").FullyQualifiedErrorId);
        Assert.Equal("WgReservationNotFound,WgDynamic.PowerShell.RemoveWgReservationCommand", Run("Remove-WgReservation wg0 -IPAddress $free -Confirm:$false").FailedWith("WgReservationNotFound").FullyQualifiedErrorId);
    }

    [Fact]
    [Covers("Add-WgReservation", Aspect.NotFound)]
    public void What_cannot_be_reserved_is_said_with_the_reason()
    {
        Run($"Add-WgReservation wg0 -PublicKey {Stranger} -IPAddress $free").Succeeded();
        Assert.Equal(ErrorCategory.ResourceExists, Run("Add-WgReservation wg0 -PublicKey $phone -IPAddress $free").FailedWith("WgReservationExists").CategoryInfo.Category);
        Assert.Equal("10.66.0.1", $"{Run("Add-WgReservation wg0 -PublicKey $phone -IPAddress 10.66.0.1").FailedWith("WgAddressNotInPool").TargetObject}");
        // The other rows are reserved all the same.
        Result rows = Run($"@([pscustomobject]@{{ IPAddress = '10.66.0.1' }}, [pscustomobject]@{{ IPAddress = $free2 }}) | Add-WgReservation -Interface wg0 -PublicKey $phone -PassThru");
        rows.FailedWith("WgAddressNotInPool");
        Assert.Equal(Site.Free[1], Assert.Single(rows.Output).Properties["IPAddress"].Value);
    }

    [Fact]
    [Covers("Get-WgReservation", Aspect.Wildcard)]
    [Covers("Remove-WgReservation", Aspect.Completion)]
    public void Wildcards_and_Tab_find_reservations()
    {
        Run($"Add-WgReservation wg0 -PublicKey {Stranger} -IPAddress $free").Succeeded();
        Assert.Equal([Site.Free[0]], Run("Get-WgReservation -Interface wg*").Texts("IPAddress"));
        Assert.Contains(Site.Free[0], Session.Complete("Remove-WgReservation -Interface wg0 -IPAddress 10.66.0.").Select(offer => offer.CompletionText));
    }
}
