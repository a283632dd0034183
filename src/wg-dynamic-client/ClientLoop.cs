using Microsoft.Extensions.Logging;
using WgDynamic.Control;
using WgDynamic.Daemon;
using WgDynamic.Netlink;
using WgDynamic.Protocol;

namespace WgDynamic.Client;

/// <summary>Carries out what the <see cref="ClientMachine"/> decides, and tells it what happens.</summary>
internal sealed class ClientLoop
{
    // Timers stand still while the machine is suspended; a short wait is soon over after it, a long one is cut.
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(15);

    // It is this client that takes an address off when its lease is over, and not the kernel, which would take the
    // operator's IPv4 routes with it (AddressRemoval). The kernel counts whole seconds, and does it should the client be killed.
    private static readonly TimeSpan _kernelsDelay = TimeSpan.FromSeconds(3);

    private readonly ClientInbox _inbox;
    private readonly ClientNews _news;
    private readonly InterfaceName _interface;
    private readonly ClientMachine _machine;
    private readonly Uplink _uplink;
    private readonly RouteClient _routes;
    private readonly RouteMonitor _monitor;
    private readonly ServerExchange _exchange;
    private readonly Applier _applier;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ServiceManager _manager;
    private Action? _abandon;
    private TimeSpan? _wakeAt;
    private bool _waitingReported;

    public ClientLoop(InterfaceName interfaceName, ClientMachine machine, ClientInbox inbox, ClientNews news, Uplink uplink, RouteClient routes, RouteMonitor monitor, ServerExchange exchange, Applier applier, TimeProvider clock, ILogger log, ServiceManager manager)
    {
        _inbox = inbox;
        _news = news;
        _interface = interfaceName;
        _machine = machine;
        _uplink = uplink;
        _routes = routes;
        _monitor = monitor;
        _exchange = exchange;
        _applier = applier;
        _clock = clock;
        _log = log;
        _manager = manager;
    }

    private TimeSpan Now => _clock.GetElapsedTime(0, _clock.GetTimestamp());

    /// <summary>Runs until it is stopped or the interface is gone.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using CancellationTokenSource ending = new();
        Task watching = WatchAsync(ending.Token);
        using CancellationTokenRegistration stopping = stop.Register(() => _inbox.Stop(release: null));
        using ITimer timer = _clock.CreateTimer(_ => _inbox.Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        bool goesOn = await HandleAsync(_uplink.Link.IsUp ? new ClientEvent.LinkUp() : new ClientEvent.LinkDown());
        TimeSpan longestWait = _manager.LongestRound is { } round && round < _longestWait ? round : _longestWait;
        while (goesOn)
        {
            _manager.Alive();
            // A timer counts milliseconds, and would be due too early up to one.
            TimeSpan wait = _wakeAt is { } at ? TimeSpan.FromMilliseconds(Math.Ceiling((at - Now).TotalMilliseconds)) : longestWait;
            _ = timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait < longestWait ? wait : longestWait, Timeout.InfiniteTimeSpan);
            ClientEvent change = await _inbox.ReadAsync();
            if (_inbox.TakeStop() is { } wish)
                goesOn = await HandleAsync(wish);
            if (goesOn)
                goesOn = await HandleAsync(change);
        }

