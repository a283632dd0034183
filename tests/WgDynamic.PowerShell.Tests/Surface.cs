namespace WgDynamic.PowerShell.Tests;

/// <summary>What the module promises, as one table that tests hold it to.</summary>
internal static class Surface
{
    /// <summary>
    /// Each cmdlet with the parameters of its own that there must be. Those that all share are <see cref="Shared"/>;
    /// there may be more.
    /// </summary>
    public static IReadOnlyDictionary<string, string[]> Cmdlets { get; } = new Dictionary<string, string[]>
    {
        ["Get-WgLease"] = ["PublicKey[]", "IPAddress[]", "AddressFamily", "State[]", "Pool[]", "Role"],
        ["Remove-WgLease"] = ["PublicKey", "IPAddress[]", "Reason", "Force"],
        ["Update-WgLease"] = ["Wait", "Timeout"],
        ["Wait-WgLease"] = ["State", "PublicKey", "Timeout"],
        ["Get-WgReservation"] = ["PublicKey", "IPAddress"],
        ["Add-WgReservation"] = ["PublicKey", "IPAddress", "LeaseDuration", "Description", "PassThru"],
        ["Set-WgReservation"] = ["PublicKey", "IPAddress", "LeaseDuration", "Description", "PassThru"],
        ["Remove-WgReservation"] = ["PublicKey", "IPAddress", "PassThru"],
        ["Get-WgPool"] = ["Prefix"],
        ["Add-WgPool"] = ["Prefix", "StartAddress", "EndAddress", "LeaseDuration", "PassThru"],
        ["Set-WgPool"] = ["Prefix", "LeaseDuration", "PassThru"],
        ["Enable-WgPool"] = ["Prefix", "PassThru"],
        ["Disable-WgPool"] = ["Prefix", "PassThru"],
        ["Remove-WgPool"] = ["Prefix", "PassThru"],
        ["Get-WgPoolExclusion"] = ["Prefix"],
        ["Add-WgPoolExclusion"] = ["Prefix", "StartAddress", "EndAddress", "PassThru"],
        ["Remove-WgPoolExclusion"] = ["Prefix", "StartAddress", "EndAddress", "PassThru"],
        ["Get-WgPoolStatistics"] = ["Prefix[]"],
        ["Get-WgDynamicClient"] = [],
        ["Start-WgDynamicClient"] = ["RequestAddress[]", "Service", "Wait", "Timeout", "PassThru"],
        ["Stop-WgDynamicClient"] = ["Release", "PassThru"],
        ["Restart-WgDynamicClient"] = ["PassThru"],
        ["Test-WgDynamicClient"] = ["Detailed"],
        ["Get-WgDynamicServer"] = [],
        ["Start-WgDynamicServer"] = ["PassThru"],
        ["Stop-WgDynamicServer"] = ["PassThru"],
        ["Restart-WgDynamicServer"] = ["PassThru"],
        ["Test-WgDynamicServer"] = ["Detailed"],
        ["Update-WgDynamicServer"] = ["PassThru"],
        ["Get-WgDynamicServerStatistics"] = [],
        ["Reset-WgDynamicServerStatistics"] = ["PassThru"],
        ["Backup-WgLeaseDatabase"] = ["Path", "Force"],
        ["Restore-WgLeaseDatabase"] = ["Path", "Force"],
        ["Watch-WgEvent"] = ["EventType[]", "PublicKey[]", "MaxEvents", "Timeout", "IncludeCurrent"],
        ["Get-WgEvent"] = ["EventType[]", "PublicKey[]", "After", "Newest"],
        ["Get-WgQuickHook"] = ["ConfigurationDirectory"],
        ["Register-WgQuickHook"] = ["Force"],
        ["Unregister-WgQuickHook"] = ["Force"],
        ["Test-WgQuickHook"] = [],
        ["Test-WgDynamicConfiguration"] = ["Path", "LiteralPath", "Detailed"],
        ["Get-WgDynamicConfiguration"] = ["Path"],
        ["New-WgDynamicConfiguration"] = ["Path", "Force"],
    };

    /// <summary>What all have that ask a daemon.</summary>
    public static string[] Shared { get; } = ["Interface", "ControlSocket", "ConnectTimeout"];

    /// <summary>Those that ask no daemon, and so have none of <see cref="Shared"/> but perhaps Interface.</summary>
    public static string[] WithoutDaemon { get; } =
    [
        "Get-WgQuickHook", "Register-WgQuickHook", "Unregister-WgQuickHook", "Test-WgQuickHook",
        "Test-WgDynamicConfiguration", "Get-WgDynamicConfiguration", "New-WgDynamicConfiguration",
    ];

    /// <summary>Those that wait for nobody, and so have nothing to be stopped in: they read or write a file.</summary>
    public static string[] Immediate { get; } = ["Get-WgDynamicConfiguration", "New-WgDynamicConfiguration"];

    /// <summary>What of a verb changes nothing, so that there is no -WhatIf.</summary>
    public static string[] ReadingVerbs { get; } = ["Get", "Test", "Wait", "Watch"];
}
