using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using WgDynamic.Control;
using WgDynamic.Daemon;
using WgDynamic.Leasing;
using WgDynamic.Netlink;
using WgDynamic.Protocol;

namespace WgDynamic.Server;

/// <summary>
/// The only one to touch the lease book, the store and the device. It takes all requests that wait as one batch:
/// decides them, stores the decisions in one transaction, changes the device once, and only then answers.
/// Expiry, new pools and comparing book and device are parts of the same loop, so nothing here needs a lock.
/// </summary>
internal sealed class LeaseService
{
    private const int MaxBatch = 512;

    // Reading the device costs what it has peers; it is never more than a tenth of the time.
    private const int ViewCostFactor = 10;
    private static readonly TimeSpan _minViewAge = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _maxViewAge = TimeSpan.FromSeconds(2);

    // wg syncconf and the like reset the device, and the kernel tells nobody: look, at intervals.
    private static readonly TimeSpan _reconcileInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _pruneInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan _historyReportInterval = TimeSpan.FromDays(1);

    private readonly Channel<PeerRequest?> _inbox = Channel.CreateBounded<PeerRequest?>(
        new BoundedChannelOptions(4096) { SingleReader = true });

    private readonly InterfaceName _interface;
    private readonly LeaseBook _book;
    private readonly ILeaseStore _leaseStore;
    private readonly StoreKeeper _store;
    private readonly AllowedIPKeeper _device;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly LogThrottle _throttle;
    private readonly LeaseReports _reports;
    private readonly ServerStatus _status;

    private readonly List<PeerRequest> _batch = [];
    private readonly List<(PeerRequest Request, LeaseOutcome Outcome)> _answers = [];
    private readonly Action<LeaseChange> _planOnDevice;
    private readonly LoopWork _work = new();
    private readonly LeaseSettings _firstSettings;

    private LeaseSettings? _nextSettings;
    private PoolSource? _nextPools;
    private TimeSpan _viewTaken;
    private TimeSpan _looked;
    private TimeSpan _viewAge = _minViewAge;
    private TimeSpan _nextReconcile;
    private TimeSpan _nextPrune;
    private TimeSpan _nextHistoryReport;
    private SteadyTime? _steadyTime;
    private TaskCompletionSource? _refreshed;

    public LeaseService(
        InterfaceName interfaceName, LeaseBook book, LeaseSettings settings, ILeaseStore store, IWireGuard wireGuard, Counters counters, EventHub events, TimeProvider clock, Random random, ILogger log, ServiceManager manager)
    {
        _interface = interfaceName;
        _book = book;
        _firstSettings = settings;
        _leaseStore = store;
        RuntimeEntries entries = new();
        _store = new StoreKeeper(interfaceName, book, entries, store, counters, log);
        _device = new AllowedIPKeeper(interfaceName, book, _store, wireGuard, counters, log);
        _planOnDevice = _device.Plan;
        Plan = new PlanKeeper(interfaceName, book, _store, entries, _device.View, log);
        _clock = clock;
        _random = random;
        _log = log;
        _throttle = new LogThrottle(clock);
        _reports = new LeaseReports(interfaceName, book, counters, events, _throttle, log);
        Desk = new LeaseDesk(interfaceName, book, _device.View, _reports, log);
        _status = new ServerStatus(interfaceName, book, _store, _device, manager);
    }

    /// <summary>For who asks of leases. For this service's loop.</summary>
    public LeaseDesk Desk { get; }

    /// <summary>What may be leased to whom. For this service's loop.</summary>
    public PlanKeeper Plan { get; }

    /// <summary>How it is doing: one line for people.</summary>
    public string Status => _status.Text;

    /// <summary>Fills in what only the loop knows, in which it is to be called.</summary>
    /// <param name="answer">What others know.</param>
    public ServerStatusAnswer FillIn(ServerStatusAnswer answer) => answer with
    {
        HistoryEnd = _leaseStore.HistoryEnd,
        Peers = _device.View.Peers,
        Pools = _book.Pools.Count,
        ActiveLeases = _book.ActiveCount,
        EndedLeases = _book.Leases.Count - _book.ActiveCount,
        StoreProblem = _store.Problem,
        DeviceProblem = _device.Problem,
        ClockIsSane = _steadyTime!.IsSane(Moment.Of(_clock)),
    };

