namespace WgDynamic.PowerShell.Tests.Live;

/// <summary>Backup- and Restore-WgLeaseDatabase.</summary>
public sealed class DatabaseCmdletTests(Site site) : SiteTests(site)
{
    [Fact]
    [Covers("Backup-WgLeaseDatabase", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void Backup_writes_a_file_that_nobody_else_can_read_and_gives_it()
    {
        FileInfo file = (FileInfo)Run("Backup-WgLeaseDatabase -Interface wg0 -Path $site/a.db").Single().BaseObject;
        Assert.Equal(Path.Combine(Site.Directory, "a.db"), file.FullName);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.FullName));
        Assert.StartsWith("SQLite format 3", System.Text.Encoding.ASCII.GetString(File.ReadAllBytes(file.FullName), 0, 15), StringComparison.Ordinal);
        Run("Get-WgDynamicServer wg0 | Backup-WgLeaseDatabase -Path $site/b.db").Single();
        Run("[pscustomobject]@{ InterfaceName = 'wg0' } | Backup-WgLeaseDatabase -Path $site/c.db").Single();
        Assert.NotEmpty(Run("Backup-WgLeaseDatabase wg0 -Path $site/a.db").AllErrors);
        Run("Backup-WgLeaseDatabase wg0 -Path $site/a.db -Force").Single();
        // PowerShell's own directory, not the process's.
        Assert.Equal(Path.Combine(Site.Directory, "d.db"), ((FileInfo)Run("Set-Location $site; Backup-WgLeaseDatabase wg0 -Path d.db").Single().BaseObject).FullName);
    }

    [Fact]
    [Covers("Restore-WgLeaseDatabase", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public void Restore_gives_back_what_was_there()
    {
        Run("Add-WgReservation wg0 -PublicKey $laptop -IPAddress $free; Backup-WgLeaseDatabase wg0 -Path $site/r.db -Force | Out-Null; Remove-WgReservation wg0 -IPAddress $free -Confirm:$false").Succeeded();
        Run("Restore-WgLeaseDatabase -Interface wg0 -Path $site/r.db -Force -Confirm:$false").Succeeded();
        Assert.Equal([Site.Free[0]], Run("Get-WgReservation wg0 -IPAddress $free; Remove-WgReservation wg0 -IPAddress $free -Confirm:$false").Texts("IPAddress"));
        Run("Get-Item $site/r.db | ForEach-Object { [pscustomobject]@{ Interface = 'wg0'; Path = $_.FullName } } | Restore-WgLeaseDatabase -Force -Confirm:$false").Succeeded();
        Assert.Equal(4, Run("Get-WgLease wg0 -State Active").Succeeded().Count);
        Run("Remove-WgReservation wg0 -IPAddress $free -Confirm:$false; Get-WgDynamicServer wg0 | Backup-WgLeaseDatabase -Path $site/r.db -Force | Out-Null; Get-WgDynamicServer wg0 | Restore-WgLeaseDatabase -Path $site/r.db -Force -Confirm:$false").Succeeded();
    }

    [Fact]
    [Covers("Restore-WgLeaseDatabase", Aspect.NotFound)]
    public void Restore_takes_no_file_that_is_no_database_and_none_that_is_not_there()
    {
        string before = State();
        File.WriteAllText(Path.Combine(Site.Directory, "no.db"), "this is no database");
        Assert.Single(Run("Restore-WgLeaseDatabase wg0 -Path $site/no.db -Force -Confirm:$false").AllErrors);
        Assert.Single(Run("Restore-WgLeaseDatabase wg0 -Path $site/none.db -Force -Confirm:$false").AllErrors);
        File.Delete(Path.Combine(Site.Directory, "no.db"));
        Assert.Equal(before, State());
    }
}
