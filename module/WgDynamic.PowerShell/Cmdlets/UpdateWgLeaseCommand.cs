using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Has a client renew its lease now.</summary>
/// <remarks>
/// Asks the server without waiting until half of the lease is over. With -Wait, until the server has answered, and gives the leases as they are
/// then; without it, returns at once. Where the interface is down or the server does not answer, -Wait ends with the error WgControlTimeout.
/// </remarks>
/// <example>
/// <code>Update-WgLease -Interface wg0 -Wait -Timeout 30s -PassThru</code>
/// Renews, and shows the leases with their new times.
/// </example>
/// <example>
/// <code>Get-WgDynamicClient | Update-WgLease</code>
/// Has all clients of this machine renew.
/// </example>
[Cmdlet(VerbsData.Update, "WgLease", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(WgLease))]
public sealed class UpdateWgLeaseCommand : WgPassThruCmdlet
{
    /// <summary>Waits until the server has answered.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long to wait with -Wait: seconds, or a time such as 30s. Without it: ten seconds.</summary>
    [Parameter]
    [Duration]
    [ValidateSeconds(0, 86400)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    internal override DaemonRole? Daemon => DaemonRole.Client;

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachDaemon(Interface, socket =>
    {
        if (!ShouldChange($"{socket.Interface}", "Renew the lease"))
            return;
        During($"Renewing the lease of {socket.Interface}", () =>
        {
            foreach (LeaseAnswer answer in Ask<LeaseAnswer>(socket, new RenewRequest { Timeout = Wait ? Timeout : TimeSpan.Zero }))
                Give(new WgLease(answer, Clock));
        });
    });
}
