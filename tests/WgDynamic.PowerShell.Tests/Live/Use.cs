namespace WgDynamic.PowerShell.Tests.Live;

/// <summary>How a cmdlet is called at a <see cref="Site"/>, for what is tested of all in the same way.</summary>
/// <param name="Cmdlet">The cmdlet.</param>
/// <param name="Interface">On which interface; null where it takes none.</param>
/// <param name="Arguments">What else it must be given.</param>
/// <param name="Before">What there must be first.</param>
/// <param name="After">What has to be put back.</param>
internal sealed record Use(string Cmdlet, string? Interface, string Arguments = "", string Before = "", string After = "")
{
    /// <summary>All that ask a daemon.</summary>
    public static IReadOnlyList<Use> OfDaemons { get; } =
    [
        new("Get-WgLease", "wg0"),
        new("Remove-WgLease", "wg0", "-PublicKey $laptop -Force"),
        new("Update-WgLease", "wg1"),
        new("Wait-WgLease", "wg0", "-PublicKey $laptop -Timeout 20"),
        new("Get-WgReservation", "wg0"),
        new("Add-WgReservation", "wg0", "-PublicKey $laptop -IPAddress $free"),
        new("Set-WgReservation", "wg0", "-IPAddress $free -Description other", AddReservation, RemoveReservation),
        new("Remove-WgReservation", "wg0", "-IPAddress $free", AddReservation, RemoveReservation),
        new("Get-WgPool", "wg0"),
        new("Add-WgPool", "wg0", "-Prefix 10.77.0.0/24"),
        new("Set-WgPool", "wg0", "-Prefix 10.77.0.0/24 -LeaseDuration 1h", AddPool, RemovePool),
        new("Enable-WgPool", "wg0", "-Prefix 10.77.0.0/24", AddPool + "; Disable-WgPool -Interface wg0 -Prefix 10.77.0.0/24", RemovePool),
        new("Disable-WgPool", "wg0", "-Prefix 10.77.0.0/24", AddPool, RemovePool),
        new("Remove-WgPool", "wg0", "-Prefix 10.77.0.0/24", AddPool, RemovePool),
        new("Get-WgPoolExclusion", "wg0"),
        new("Add-WgPoolExclusion", "wg0", "-Prefix $free2"),
        new("Remove-WgPoolExclusion", "wg0", "-Prefix $free2", AddExclusion, RemoveExclusion),
        new("Get-WgPoolStatistics", "wg0"),
        new("Get-WgDynamicClient", "wg1"),
        new("Start-WgDynamicClient", "wg1", "", "Stop-WgDynamicClient -Interface wg1", "Start-WgDynamicClient -Interface wg1 -Wait"),
        new("Stop-WgDynamicClient", "wg1"),
        new("Restart-WgDynamicClient", "wg1"),
        new("Test-WgDynamicClient", "wg1"),
        new("Get-WgDynamicServer", "wg0"),
        new("Start-WgDynamicServer", "wg0", "", "Stop-WgDynamicServer -Interface wg0", "Start-WgDynamicServer -Interface wg0"),
        new("Stop-WgDynamicServer", "wg0"),
        new("Restart-WgDynamicServer", "wg0"),
        new("Test-WgDynamicServer", "wg0"),
        new("Update-WgDynamicServer", "wg0"),
        new("Get-WgDynamicServerStatistics", "wg0"),
        new("Reset-WgDynamicServerStatistics", "wg0"),
        new("Backup-WgLeaseDatabase", "wg0", "-Path $site/backup.db"),
        new("Restore-WgLeaseDatabase", "wg0", "-Path $site/backup-to-restore.db -Force", "if (-not (Test-Path $site/backup-to-restore.db)) { Backup-WgLeaseDatabase -Interface wg0 -Path $site/backup-to-restore.db | Out-Null }"),
        new("Watch-WgEvent", "wg0", "-IncludeCurrent -MaxEvents 1"),
        new("Get-WgEvent", "wg0"),
    ];

    private const string AddReservation = "Add-WgReservation -Interface wg0 -PublicKey $laptop -IPAddress $free -Description mine";
    private const string RemoveReservation = "Get-WgReservation -Interface wg0 | Where-Object Origin -eq Runtime | Remove-WgReservation";
    private const string AddPool = "Add-WgPool -Interface wg0 -Prefix 10.77.0.0/24";
    private const string RemovePool = "Get-WgPool -Interface wg0 | Where-Object Origin -eq Runtime | Remove-WgPool";
    private const string AddExclusion = "Add-WgPoolExclusion -Interface wg0 -Prefix $free2";
    private const string RemoveExclusion = "Get-WgPoolExclusion -Interface wg0 | Where-Object Origin -eq Runtime | Remove-WgPoolExclusion";

    /// <summary>One of them.</summary>
    public static Use Of(string cmdlet) => OfDaemons.Single(use => use.Cmdlet == cmdlet);

    /// <summary>Their names, for a theory.</summary>
    public static TheoryData<string> Names(Func<Use, bool> which) => [.. OfDaemons.Where(which).Select(use => use.Cmdlet)];
}
