using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>A cmdlet that gives events.</summary>
public abstract class WgEventCmdlet : WgGetCmdlet
{
    /// <summary>Only events of these types. Without it: all.</summary>
    [Parameter(Position = 1)]
    [ValidateSet("Granted", "Renewed", "Expired", "Released", "Revoked", "Refused", "Malformed", "Mended", "PlanChanged", "Reloaded", "Trouble", "LinkChanged", "PushChanged", "Daemon", "Current", "Lagged")]
    public string[]? EventType { get; set; }

    /// <summary>Only events of these peers: public keys.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PublicKeyCompleter))]
    public string[]? PublicKey { get; set; }

    /// <summary>Only what this daemon says: Server or Client. Without it: both.</summary>
    [Parameter]
    [ValidateSet("Server", "Client")]
    public string? Role { get; set; }

    /// <summary>Only events after this Sequence, which counts from 1 with the daemon's start.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? After { get; set; }

    internal override DaemonRole? Daemon => Role is null ? null : Enum.Parse<DaemonRole>(Role, ignoreCase: true);

    internal EventType[] Types => [.. (EventType ?? []).Select(type => Enum.Parse<EventType>(type, ignoreCase: true))];

    internal PublicKey[] Keys => [.. (PublicKey ?? []).Select(Read.Key)];
}

/// <summary>Gets what has happened lately.</summary>
/// <remarks>A daemon keeps its last 1,024 events, until it ends. The oldest comes first.</remarks>
/// <example>
/// <code>Get-WgEvent -Interface wg0 -Newest 20</code>
/// The last twenty.
/// </example>
/// <example>
/// <code>Get-WgEvent -EventType Refused | Group-Object Reason</code>
/// Why were peers refused?
/// </example>
[Cmdlet(VerbsCommon.Get, "WgEvent")]
[OutputType(typeof(WgEvent))]
public sealed class GetWgEventCommand : WgEventCmdlet
{
    /// <summary>Only the last so many of each daemon.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Newest { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(PublicKey, () =>
    {
        EventsRequest request = new() { After = After, Newest = Newest, Types = Types, PublicKeys = Keys };
        ForEachDaemon(Interface, socket =>
        {
            foreach (EventAnswer answer in Ask<EventAnswer>(socket, request))
                WriteObject(new WgEvent(answer));
        });
    });
}

/// <summary>Gives events as they happen.</summary>
/// <remarks>
/// Goes on until Ctrl+C, -MaxEvents, -Timeout or the end of the daemons. What a slow reader misses is told by an event of type Lagged, which says
/// how many are missing in its place, whatever -EventType says.
/// </remarks>
/// <example>
/// <code>Watch-WgEvent -Interface wg0</code>
/// Shows what happens, until Ctrl+C.
/// </example>
/// <example>
/// <code>Watch-WgEvent -EventType Granted -MaxEvents 1 -Timeout 5m | ForEach-Object { "$($_.IPAddress) is leased" }</code>
/// Waits for the next address that is leased, for five minutes.
/// </example>
/// <example>
/// <code>Watch-WgEvent -IncludeCurrent -Timeout 10s | Export-Csv events.csv</code>
/// The leases that there are, and what becomes of them within ten seconds.
/// </example>
[Cmdlet(VerbsCommon.Watch, "WgEvent")]
[OutputType(typeof(WgEvent))]
public sealed class WatchWgEventCommand : WgEventCmdlet
{
    /// <summary>Ends after so many events.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? MaxEvents { get; set; }

    /// <summary>Ends after this time: seconds, or a time such as 30s or 5m.</summary>
    [Parameter]
    [Duration]
    [ValidateSeconds(0, Durations.LongestWait)]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Begins with an event of type Current for each active lease.</summary>
    [Parameter]
    public SwitchParameter IncludeCurrent { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(Interface, () =>
    {
        WatchRequest request = new() { Types = Types, PublicKeys = Keys, IncludeCurrent = IncludeCurrent, After = After };
        List<ControlSocket> sockets = Find(Interface);
        if (sockets.Count == 0)
        {
            // Of what was named, an error has been told.
            if (Interface is null)
                throw new WgDynamicException("WgControlSocketNotFound", ErrorCategory.ResourceUnavailable, $"no daemon runs whose control socket lies in {RuntimeDirectory}", "Start one with Start-WgDynamicServer or Start-WgDynamicClient.", RuntimeDirectory);
            return;
        }

        using CancellationTokenSource late = Timeout is { } time ? new CancellationTokenSource(time, Clock) : new CancellationTokenSource();
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, Cancellation);
        using EventPump pump = new([.. sockets.Select(socket => (socket, request))], ConnectAsync, Cancellation);
        try
        {
            for (int given = 0; given != MaxEvents; given++)
            {
                if (pump.Next(this, either.Token) is not { } next)
                    break;
                WriteObject(new WgEvent(next.Event));
            }
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            // The time is over, which is no error.
        }
    });
}
