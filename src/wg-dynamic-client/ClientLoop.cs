using System.Threading.Channels;
using Microsoft.Extensions.Logging;
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

    private readonly Channel<ClientEvent> _events = Channel.CreateBounded<ClientEvent>(new BoundedChannelOptions(64) { SingleReader = true });
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
    private string _lastProblem = "";
    private HashSet<string> _refused = [];
    private int _restorations;

    public ClientLoop(InterfaceName interfaceName, ClientMachine machine, Uplink uplink, RouteClient routes, RouteMonitor monitor, ServerExchange exchange, Applier applier, TimeProvider clock, ILogger log, ServiceManager manager)
    {
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
        using CancellationTokenRegistration stopping = stop.Register(() => _events.Writer.TryWrite(new ClientEvent.Stop()));
        using ITimer timer = _clock.CreateTimer(_ => _events.Writer.TryWrite(new ClientEvent.TimerDue()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        bool goesOn = await HandleAsync(_uplink.Link.IsUp ? new ClientEvent.LinkUp() : new ClientEvent.LinkDown());
        TimeSpan longestWait = _manager.LongestRound is { } round && round < _longestWait ? round : _longestWait;
        while (goesOn)
        {
            _manager.Alive();
            // A timer counts milliseconds, and would be due too early up to one.
            TimeSpan wait = _wakeAt is { } at ? TimeSpan.FromMilliseconds(Math.Ceiling((at - Now).TotalMilliseconds)) : longestWait;
            _ = timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait < longestWait ? wait : longestWait, Timeout.InfiniteTimeSpan);
            ClientEvent change = await _events.Reader.ReadAsync(CancellationToken.None);
            // Stop may have found the queue full.
            if (stop.IsCancellationRequested && _machine.State != ClientState.Stopping)
                goesOn = await HandleAsync(new ClientEvent.Stop());
            if (goesOn)
                goesOn = await HandleAsync(change);
        }

        await ending.CancelAsync();
        await watching;
    }

    private async ValueTask<bool> HandleAsync(ClientEvent change)
    {
        if (change is ClientEvent.LinkUp)
            await RestoreUplinkAsync();

        string before = Names(_machine.Held);
        ClientState stateBefore = _machine.State;
        IReadOnlyList<ClientAction> actions = _machine.Handle(change, Now);
        Report(change, stateBefore, before);

        bool goesOn = true;
        _wakeAt = null;
        ClientEvent? failure = null;
        foreach (ClientAction action in actions)
        {
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
                        _log.Restored(_interface, $"address {address}", ++_restorations);
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
                    if (await _applier.WithdrawAsync() is { } problem)
                        _log.NotWithdrawn(_interface, problem);
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

        ReportRefusals(change);
        _manager.Status(ClientStatus.Text(_interface, _machine.State, _machine.Held, _machine.Expiry - Now, _lastProblem, _clock));
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

        await _events.Writer.WriteAsync(outcome, CancellationToken.None);
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
            _log.Pushed(_interface, state);
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
            _log.Restored(_interface, string.Join(", ", _applier.Restored), ++_restorations);
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

    // Once each, not at every renewal.
    private void ReportRefusals(ClientEvent change)
    {
        if (change is not ClientEvent.Answered(_, var reply, _))
            return;
        if (reply.Serial is { } serial)
            _log.Serial(_interface, serial);
        HashSet<string> refused = [.. _machine.Refused, .. _applier.Refused];
        foreach (string refusal in refused.Except(_refused))
            _log.Refused(_interface, refusal);
        _refused = refused;
    }

    private void Report(ClientEvent change, ClientState stateBefore, string heldBefore)
    {
        string held = Names(_machine.Held);
        if (_machine.Problem is { } problem)
        {
            if (problem != _lastProblem)
                _log.Trouble(_interface, problem);
            else
                _log.SameTrouble(_interface, problem);
            _lastProblem = problem;
        }

        switch (change)
        {
            case ClientEvent.Answered when _machine.State == ClientState.Bound:
                long seconds = (long)Math.Round((_machine.Expiry - Now).TotalSeconds);
                if (held != heldBefore || stateBefore == ClientState.Requesting)
                    _log.Leased(_interface, held, seconds);
                else
                    _log.Renewed(_interface, held, seconds);
                if (_machine.Problem is null)
                    _lastProblem = "";
                break;
            case ClientEvent.LinkGone:
                _log.InterfaceGone(_interface);
                break;
            case ClientEvent.LinkDown when !_waitingReported:
                _log.Waiting(_interface);
                break;
            default:
                if (_machine.State == ClientState.Stopping && heldBefore.Length > 0 && held.Length == 0)
                    _log.Stopped(_interface, heldBefore);
                else if (_machine.State == ClientState.Expired && stateBefore != ClientState.Expired)
                    _log.Expired(_interface, heldBefore);
                break;
        }

        _waitingReported = _machine.State == ClientState.Waiting;
    }

    private static string Names(IEnumerable<IpAddress> addresses) => string.Join(", ", addresses.Select(address => IpPrefix.Host(address)));

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
            await _events.Writer.WriteAsync(told, cancellationToken);
    }

    private bool IsPushed(Route route) => _applier.Current.Contains(new Effect.TunnelRoute(route.Destination, route.Table));

    private async ValueTask<ClientEvent> IsUpAsync() =>
        await _routes.FindLinkAsync(_interface) is not { } link || link.Index != _uplink.Link.Index ? new ClientEvent.LinkGone()
            : link.IsUp ? new ClientEvent.LinkUp() : new ClientEvent.LinkDown();
}