        _inbox.End();
        await ending.CancelAsync();
        await watching;
    }

    private async ValueTask<bool> HandleAsync(ClientEvent change)
    {
        if (change is ClientEvent.LinkUp)
            await RestoreUplinkAsync();

        IpAddress[] before = [.. _machine.Held];
        ClientPhase stateBefore = _machine.State;
        bool isAnswer = change is ClientEvent.Answered(var answered, _, _) && !_machine.IsStale(answered);
        IReadOnlyList<ClientAction> actions = _machine.Handle(change, Now);

        bool goesOn = true, isReported = false;
        _wakeAt = null;
        ClientEvent? failure = null;
        foreach (ClientAction action in actions)
        {
            // What is said to be leased is on the interface by then: the machine has addresses put there before all else.
            if (!isReported && action is not ClientAction.Install)
            {
                Report(change, isAnswer, stateBefore, before);
                isReported = true;
            }

            _log.Doing(_interface, action);
            switch (action)
            {
                case ClientAction.Exchange(var number, var request):
                    _abandon = StartExchange(number, request);
                    break;
                case ClientAction.Abandon:
                    _abandon?.Invoke();
                    break;
                case ClientAction.Install(var address, var lifetime):
                    failure ??= await InstallAsync(address, lifetime);
                    if (failure is null && change is ClientEvent.AddressLost)
                        _news.Restored($"address {address}");
                    break;
                case ClientAction.Apply(var state):
                    failure ??= await ApplyAsync(state);
                    break;
                case ClientAction.Restore:
                    failure ??= await RestoreAsync(glance: false);
                    break;
                case ClientAction.Glance:
                    failure ??= await RestoreAsync(glance: true);
                    break;
                case ClientAction.Withdraw:
                    await WithdrawAsync();
                    break;
                case ClientAction.Remove(var address):
                    await RemoveAsync(address);
                    break;
                case ClientAction.WakeAt(var at):
                    _wakeAt = at;
                    break;
                case ClientAction.Exit:
                    if (change is not ClientEvent.LinkGone)
                        await RemoveRouteAsync();
                    goesOn = false;
                    break;
            }
        }

        if (!isReported)
            Report(change, isAnswer, stateBefore, before);
        if (change is ClientEvent.Answered(_, { Serial: var serial }, _))
        {
            if (serial is { } number)
                _log.Serial(_interface, number);
            _news.NotAccepted(_machine.Refused.Concat(_applier.Refused));
        }

        _manager.Status(ClientStatus.Text(_interface, _machine.State, _machine.Held, _machine.Expiry - Now, _news.Problem, _clock));
        _inbox.Snapshot = Look();
        _news.Publish();
        EndRenewals(change, isAnswer);
        return failure is null || !goesOn ? goesOn : await HandleAsync(failure);
    }

    // Before anybody else finds the server's address out of reach. If it fails, so does the next exchange, and says why.
    private async ValueTask RestoreUplinkAsync()
    {
        try
        {
            await _uplink.EnsureAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is NetlinkException or StartupException)
        {
            _log.SameTrouble(_interface, error.Message);
        }
    }

    private Action StartExchange(int number, Request request)
    {
        CancellationTokenSource abandoned = new();
        _ = ExchangeAsync(number, request, abandoned.Token);
        return abandoned.Cancel;
    }

    private async Task ExchangeAsync(int number, Request request, CancellationToken cancellationToken)
    {
        ClientEvent outcome;
        TimeSpan sent = Now;
        try
        {
            await _uplink.EnsureAsync(cancellationToken);
            outcome = new ClientEvent.Answered(number, await _exchange.AskAsync(request, cancellationToken), sent);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception error)
        {
            outcome = new ClientEvent.Failed(number, error.Message);
        }

        await _inbox.WriteAsync(outcome, CancellationToken.None);
    }

    private async ValueTask<ClientEvent?> InstallAsync(IpAddress address, TimeSpan lifetime)
    {
        // Nothing new begins with it when its lease is over.
        TimeSpan preferred = TimeSpan.FromSeconds(Math.Max(1, Math.Floor(lifetime.TotalSeconds)));
        TimeSpan valid = TimeSpan.FromSeconds(Math.Min(Math.Ceiling((lifetime + _kernelsDelay).TotalSeconds), uint.MaxValue - 1));
        try
        {
            await _routes.ReplaceAddressAsync(
                new InterfaceAddress
                {
                    InterfaceIndex = _uplink.Link.Index,
                    Address = address,
                    PrefixLength = address.BitLength,
                    ValidLifetime = valid,
                    PreferredLifetime = preferred,
                    // Linux does not remove the route to the prefix of an address that would have run out later (ipv6_del_addr(), net/ipv6/addrconf.c).
                    Flags = AddressFlags.NoPrefixRoute,
                },
                CancellationToken.None);
            return null;
        }
        catch (NetlinkException error)
        {
            return new ClientEvent.Obstructed(error.Message);
        }
    }

    private async ValueTask<ClientEvent?> ApplyAsync(PushedState state)
    {
        bool had = _applier.Current.Count > 0;
        string? problem = await _applier.ApplyAsync(state);
        ReportRestored();
        if (problem is not null)
            return new ClientEvent.NotApplied(problem);
        if (had || _applier.Current.Count > 0)
            _news.Pushed(state);
        return null;
    }

    private async ValueTask<ClientEvent?> RestoreAsync(bool glance)
    {
        string? problem = await _applier.RestoreAsync(glance);
        ReportRestored();
        return problem is null ? null : new ClientEvent.Obstructed(problem);
    }

    private void ReportRestored()
    {
        if (_applier.Restored.Count > 0)
            _news.Restored(string.Join(", ", _applier.Restored));
    }

    private async ValueTask WithdrawAsync()
    {
        bool had = _applier.Current.Count > 0;
        string? problem = await _applier.WithdrawAsync();
        if (had || problem is not null)
            _news.Withdrawn(problem);
    }

    private async ValueTask RemoveAsync(IpAddress address)
    {
        try
        {
            await AddressRemoval.RemoveAsync(_routes, _uplink.Link.Index, address);
        }
        catch (NetlinkException error) when (!error.IsNoSuchDevice)
        {
            _log.RemoveFailed(_interface, address, error);
        }
        catch (NetlinkException)
        {
            // It went with the interface.
        }
    }

    private async ValueTask RemoveRouteAsync()
    {
        try
        {
            await _uplink.RemoveRouteAsync();
        }
        catch (NetlinkException)
        {
            // It went with the interface.
        }
    }

    private void Report(ClientEvent change, bool isAnswer, ClientPhase stateBefore, IpAddress[] heldBefore)
    {
        IpAddress[] held = [.. _machine.Held];
        if (_machine.Problem is { } problem)
            _news.Trouble(problem, isServers: change is ClientEvent.Answered or ClientEvent.Failed);
        if (change is ClientEvent.LinkUp && stateBefore == ClientPhase.Waiting)
            _news.LinkUp();
        if (change is ClientEvent.LinkGone || (_machine.State == ClientPhase.Stopping && stateBefore != ClientPhase.Stopping))
            _news.Ending();
        switch (change)
        {
            case ClientEvent.Answered when _machine.State == ClientPhase.Bound:
                _news.Granted(held, heldBefore, isNew: stateBefore is ClientPhase.Requesting or ClientPhase.Expired, _machine.Expiry - Now);
                if (_machine.Problem is null)
                    _news.NoTrouble();
                break;
            case ClientEvent.LinkGone:
                _news.LinkGone();
                break;
            case ClientEvent.LinkDown when !_waitingReported:
                _news.LinkDown();
                break;
            case var _ when heldBefore.Length == 0 || held.Length > 0:
                break;
            case var _ when _machine.State == ClientPhase.Stopping:
                _news.Stopped(heldBefore, wereGivenBack: isAnswer);
                break;
            case ClientEvent.Answered:
                _news.TakenBack(heldBefore);
                break;
            default:
                _news.Expired(heldBefore);
                break;
        }

        _waitingReported = _machine.State == ClientPhase.Waiting;
    }

    // Whoever waits for a renewal waits for what the server says, be it no. Where it says nothing the client asks on, until they are tired of it.
    private void EndRenewals(ClientEvent change, bool isAnswer)
    {
        if (_machine.State == ClientPhase.Waiting && change is ClientEvent.Renew or ClientEvent.LinkDown)
            _inbox.EndRenewals($"{_interface} is down");
        else if (isAnswer && _machine.State == ClientPhase.Bound)
            _inbox.EndRenewals(null);
        else if (isAnswer && _machine.Problem is { } problem)
            _inbox.EndRenewals(problem);
    }

    private ClientSnapshot Look() => new()
    {
        State = _machine.State,
        Held = _machine.HeldSince,
        Expiry = _machine.Expiry,
        LeaseTime = _machine.LeaseTime,
        NextRequest = _machine.NextRequest,
        Effects = _applier.Current,
        NotAccepted = _news.Refused,
        Restorations = _news.Restorations,
        Problem = _news.Problem,
    };

    // Turns what the kernel says about all interfaces into events about this one.
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await PassOnAsync(await _monitor.ReadAsync(cancellationToken), cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (NetlinkException error)
            {
                // What is missed here is found at the next exchange, which looks at the interface first.
                _log.SameTrouble(_interface, error.Message);
            }
        }
    }

    private async ValueTask PassOnAsync(RouteEvent change, CancellationToken cancellationToken)
    {
        int index = _uplink.Link.Index;
        ClientEvent? told = change switch
        {
            LinkEvent { Link: var link, Removed: var removed } when link.Index == index =>
                removed ? new ClientEvent.LinkGone() : link.IsUp ? new ClientEvent.LinkUp() : new ClientEvent.LinkDown(),
            // Its own address or the way to the server: as if the link had come up anew, which puts them back.
            AddressEvent { Removed: true, Address: var own } when own.InterfaceIndex == index && own.Address == _uplink.Address => await IsUpAsync(),
            RouteChangeEvent { Removed: true, Route: var route } when route.InterfaceIndex == index && route.Destination.Contains(WireLimits.ServerAddress) => await IsUpAsync(),
            RouteChangeEvent { Removed: true, Route: var route } when route.InterfaceIndex == index && IsPushed(route) => new ClientEvent.RouteLost(),
            AddressEvent { Removed: true, Address: var address } when address.InterfaceIndex == index => new ClientEvent.AddressLost(address.Address),
            ResynchroniseEvent => await IsUpAsync(),
            _ => null,
        };
        if (told is not null)
            await _inbox.WriteAsync(told, cancellationToken);
    }

    private bool IsPushed(Route route) => _applier.Current.Contains(new Effect.TunnelRoute(route.Destination, route.Table));

    private async ValueTask<ClientEvent> IsUpAsync() =>
        await _routes.FindLinkAsync(_interface) is not { } link || link.Index != _uplink.Link.Index ? new ClientEvent.LinkGone()
            : link.IsUp ? new ClientEvent.LinkUp() : new ClientEvent.LinkDown();
}
