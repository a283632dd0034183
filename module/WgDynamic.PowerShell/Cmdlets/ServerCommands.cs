using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Gets the servers that run.</summary>
/// <remarks>Gives an object for each server whose control socket is there, with its process, its files and what troubles it.</remarks>
/// <example>
/// <code>Get-WgDynamicServer | Format-List</code>
/// Everything about them.
/// </example>
/// <example>
/// <code>Get-WgDynamicServer | Where-Object State -ne Running</code>
/// Those that have trouble with their store, their device or the clock.
/// </example>
[Cmdlet(VerbsCommon.Get, "WgDynamicServer")]
[OutputType(typeof(WgDynamicServer))]
public sealed class GetWgDynamicServerCommand : WgGetCmdlet
{
    internal override DaemonRole? Daemon => DaemonRole.Server;

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachDaemon(Interface, socket =>
    {
        foreach (ServerStatusAnswer answer in Ask<ServerStatusAnswer>(socket, new StatusRequest()))
            WriteObject(new WgDynamicServer(answer));
    });
}

/// <summary>Has a server read its configuration file anew.</summary>
/// <remarks>
/// A file with errors changes nothing: the error WgConfigurationInvalid names each of them. Warnings are shown as warnings.
/// </remarks>
/// <example>
/// <code>Test-WgDynamicConfiguration -Interface wg0 -Detailed; Update-WgDynamicServer -Interface wg0</code>
/// Checks the file, and reads it.
/// </example>
[Cmdlet(VerbsData.Update, "WgDynamicServer", SupportsShouldProcess = true)]
[OutputType(typeof(WgDynamicServer))]
public sealed class UpdateWgDynamicServerCommand : WgPassThruCmdlet
{
    private readonly List<ProblemAnswer> _errors = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachDaemon(Interface, socket =>
    {
        if (!ShouldChange($"{socket.Interface}", "Read the configuration anew"))
            return;
        _errors.Clear();
        try
        {
            foreach (ServerStatusAnswer answer in Ask<ServerStatusAnswer>(socket, new ReloadRequest()))
                Give(new WgDynamicServer(answer));
        }
        catch (ControlException error) when (error.Code == ControlError.ConfigurationInvalid && _errors.Count > 0)
        {
            throw new WgDynamicException(
                "WgConfigurationInvalid", ErrorCategory.InvalidData, string.Join('\n', _errors.Select(Text).Append(error.Message)), _errors[0].Remedy ?? error.Remedy ?? "Correct these lines.", _errors[0].File, error);
        }
    });

    internal override void OnOther(ControlAnswer answer)
    {
        if (answer is not ProblemAnswer problem)
            return;
        if (problem.Severity == ProblemSeverity.Error)
            _errors.Add(problem);
        else
            WriteWarning(problem.Remedy is null ? Text(problem) : $"{Text(problem)}; {problem.Remedy}");
    }

    private static string Text(ProblemAnswer problem) => $"{problem.File}{(problem.Line > 0 ? $":{problem.Line}" : "")}: {problem.Message}";
}

/// <summary>Gets what servers have counted.</summary>
/// <remarks>Counts since the start of the server or the last Reset-WgDynamicServerStatistics: requests, grants, renewals, refusals by reason, and what was malformed or mended.</remarks>
/// <example>
/// <code>Get-WgDynamicServerStatistics -Interface wg0 | Format-List</code>
/// All counters.
/// </example>
/// <example>
/// <code>(Get-WgDynamicServerStatistics -Interface wg0).RefusalsByReason</code>
/// Why were requests refused?
/// </example>
[Cmdlet(VerbsCommon.Get, "WgDynamicServerStatistics")]
[OutputType(typeof(WgDynamicServerStatistics))]
public sealed class GetWgDynamicServerStatisticsCommand : WgGetCmdlet
{
    internal override DaemonRole? Daemon => DaemonRole.Server;

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachDaemon(Interface, socket =>
    {
        foreach (StatisticsAnswer answer in Ask<StatisticsAnswer>(socket, new StatisticsRequest()))
            WriteObject(new WgDynamicServerStatistics(answer));
    });
}

/// <summary>Has a server count from zero again.</summary>
/// <remarks>With -PassThru, gives the counters as they were. Metrics for Prometheus are not reset.</remarks>
/// <example>
/// <code>Reset-WgDynamicServerStatistics -Interface wg0 -PassThru</code>
/// Shows the counters a last time.
/// </example>
[Cmdlet(VerbsCommon.Reset, "WgDynamicServerStatistics", SupportsShouldProcess = true)]
[OutputType(typeof(WgDynamicServerStatistics))]
public sealed class ResetWgDynamicServerStatisticsCommand : WgChangeCmdlet
{
    /// <summary>Gives the counters as they were. Without it nothing is given.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachDaemon(Interface, socket =>
    {
        if (!ShouldChange($"{socket.Interface}", "Count from zero again"))
            return;
        foreach (StatisticsAnswer answer in Ask<StatisticsAnswer>(socket, new ResetStatisticsRequest()))
        {
            if (PassThru)
                WriteObject(new WgDynamicServerStatistics(answer));
        }
    });
}