    /// <summary>Whose packets come from a link-local address, as of the last look at the device. For any thread.</summary>
    /// <param name="source">The address.</param>
    /// <param name="peer">The peer.</param>
    /// <returns>Whether it is a peer's.</returns>
    public bool TryIdentify(IpAddress source, out PublicKey peer) => _device.View.TryIdentify(source, out peer);

    /// <summary>Loads the store, sets the pools and compares with the device, so that what follows finds everything in place.</summary>
    /// <exception cref="NetlinkException">The device cannot be read.</exception>
    /// <exception cref="LeaseStoreException">The store cannot be read.</exception>
    public async ValueTask StartAsync(PoolSource pools, CancellationToken cancellationToken)
    {
        Load(_firstSettings, await _leaseStore.LoadAsync(cancellationToken), await _leaseStore.LoadPlanAsync(cancellationToken));
        TimeSpan now = Moment.Of(_clock).Uptime;
        _nextPrune = now + _pruneInterval;
        _nextHistoryReport = now + _historyReportInterval;
        _nextPools = pools;
        await RefreshAsync(cancellationToken);
        await ProcessBatchAsync(cancellationToken);
    }

    /// <summary>Begins anew with a backup, and brings the device to what that says. For this service's loop.</summary>
    /// <param name="path">The backup, checked; it becomes the database.</param>
    /// <param name="now">The time.</param>
    /// <returns>Where the former database is now, for people; null if there was none.</returns>
    /// <exception cref="LeaseStoreException">It cannot be used, or not be put in place; nothing has changed.</exception>
    public async ValueTask<string?> RestoreAsync(string path, Moment now)
    {
        ReplacedStore replaced = await _store.ReplaceAsync(path, now, CancellationToken.None);
        // What was decided in this round rests on the former leases: who asked is to ask again.
        foreach (ref (PeerRequest Request, LeaseOutcome Outcome) answer in CollectionsMarshal.AsSpan(_answers))
            answer.Outcome = new LeaseOutcome { Status = OutcomeStatus.Failed };
        Load(Plan.Settings, replaced.Leases, replaced.Plan);
        _device.BeginAnew();
        _nextReconcile = TimeSpan.Zero;
        _ = await EnsureViewAsync(fresh: true, CancellationToken.None);
        return replaced.Former;
    }

