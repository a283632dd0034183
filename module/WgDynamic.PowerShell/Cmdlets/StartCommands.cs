using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>A cmdlet that starts daemons.</summary>
public abstract class WgStartCmdlet : WgPassThruCmdlet
{
    /// <summary>Starts it as a service of systemd; -Service:$false starts the program itself. Without it: as a service where systemd runs and knows its unit, and no options are given that only the program takes.</summary>
    [Parameter]
    public SwitchParameter Service { get; set; }

    /// <summary>More options of the program, as its manual page describes them. A service takes none here.</summary>
    [Parameter]
    public string[]? ArgumentList { get; set; }

    // What only the program itself takes.
    internal virtual IEnumerable<string> Options => ArgumentList ?? [];

    internal abstract object? StatusOf(ControlSocket socket);

    internal virtual void OnStarted(ControlSocket socket)
    {
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string name in Interface.SelectMany(Named))
            ForItem(name, () => During($"Starting the {Daemons.NameOf(Daemon!.Value)} of {name}", () => Start(name)));
    }

    // A name is taken as it is: which interfaces there are is for the program to say. A wildcard means WireGuard's.
    private IEnumerable<string> Named(string name)
    {
        if (Names.IsWildcard(name))
            return Interfaces.All().Where(candidate => Interfaces.Fits(name, candidate) && Interfaces.IsWireGuard(candidate));
        if (InterfaceName.TryParse(name, out _))
            return [name];
        WriteError(Interfaces.Missing(name, Daemon, "").ToRecord(name));
        return [];
    }

    private void Start(string name)
    {
        DaemonRole role = Daemon!.Value;
        string program = Daemons.ProgramOf(role), kind = Daemons.NameOf(role), directory = RuntimeDirectory;
        ControlSocket socket = new(InterfaceName.Parse(name), role, WgDynamic.Control.ControlSocket.PathOf(directory, InterfaceName.Parse(name), role));
        string unit = ServiceManager.UnitOf(program, name);
        List<string> options = [.. Options];
        bool isService = IsBound(nameof(Service)) ? Service : options.Count == 0 && ControlSocket is null && ServiceManager.Knows(this, unit);
        if (isService && !ServiceManager.IsRunning)
            throw new WgDynamicException("WgServiceStartFailed", ErrorCategory.NotInstalled, "systemd does not run here", "Leave -Service out to start the program itself.", name);
        if (isService && options.Count > 0)
            throw new WgDynamicException("WgServiceStartFailed", ErrorCategory.InvalidArgument, $"a service takes no options here: {string.Join(' ', options)}", role == DaemonRole.Client ? $"Write them into /etc/wg-dynamic/{name}.client.options, or start the program itself with -Service:$false." : "Write them into the configuration file, or start the program itself with -Service:$false.", name);
        if (IsListening(socket.Path))
        {
            WriteVerbose($"The {kind} of {name} runs already.");
        }
        else
        {
            if (!ShouldChange(name, isService ? $"Start the {kind} as the service {unit}" : $"Start {program}"))
                return;
            if (isService)
                Daemons.StartService(this, unit, name);
            else
                Daemons.Start(this, ExternalProgram.Find(program), [.. directory == WgDynamic.Control.ControlSocket.DefaultDirectory ? (string[])[] : ["--runtime-directory", directory], .. options, name], name);
        }

        OnStarted(socket);
        if (PassThru && StatusOf(socket) is { } status)
            WriteObject(status);
    }

    private bool IsListening(string path)
    {
        try
        {
            Await(Connect(path).DisposeAsync());
            return true;
        }
        catch (ControlException error) when (error.Failure == ControlFailure.NotFound)
        {
            return false;
        }
    }
}

/// <summary>Starts a client, which gets addresses for a WireGuard interface and keeps them.</summary>
/// <remarks>
/// The client is started as a service where systemd runs and knows its unit, else as the program wg-dynamic-client, which goes to the
/// background. It is found in $env:WGDYNAMIC_BIN, in PATH, or beside the module. What keeps it from starting comes as the error
/// WgServiceStartFailed, in the client's own words. A client that runs already is left alone.
/// </remarks>
/// <example>
/// <code>Start-WgDynamicClient -Interface wg0 -Wait -Timeout 30s -PassThru</code>
/// Starts a client, and shows it once it has addresses.
/// </example>
/// <example>
/// <code>Start-WgDynamicClient -Interface wg0 -ArgumentList '--accept', 'routes'</code>
/// Takes routes from the server, and neither DNS nor MTU.
/// </example>
[Cmdlet(VerbsLifecycle.Start, "WgDynamicClient", SupportsShouldProcess = true)]
[OutputType(typeof(WgDynamicClient))]
public sealed class StartWgDynamicClientCommand : WgStartCmdlet
{
    /// <summary>Addresses to ask the server for: one IPv4 address, one IPv6 address, or both. Any others will do if it does not give them.</summary>
    [Parameter]
    public string[]? RequestAddress { get; set; }

    /// <summary>Waits until it has a lease.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long to wait with -Wait: seconds, or a time such as 30s. Without it: one minute.</summary>
    [Parameter]
    [Duration]
    [ValidateSeconds(0, Durations.LongestWait)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(1);

    internal override DaemonRole? Daemon => DaemonRole.Client;

    internal override IEnumerable<string> Options =>
    [
        .. (RequestAddress ?? []).SelectMany(address => (string[])["--request-address", $"{Read.Address(address)}"]),
        .. base.Options,
    ];

    internal override object? StatusOf(ControlSocket socket) => Ask<ClientStatusAnswer>(socket, new StatusRequest()).Select(answer => new WgDynamicClient(answer)).FirstOrDefault();

    internal override void OnStarted(ControlSocket socket)
    {
        if (Wait && !LeaseWait.TryWait(this, [socket], new LeasesRequest { States = [LeaseState.Active] }, Timeout, _ => { }))
            throw LeaseWait.TooLong($"{socket.Interface} got no lease within {Timeout.TotalSeconds} seconds; its client goes on", $"{socket.Interface}");
    }
}

/// <summary>Starts a server, which leases addresses to the peers of a WireGuard interface.</summary>
/// <remarks>
/// The server is started as a service where systemd runs and knows its unit, else as the program wg-dynamic-server, which goes to the
/// background. It is found in $env:WGDYNAMIC_BIN, in PATH, or beside the module. Mistakes in the configuration file, and whatever else keeps
/// it from starting, come as the error WgServiceStartFailed, in the server's own words. A server that runs already is left alone.
/// </remarks>
/// <example>
/// <code>Start-WgDynamicServer -Interface wg0 -PassThru</code>
/// Starts a server, and shows it.
/// </example>
/// <example>
/// <code>Start-WgDynamicServer -Interface wg0 -ArgumentList '--ephemeral'</code>
/// One that forgets its leases when it ends.
/// </example>
[Cmdlet(VerbsLifecycle.Start, "WgDynamicServer", SupportsShouldProcess = true)]
[OutputType(typeof(WgDynamicServer))]
public sealed class StartWgDynamicServerCommand : WgStartCmdlet
{
    internal override object? StatusOf(ControlSocket socket) => Ask<ServerStatusAnswer>(socket, new StatusRequest()).Select(answer => new WgDynamicServer(answer)).FirstOrDefault();
}
