using Microsoft.Extensions.Logging;
using WgDynamic.Control;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>Answers what is asked at the control socket about pools, reservations and exclusions. Whatever needs the plan is done by the lease service's loop.</summary>
internal sealed class PlanControl
{
    // So many are made by the loop at once, between two batches of peers' requests.
    private const int Page = 256;

    private readonly LeaseService _service;
    private readonly PoolPlans _pools;
    private readonly ExclusionPlans _exclusions;
    private readonly ReservationPlans _reservations;

    /// <param name="interfaceName">The interface.</param>
    /// <param name="configurationPath">The configuration file, for remedies.</param>
    /// <param name="service">Has the plan.</param>
    /// <param name="book">Has the leases.</param>
    /// <param name="events">Hears of changes.</param>
    /// <param name="log">The same.</param>
    public PlanControl(InterfaceName interfaceName, string configurationPath, LeaseService service, LeaseBook book, EventHub events, ILogger log)
    {
        _service = service;
        PlanEdit edit = new(interfaceName, configurationPath, service.Plan, events, log);
        _pools = new PoolPlans(edit, book);
        _exclusions = new ExclusionPlans(edit);
        _reservations = new ReservationPlans(edit, book);
    }

    /// <summary>The pools, as a request wants them.</summary>
    public Task<PoolAnswer[]> PoolsAsync(PoolsRequest request, CancellationToken cancellationToken) => ReadAsync(() => _pools.Get(request), cancellationToken);

    /// <summary>Answers.</summary>
    /// <inheritdoc cref="IControlHandler.HandleAsync"/>
    public async ValueTask HandleAsync(ControlCall call, CancellationToken cancellationToken)
    {
        switch (call.Request)
        {
            case PoolsRequest request:
                await WriteAsync(call, await PoolsAsync(request, cancellationToken), cancellationToken);
                break;
            case AddPoolRequest request:
                await call.WriteAsync(await ChangeAsync(now => _pools.AddAsync(request, now), cancellationToken), cancellationToken);
                break;
            case SetPoolRequest request:
                await call.WriteAsync(await ChangeAsync(now => _pools.SetAsync(request, now), cancellationToken), cancellationToken);
                break;
            case RemovePoolRequest request:
                await call.WriteAsync(await ChangeAsync(now => _pools.RemoveAsync(request, now), cancellationToken), cancellationToken);
                break;
            case ExclusionsRequest request:
                await WriteAsync(call, await ReadAsync(() => _exclusions.Get(request), cancellationToken), cancellationToken);
                break;
            case AddExclusionRequest request:
                await call.WriteAsync(await ChangeAsync(now => _exclusions.AddAsync(request, now), cancellationToken), cancellationToken);
                break;
            case RemoveExclusionRequest request:
                await call.WriteAsync(await ChangeAsync(now => _exclusions.RemoveAsync(request, now), cancellationToken), cancellationToken);
                break;
            case ReservationsRequest request:
                await WriteReservationsAsync(call, request, cancellationToken);
                break;
            case AddReservationRequest request:
                await call.WriteAsync(await ChangeAsync(now => _reservations.AddAsync(request, now), cancellationToken), cancellationToken);
                break;
            case SetReservationRequest request:
                await call.WriteAsync(await ChangeAsync(now => _reservations.SetAsync(request, now), cancellationToken), cancellationToken);
                break;
            case RemoveReservationRequest request:
                await WriteAsync(call, await ChangeAsync(now => _reservations.RemoveAsync(request, now), cancellationToken), cancellationToken);
                break;
        }
    }

    // A snapshot is cheap. What is said of each as of now is not, and is made as the reader takes it.
    private async ValueTask WriteReservationsAsync(ControlCall call, ReservationsRequest request, CancellationToken cancellationToken)
    {
        (Reservation Reservation, Origin Origin)[] all = await ReadAsync(() => _reservations.Snapshot(), cancellationToken);
        foreach ((Reservation, Origin)[] page in ReservationPlans.Select(all, request).Chunk(Page))
        {
            ReservationAnswer[] answers = await ReadAsync(() => Array.ConvertAll(page, entry => _reservations.Answer(entry.Item1, entry.Item2)), cancellationToken);
            await WriteAsync(call, answers, cancellationToken);
        }
    }

    private static async ValueTask WriteAsync(ControlCall call, IEnumerable<ControlAnswer> answers, CancellationToken cancellationToken)
    {
        foreach (ControlAnswer answer in answers)
            await call.WriteAsync(answer, cancellationToken);
    }

    private Task<T> ReadAsync<T>(Func<T> read, CancellationToken cancellationToken) => _service.InvokeAsync(_ => ValueTask.FromResult(read()), cancellationToken);

    // What the operator has just given to a peer by hand is in the way of some.
    private Task<T> ChangeAsync<T>(Func<Moment, ValueTask<T>> change, CancellationToken cancellationToken) => _service.InvokeAsync(change, cancellationToken, isChange: true);
}
