using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>A cmdlet that has wg-dynamic look for what is wrong with an interface.</summary>
public abstract class WgTestCmdlet : WgControlCmdlet
{
    private const string Program = "wg-dynamic";

    /// <summary>The interfaces, with wildcards if you like.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InterfaceName", "InterfaceAlias")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Interface { get; set; } = [];

    /// <summary>Gives what was checked, and what to do, instead of True or False.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string name in Interface)
        {
            // Without a daemon an interface of WireGuard is worth checking, too.
            IEnumerable<string> names = !Names.IsWildcard(name)
                ? [name]
                : WgDynamic.Control.ControlSocket.Find(Directory).Where(socket => socket.Role == Daemon).Select(socket => $"{socket.Interface}")
                    .Union(Interfaces.All().Where(Interfaces.IsWireGuard))
                    .Where(candidate => Interfaces.Fits(name, candidate));
            foreach (string one in names)
                ForItem(one, () => Test(one));
        }
    }

    private string Directory => RuntimeDirectory is var directory && File.Exists(directory) ? Path.GetDirectoryName(directory)! : RuntimeDirectory;

    private void Test(string name)
    {
        if (!InterfaceName.TryParse(name, out InterfaceName interfaceName))
            throw Interfaces.Missing(name, Daemon, "");
        try
        {
            // A daemon that hangs would make the check wait: that is told here, within -ConnectTimeout.
            Await(Connect(WgDynamic.Control.ControlSocket.PathOf(Directory, interfaceName, Daemon!.Value)).DisposeAsync());
        }
        catch (ControlException)
        {
            // What is wrong with it is what the check says.
        }

        string directory = Directory;
        ProgramResult result = ExternalProgram.Run(
            this,
            ExternalProgram.Find(Program),
            ["check", name, "--role", Daemons.NameOf(Daemon!.Value), "--json", .. directory == WgDynamic.Control.ControlSocket.DefaultDirectory ? (string[])[] : ["--runtime-directory", directory]]);
        string[] lines = ProgramOutput.Lines(result);
        List<WgDiagnostic> rows = [.. (lines.Length == 0 ? [""] : lines).Select(line => new WgDiagnostic(ProgramOutput.Read(line, ProgramJson.Default.CheckLine, Program, result), name))];
        if (rows.Find(row => row is { Check: "interface", Status: "Fail" }) is { } missing)
            throw new WgDynamicException("WgInterfaceNotFound", ErrorCategory.ObjectNotFound, missing.Message, missing.Remedy ?? $"Create it first, for instance with: wg-quick up {name}", name);
        if (Detailed)
            WriteObject(rows, enumerateCollection: true);
        else
            WriteObject(rows.TrueForAll(row => row.Status != "Fail"));
    }
}

/// <summary>Says whether a client of an interface is well.</summary>
/// <remarks>
/// Looks at the interface, its keys and addresses, the route to the server, the client and its lease, as wg-dynamic check does, and changes
/// nothing. Gives True if nothing fails; with -Detailed, a row for each thing that was checked, with what to do about it.
/// </remarks>
/// <example>
/// <code>Test-WgDynamicClient -Interface wg0</code>
/// True or False.
/// </example>
/// <example>
/// <code>Test-WgDynamicClient -Interface wg0 -Detailed | Where-Object Status -ne Pass | Format-List</code>
/// What is wrong, and what to do about it?
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "WgDynamicClient")]
[OutputType(typeof(bool), typeof(WgDiagnostic))]
public sealed class TestWgDynamicClientCommand : WgTestCmdlet
{
    internal override DaemonRole? Daemon => DaemonRole.Client;
}

/// <summary>Says whether a server of an interface is well.</summary>
/// <remarks>
/// Looks at the interface, its addresses, the configuration, the pools, the server and its store, as wg-dynamic check does, and changes nothing.
/// Gives True if nothing fails; with -Detailed, a row for each thing that was checked, with what to do about it.
/// </remarks>
/// <example>
/// <code>Test-WgDynamicServer -Interface wg0</code>
/// True or False.
/// </example>
/// <example>
/// <code>Test-WgDynamicServer -Interface wg0 -Detailed | Where-Object Status -eq Fail | Select-Object -ExpandProperty Remedy</code>
/// What is there to do?
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "WgDynamicServer")]
[OutputType(typeof(bool), typeof(WgDiagnostic))]
public sealed class TestWgDynamicServerCommand : WgTestCmdlet
{
    internal override DaemonRole? Daemon => DaemonRole.Server;
}
