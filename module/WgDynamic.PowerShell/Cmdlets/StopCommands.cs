using System.Diagnostics;
using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>A cmdlet that ends daemons.</summary>
public abstract class WgStopCmdlet : WgPassThruCmdlet
{
    // A client may have nftables and resolvectl to wait for.
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(2);

    internal abstract object StatusOf(ControlAnswer status);

    internal virtual bool? Releases => null;

    internal virtual string Verb => "Stop";

    internal virtual void AfterStop(ControlSocket socket, string? unit, string? program, string[]? arguments)
    {
    }

    // The object as it is given with -PassThru: as it was, or, started again, as it is.
    internal virtual object? Result(ControlSocket socket, ControlAnswer before) => StatusOf(before);

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachDaemon(Interface, socket =>
    {
        DaemonRole role = socket.Role;
        string name = $"{socket.Interface}", unit = ServiceManager.UnitOf(Daemons.ProgramOf(role), name);
        ControlAnswer status = Ask<ControlAnswer>(socket, new StatusRequest()).First();
        int processId = status switch { ServerStatusAnswer server => server.ProcessId, ClientStatusAnswer client => client.ProcessId, _ => 0 };
        bool isService = ControlSocket is null && ServiceManager.IsActive(this, unit);
        if (!ShouldChange(name, $"{Verb} the {Daemons.NameOf(role)}{(isService ? $", the service {unit}" : "")}"))
            return;

        using Process? process = Daemons.ProcessOf(processId, role);
        string[]? arguments = process is null ? null : Daemons.ArgumentsOf(processId);
        // Where it was started from, in case it is nowhere else.
        string? program = process?.MainModule?.FileName.Replace(" (deleted)", "", StringComparison.Ordinal);
        During($"{(Verb == "Stop" ? "Stopping" : "Restarting")} the {Daemons.NameOf(role)} of {name}", () => Carry(socket, isService ? unit : null, process, program, arguments));
        if (PassThru && Result(socket, status) is { } given)
            WriteObject(given);
    });

    private void Carry(ControlSocket socket, string? unit, Process? process, string? program, string[]? arguments)
    {
        string name = $"{socket.Interface}";
        if (unit is not null && Releases is null)
        {
            ProgramResult result = ServiceManager.Control(this, "stop", unit);
            if (result.ExitCode != 0)
                throw new WgDynamicException("WgServiceStopFailed", ErrorCategory.CloseError, result.Errors, "Run PowerShell as root.", name);
        }
        else
        {
            foreach (ControlAnswer _ in Ask<ControlAnswer>(socket, new StopRequest { Release = Releases }))
            {
            }
        }

        WaitForEnd(socket, process, name);
        AfterStop(socket, unit, program, arguments);
    }

    private void WaitForEnd(ControlSocket socket, Process? process, string name)
    {
        using CancellationTokenSource late = new(_longest, Clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, Cancellation);
        try
        {
            _ = AwaitHere(Daemons.WaitForEndAsync(process, socket.Path, Clock, either.Token));
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            throw new WgDynamicException("WgWaitTimeout", ErrorCategory.OperationTimeout, $"the daemon of {name} was told to end and still runs after {_longest.TotalMinutes} minutes", "Its log says what it waits for.", name);
        }
    }
}

/// <summary>Ends a client.</summary>
/// <remarks>
/// The client takes its addresses and what the server has pushed off the interface, and ends; so does its service. With -Release it gives the
/// addresses back first, so that the server can lease them to others; without it, as the client was started: usually the lease runs out by itself,
/// and the same machine gets the same addresses again. Returns when it has ended.
/// </remarks>
/// <example>
/// <code>Stop-WgDynamicClient -Interface wg0 -Release</code>
/// Gives the addresses back, and ends.
/// </example>
/// <example>
/// <code>Get-WgDynamicClient | Stop-WgDynamicClient</code>
/// Ends all clients of this machine.
/// </example>
[Cmdlet(VerbsLifecycle.Stop, "WgDynamicClient", SupportsShouldProcess = true)]
[OutputType(typeof(WgDynamicClient))]
public sealed class StopWgDynamicClientCommand : WgStopCmdlet
{
    /// <summary>Gives the addresses back first; -Release:$false keeps them. Without it: as the client was started.</summary>
    [Parameter]
    public SwitchParameter Release { get; set; }

    internal override DaemonRole? Daemon => DaemonRole.Client;

    internal override bool? Releases => IsBound(nameof(Release)) ? Release : null;

    internal override object StatusOf(ControlAnswer status) => new WgDynamicClient((ClientStatusAnswer)status);
}

/// <summary>Ends a server.</summary>
/// <remarks>The server ends, and so does its service. Leases stay as they are: peers go on using their addresses, and the server knows them when it is started again. Returns when it has ended.</remarks>
/// <example>
/// <code>Stop-WgDynamicServer -Interface wg0</code>
/// Ends a server.
/// </example>
[Cmdlet(VerbsLifecycle.Stop, "WgDynamicServer", SupportsShouldProcess = true)]
[OutputType(typeof(WgDynamicServer))]
public sealed class StopWgDynamicServerCommand : WgStopCmdlet
{
    internal override object StatusOf(ControlAnswer status) => new WgDynamicServer((ServerStatusAnswer)status);
}

/// <summary>A cmdlet that ends daemons and starts them again.</summary>
public abstract class WgRestartCmdlet : WgStopCmdlet
{
    internal override string Verb => "Restart";

    internal override void AfterStop(ControlSocket socket, string? unit, string? program, string[]? arguments)
    {
        string name = $"{socket.Interface}";
        if (unit is not null)
            Daemons.StartService(this, unit, name);
        else
            Daemons.Start(this, ExternalProgram.TryFind(Daemons.ProgramOf(socket.Role), out string found) ? found : program ?? ExternalProgram.Find(Daemons.ProgramOf(socket.Role)), arguments ?? ["--runtime-directory", Path.GetDirectoryName(socket.Path)!, name], name);
    }

    internal override object? Result(ControlSocket socket, ControlAnswer before) => Ask<ControlAnswer>(socket, new StatusRequest()).Select(StatusOf).FirstOrDefault();
}

/// <summary>Ends a client and starts it again.</summary>
/// <remarks>By its service, or as the program, with the options that it was started with. The addresses are off the interface for the moment between.</remarks>
/// <example>
/// <code>Restart-WgDynamicClient -Interface wg0 -PassThru</code>
/// Restarts a client.
/// </example>
[Cmdlet(VerbsLifecycle.Restart, "WgDynamicClient", SupportsShouldProcess = true)]
[OutputType(typeof(WgDynamicClient))]
public sealed class RestartWgDynamicClientCommand : WgRestartCmdlet
{
    internal override DaemonRole? Daemon => DaemonRole.Client;

    internal override object StatusOf(ControlAnswer status) => new WgDynamicClient((ClientStatusAnswer)status);
}

/// <summary>Ends a server and starts it again.</summary>
/// <remarks>By its service, or as the program, with the options that it was started with. Leases are not touched. To read the configuration file anew, Update-WgDynamicServer is enough.</remarks>
/// <example>
/// <code>Restart-WgDynamicServer -Interface wg0</code>
/// Restarts a server, for instance after an upgrade.
/// </example>
[Cmdlet(VerbsLifecycle.Restart, "WgDynamicServer", SupportsShouldProcess = true)]
[OutputType(typeof(WgDynamicServer))]
public sealed class RestartWgDynamicServerCommand : WgRestartCmdlet
{
    internal override object StatusOf(ControlAnswer status) => new WgDynamicServer((ServerStatusAnswer)status);
}