    /// <summary>Serves until it is cancelled or the interface is gone.</summary>
    /// <exception cref="NetlinkException">The interface is gone (<see cref="NetlinkException.IsNoSuchDevice"/>).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using ITimer timer = _clock.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // Waiting with a token costs an object each time; being woken costs nothing.
        using CancellationTokenRegistration stopping = cancellationToken.UnsafeRegister(_ => Wake(), null);
        try
        {
            while (true)
            {
                _ = timer.Change(TimeToWait(), Timeout.InfiniteTimeSpan);
                // The clock may have jumped between the two (suspend), which the timer would not know.
                if (TimeToWait() == TimeSpan.Zero)
                    Wake();
                _ = await _inbox.Reader.WaitToReadAsync(CancellationToken.None);
                cancellationToken.ThrowIfCancellationRequested();
                while (_batch.Count < MaxBatch && _inbox.Reader.TryRead(out PeerRequest? request))
                {
                    if (request is not null)
                        _batch.Add(request);
                }

                await ProcessBatchAsync(cancellationToken);
            }
        }
        finally
        {
            _inbox.Writer.Complete();
            _work.End();
            foreach (PeerRequest request in _batch.Concat(_answers.Select(answer => answer.Request)).Distinct())
                request.Answer(new LeaseOutcome { Status = OutcomeStatus.Failed });
            while (_inbox.Reader.TryRead(out PeerRequest? request))
                request?.Answer(new LeaseOutcome { Status = OutcomeStatus.Failed });
        }
    }

    /// <summary>Hands a request in.</summary>
    /// <param name="request">The session's request object.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="wire">What it says.</param>
    /// <param name="cancellationToken">Gives up before it is handed in; after that the answer must be awaited.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<LeaseOutcome> AskAsync(PeerRequest request, IpAddress source, Request wire, CancellationToken cancellationToken)
    {
        ValueTask<LeaseOutcome> answer = request.Begin(source, wire);
        try
        {
            await _inbox.Writer.WriteAsync(request, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            // The service has ended, and the server is about to.
            return new LeaseOutcome { Status = OutcomeStatus.Failed };
        }

        return await answer;
    }

    /// <summary>Has something done by this service's loop, between two batches, and stored like all that the loop does.</summary>
    /// <param name="work">It; is given the time. Short, since peers wait meanwhile.</param>
    /// <param name="cancellationToken">Waits no more; it may be done nevertheless.</param>
    /// <param name="isChange">Whether the device is to be looked at before, and what the work changes of leases has to be stored and on the device after it.</param>
    /// <returns>What it gives.</returns>
    /// <exception cref="ControlException">The work says so, or what it has changed is not where it belongs yet, or the service ends.</exception>
    public Task<T> InvokeAsync<T>(Func<Moment, ValueTask<T>> work, CancellationToken cancellationToken, bool isChange = false)
    {
        Task<T> result = _work.Add(work, isChange);
        Wake();
        return result.WaitAsync(cancellationToken);
    }

    /// <summary>The pools or the server's own addresses are others now.</summary>
    public void SetPools(PoolSource pools)
    {
        Volatile.Write(ref _nextPools, pools);
        Wake();
    }

    /// <summary>The operator wants something else from now on.</summary>
    public void SetSettings(LeaseSettings settings)
    {
        Volatile.Write(ref _nextSettings, settings);
        Wake();
    }

    /// <summary>Looks at the device anew, unless that was done a moment ago, or the service has ended.</summary>
    public Task LookAgainAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource refreshed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        refreshed = Interlocked.CompareExchange(ref _refreshed, refreshed, null) ?? refreshed;
        Wake();
        return Task.WhenAny(refreshed.Task, _inbox.Reader.Completion).WaitAsync(cancellationToken);
    }

    private void Load(LeaseSettings settings, in StoredLeases stored, RuntimePlan plan)
    {
        Plan.Load(settings, plan);
        Moment now = Moment.Of(_clock);
        if (!stored.SameBoot && stored.LastCommit is { } lastCommit && lastCommit > now.Wall)
            _log.ClockWentBack(_interface, now.Wall, lastCommit);
        _book.Restore(stored, now);
        if (stored.Records.Count > 0)
            _log.Restored(_interface, _book.ActiveCount, _book.Leases.Count - _book.ActiveCount);
        _steadyTime = new SteadyTime(now, stored.LastCommit);
    }

    // A full inbox is on its way to being read anyhow.
    private void Wake() => _inbox.Writer.TryWrite(null);

    private TimeSpan TimeToWait()
    {
        TimeSpan next = _book.NextExpiry is { } expiry && expiry < _nextReconcile ? expiry : _nextReconcile;
        TimeSpan wait = next - Moment.Of(_clock).Uptime;
        return wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < _status.LongestRound ? wait : _status.LongestRound;
    }

    private async ValueTask ProcessBatchAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource? refreshed = Interlocked.Exchange(ref _refreshed, null);
        bool viewIsGood = await EnsureViewAsync(_batch.Count > 0 || refreshed is not null || _work.NeedsFreshLook, cancellationToken);
        _ = refreshed?.TrySetResult();

        Moment now = Moment.Of(_clock);
        if (_book.Expire(now, MaxBatch) == MaxBatch)
            Wake();
        foreach (PeerRequest request in _batch)
            _answers.Add((request, viewIsGood ? Decide(request, now) : new LeaseOutcome { Status = OutcomeStatus.Failed }));
        _batch.Clear();
        if (await _work.RunAsync(now))
            Wake();
        Moment steady = _steadyTime!.At(now);
        await PruneAsync(steady.Wall < now.Wall ? steady : now, cancellationToken);

        // Everything that changed goes to the store before it goes to the device, and before anybody hears of it.
        foreach (LeaseChange change in _book.Changes)
        {
            _reports.Report(change);
            _device.Note(change);
        }

        bool stored = await _store.SaveAsync(steady, _planOnDevice, cancellationToken);
        bool onDevice = await _device.ApplyAsync(cancellationToken);
        if (!onDevice)
            _viewAge = TimeSpan.Zero;
        foreach ((PeerRequest request, LeaseOutcome outcome) in _answers)
        {
            bool promised = (stored || IsRenewal(outcome)) && (onDevice || !(_device.IsToChange(outcome.IPv4) || _device.IsToChange(outcome.IPv6)));
            request.Answer(promised ? outcome : outcome with { Status = OutcomeStatus.Failed });
        }

        _answers.Clear();
        _work.Tell(stored && onDevice);
        _device.EndRound(onDevice);
        _status.EndRound(_looked);
    }

    private LeaseOutcome Decide(PeerRequest request, Moment now)
    {
        if (!TryIdentify(request.Source, out PublicKey peer))
            return new LeaseOutcome { Status = OutcomeStatus.UnknownPeer };
        if (request.Request.Command == Command.Release)
        {
            _book.Release(peer, now);
            return new LeaseOutcome { IsComplete = true };
        }

        LeaseGrant grant = _book.Request(new LeaseRequest(peer, request.Request.IPv4, request.Request.IPv6, request.Request.Hostname), now);
        if (!grant.IsComplete)
            _reports.ReportRefusal(peer, request.Request, grant);
        // RFC 2131 section 4.4.5 renews at half the time; the spread keeps peers from coming back together.
        TimeSpan renewAfter = grant.LeaseTime * (0.45 + (0.1 * _random.NextDouble()));
        return new LeaseOutcome(OutcomeStatus.Done, grant.IPv4?.Address, grant.IPv6?.Address, grant.IsComplete, now.Wall, grant.LeaseTime, renewAfter, PushTo(peer, grant));
    }

    private PushSet? PushTo(PublicKey peer, in LeaseGrant grant)
    {
        if (grant.IPv4 is null && grant.IPv6 is null)
            return null;
        PushSet push = Plan.Settings.Push.For(peer, PoolName(grant.IPv4), PoolName(grant.IPv6));
        if (push.RoutesLeftOut > 0 && _throttle.Allows("routes", out _))
            _log.RoutesLeftOut(_interface, peer, push.RoutesLeftOut);
        return push;
    }

    private string? PoolName(Lease? lease) => lease is null ? null : _book.PoolOf(lease.Address)?.Definition.Name;

    // While the store fails, peers keep what they have. Should the server end before the store works again, the next one
    // may take such a lease for run out; it keeps the address for its peer for one lease time (LeaseBook.Restore).
    private bool IsRenewal(in LeaseOutcome outcome) =>
        outcome.Status == OutcomeStatus.Done
        && (outcome.IPv4 is not null || outcome.IPv6 is not null)
        && !(outcome.IPv4 is { } four && _store.IsUnsaved(four))
        && !(outcome.IPv6 is { } six && _store.IsUnsaved(six));

    private async ValueTask PruneAsync(Moment now, CancellationToken cancellationToken)
    {
        if (now.Uptime < _nextPrune)
            return;
        _nextPrune = now.Uptime + _pruneInterval;
        _book.Prune(now.Wall - _book.Policy.Retention);
        await _store.PruneAsync(now, cancellationToken);
        if (now.Uptime < _nextHistoryReport || _leaseStore.HistoryEnd is not { } head)
            return;
        _nextHistoryReport = now.Uptime + _historyReportInterval;
        _log.HistoryHead(_interface, head);
    }

    private async ValueTask<bool> EnsureViewAsync(bool fresh, CancellationToken cancellationToken)
    {
        TimeSpan now = Moment.Of(_clock).Uptime;
        if (now < _nextReconcile && !(fresh && now - _viewTaken > _viewAge))
        {
            if (Volatile.Read(ref _nextPools) is not null || Volatile.Read(ref _nextSettings) is not null)
                UpdatePlan(isDifferent: false);
            return true;
        }

        _looked = now;
        try
        {
            await RefreshAsync(cancellationToken);
            return true;
        }
        catch (NetlinkException error) when (!error.IsNoSuchDevice)
        {
            _nextReconcile = now + _minViewAge;
            return false;
        }
    }

    private async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        Moment before = Moment.Of(_clock);
        UpdatePlan(await _device.RefreshAsync(before, cancellationToken));
        TimeSpan after = Moment.Of(_clock).Uptime;
        _viewTaken = after;
        _viewAge = TimeSpan.FromTicks(Math.Clamp((after - before.Uptime).Ticks * ViewCostFactor, _minViewAge.Ticks, _maxViewAge.Ticks));
        _nextReconcile = after + (_reconcileInterval * (0.9 + (0.2 * _random.NextDouble())));
    }

    private void UpdatePlan(bool isDifferent)
    {
        LeaseSettings? nextSettings = Interlocked.Exchange(ref _nextSettings, null);
        PoolSource? nextPools = Interlocked.Exchange(ref _nextPools, null);
        if (isDifferent || nextSettings is not null || nextPools is not null)
            Plan.Update(nextSettings, nextPools, Moment.Of(_clock));
    }
}
