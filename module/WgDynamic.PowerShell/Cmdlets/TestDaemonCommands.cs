using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>A cmdlet that has wg-dynamic look for what is wrong with an interface.</summary>
public abstract class WgTestCmdlet : WgCmdlet
{
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

    /// <summary>The directory in which the daemon's socket lies, where it was started with --runtime-directory. Without it: /run/wg-dynamic.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ControlSocket { get; set; }

    internal abstract DaemonRole Daemon { get; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string name in Interface)
        {
            string[] names = Names.IsWildcard(name) ? [.. Interfaces.All().Where(candidate => Interfaces.Fits(name, candidate) && Interfaces.IsWireGuard(candidate))] : [name];
            foreach (string one in names)
                ForItem(one, () => Test(one));
        }
    }

    private void Test(string name)
    {
        if (!InterfaceName.TryParse(name, out _))
            throw Interfaces.Missing(name, Daemon, "");
        string directory = ControlSocket is null ? WgControlCmdlet.DefaultDirectory : PathOf(ControlSocket);
        if (File.Exists(directory))
            directory = Path.GetDirectoryName(directory)!;
        const string Program = "wg-dynamic";
        ProgramResult result = ExternalProgram.Run(
            ExternalProgram.Find(Program),
            ["check", name, "--role", Daemons.NameOf(Daemon), "--json", .. directory == WgDynamic.Control.ControlSocket.DefaultDirectory ? (string[])[] : ["--runtime-directory", directory]],
            Cancellation);
        string[] lines = ProgramOutput.Lines(result);
        if (lines.Length == 0)
            lines = [""];
        List<WgDiagnostic> rows = [.. lines.Select(line => new WgDiagnostic(ProgramOutput.Read(line, ProgramJson.Default.CheckLine, Program, result), name))];
        if (Detailed)
            WriteObject(rows, enumerateCollection: true);
        else
            WriteObject(rows.TrueForAll(row => !string.Equals(row.Status, "Fail", StringComparison.OrdinalIgnoreCase)));
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
    internal override DaemonRole Daemon => DaemonRole.Client;
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
    internal override DaemonRole Daemon => DaemonRole.Server;
}
