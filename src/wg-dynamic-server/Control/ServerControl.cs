using WgDynamic.Control;

namespace WgDynamic.Server;

/// <summary>Answers at the server's control socket: says whose each request is.</summary>
/// <param name="interfaceName">The interface.</param>
/// <param name="reports">Status, statistics, configuration.</param>
/// <param name="leases">Leases.</param>
/// <param name="plan">Pools, reservations and exclusions.</param>
/// <param name="database">The lease database.</param>
/// <param name="events">What happens.</param>
/// <param name="stop">Ends the server.</param>
internal sealed class ServerControl(
    InterfaceName interfaceName, ReportControl reports, LeaseControl leases, PlanControl plan, DatabaseControl database, EventHub events, Action stop) : IControlHandler
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(ControlCall call, CancellationToken cancellationToken)
    {
        switch (call.Request)
        {
            case StatusRequest or StatisticsRequest or ResetStatisticsRequest or ReloadRequest:
                await reports.HandleAsync(call, cancellationToken);
                break;
            case LeasesRequest or RevokeRequest:
                await leases.HandleAsync(call, cancellationToken);
                break;
            case PoolsRequest or AddPoolRequest or SetPoolRequest or RemovePoolRequest or ExclusionsRequest or AddExclusionRequest or RemoveExclusionRequest
                or ReservationsRequest or AddReservationRequest or SetReservationRequest or RemoveReservationRequest:
                await plan.HandleAsync(call, cancellationToken);
                break;
            case BackupRequest or RestoreRequest or HistoryRequest:
                await database.HandleAsync(call, cancellationToken);
                break;
            case EventsRequest or WatchRequest:
                await events.AnswerAsync(call, token => leases.FindAsync(new LeasesRequest { States = [LeaseState.Active] }, token), cancellationToken);
                break;
            case StopRequest:
                stop();
                break;
            default:
                throw new ControlException(ControlError.NotSupported, "a server has no answer to this", $"the client of an interface renews: ask wg-dynamic-client on {interfaceName}'s peers");
        }
    }
}
