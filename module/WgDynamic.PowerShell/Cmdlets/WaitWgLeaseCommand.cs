using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Waits until there is a lease.</summary>
/// <remarks>
/// Gives the lease, or the leases, as soon as there is one in the state that is waited for: at once if it is there already. It waits by the
/// daemon's events, so it costs nothing meanwhile. If none comes in time, the error is WgWaitTimeout.
/// </remarks>
/// <example>
/// <code>Start-WgDynamicClient -Interface wg0; Wait-WgLease -Interface wg0 -Timeout 30s</code>
/// Waits for the addresses of a client.
/// </example>
/// <example>
/// <code>Wait-WgLease -Interface wg0 -PublicKey xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= -State Released, Expired -Timeout 1h</code>
/// On the server: waits until a peer has given its addresses back.
/// </example>
[Cmdlet(VerbsLifecycle.Wait, "WgLease")]
[OutputType(typeof(WgLease))]
public sealed class WaitWgLeaseCommand : WgGetCmdlet
{
    /// <summary>Which states are waited for. Without it: Active.</summary>
    [Parameter]
    [ValidateSet("Active", "Expired", "Released", "Revoked")]
    public string[] State { get; set; } = ["Active"];

    /// <summary>Only leases of these peers: public keys.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PublicKeyCompleter))]
    public string[]? PublicKey { get; set; }

    /// <summary>Only these addresses: addresses, prefixes or ranges.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AddressCompleter))]
    public string[]? IPAddress { get; set; }

    /// <summary>How long to wait: seconds, or a time such as 30s or 5m. Without it: one minute.</summary>
    [Parameter]
    [Duration]
    [ValidateSeconds(0, Durations.LongestWait)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(1);

    internal override DaemonRole? Daemon => null;

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(Interface, () =>
    {
        LeasesRequest wanted = new()
        {
            States = [.. State.Select(state => Enum.Parse<LeaseState>(state, ignoreCase: true))],
            PublicKeys = [.. (PublicKey ?? []).Select(Read.Key)],
            Addresses = [.. (IPAddress ?? []).Select(Read.Range)],
        };
        List<ControlSocket> sockets = Find(Interface);
        if (sockets.Count == 0 && Interface is not null)
            return;
        bool found = false;
        During("Waiting for a lease", () => found = LeaseWait.TryWait(this, sockets, wanted, Timeout, lease => WriteObject(new WgLease(lease, Clock))));
        if (!found)
            throw LeaseWait.TooLong($"no lease was {string.Join(" or ", State)} within {Timeout.TotalSeconds} seconds", Interface);
    });
}

/// <summary>Waits for leases by events.</summary>
internal static class LeaseWait
{
    private static readonly EventType[] _types = [EventType.Granted, EventType.Renewed, EventType.Expired, EventType.Released, EventType.Revoked];

    public static WgDynamicException TooLong(string message, object? target) =>
        new("WgWaitTimeout", ErrorCategory.OperationTimeout, message, "Wait longer with -Timeout; Get-WgDynamicClient says what is in the way of a client, and Get-WgEvent what has happened.", target);

    // Gives the leases that fit as soon as there are any; false if there are none when the time is over.
    public static bool TryWait(WgControlCmdlet cmdlet, IReadOnlyList<ControlSocket> sockets, LeasesRequest wanted, TimeSpan timeout, Action<LeaseAnswer> give)
    {
        using CancellationTokenSource late = new(timeout, cmdlet.Clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cmdlet.Cancellation);
        try
        {
            // From the last event on that has been before the first look: nothing is missed between the two.
            List<(ControlSocket, WatchRequest)> watches = [.. sockets.Select(socket => (socket, new WatchRequest { Types = _types, After = cmdlet.Ask<EventAnswer>(socket, new EventsRequest { Newest = 1 }).LastOrDefault()?.Sequence ?? 0 }))];
            bool found = false;
            foreach (ControlSocket socket in sockets)
                found |= Look(socket);
            if (found)
                return true;
            using EventPump pump = new(watches, cmdlet.ConnectAsync, cmdlet.Cancellation);
            while (pump.Next(cmdlet, either.Token) is { } next)
            {
                if (Look(next.Socket))
                    return true;
            }

            return false;
        }
        catch (OperationCanceledException) when (!cmdlet.Cancellation.IsCancellationRequested)
        {
            return false;
        }

        bool Look(ControlSocket socket)
        {
            bool any = false;
            foreach (LeaseAnswer lease in cmdlet.Ask<LeaseAnswer>(socket, wanted))
            {
                any = true;
                give(lease);
            }

            return any;
        }
    }
}
