using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Gets the clients that run.</summary>
/// <remarks>Gives an object for each client whose control socket is there, with its state, its addresses, what the server has pushed, and what is in the way.</remarks>
/// <example>
/// <code>Get-WgDynamicClient -Interface wg0 | Format-List</code>
/// Everything about one.
/// </example>
/// <example>
/// <code>Get-WgDynamicClient | Where-Object Problem</code>
/// Those that something is in the way of.
/// </example>
[Cmdlet(VerbsCommon.Get, "WgDynamicClient")]
[OutputType(typeof(WgDynamicClient))]
public sealed class GetWgDynamicClientCommand : WgGetCmdlet
{
    internal override DaemonRole? Daemon => DaemonRole.Client;

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachDaemon(Interface, socket =>
    {
        foreach (ClientStatusAnswer answer in Ask<ClientStatusAnswer>(socket, new StatusRequest()))
            WriteObject(new WgDynamicClient(answer));
    });
}
