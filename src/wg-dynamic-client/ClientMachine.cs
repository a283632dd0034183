using WgDynamic.Control;
using WgDynamic.Protocol;

namespace WgDynamic.Client;

/// <summary>
/// The client's decisions, without clocks, sockets or addresses of its own: events in, actions out. All times are
/// times since boot, so that a lease goes on running out while the machine sleeps.
/// </summary>
internal sealed class ClientMachine
{
    // Whatever the server answers and the link does: on average one exchange in this time, and two in a row at most.
    private static readonly TimeSpan _minInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _releaseTime = TimeSpan.FromSeconds(3);

    // What the kernel takes as a lifetime: 2^32 - 1 seconds mean for ever (linux/if_addr.h, INFINITY_LIFE_TIME).
    private static readonly TimeSpan _longestLease = TimeSpan.FromSeconds(uint.MaxValue - 1);

    private readonly ClientOptions _options;
    private readonly Random _random;
    private readonly Backoff _backoff;
    private readonly GlanceTimer _glances;
    private readonly PushDecisions _pushes;
    private readonly List<ClientAction> _actions = [];

    private readonly HeldAddresses _held = new();
    private TimeSpan _expiry;
    private TimeSpan? _retryAt;
    private TimeSpan _askedEnoughUntil;
    private bool _exchanging;
    private int _exchange;
    private bool _linkIsUp;

    // The prototype's server says nothing that its own client does not know.
    private bool _serverKnowsRelease;

    /// <summary>Makes a client that waits for its interface to come up.</summary>
    /// <param name="found">Leased addresses that an earlier client left on the interface: they are asked for again, and taken off if the server gives others.</param>
    /// <param name="foundExpiry">When the kernel will drop them.</param>
    /// <param name="options">What the person wants.</param>
    /// <param name="random">For jitter.</param>
    public ClientMachine(IReadOnlyCollection<IpAddress> found, TimeSpan foundExpiry, ClientOptions options, Random random)
    {
        _options = options;
        _random = random;
        _backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), random);
        _glances = new GlanceTimer(random);
        _pushes = new PushDecisions(options.Accept, random);
        foreach (IpAddress address in found)
            _ = _held.Replace(address.IsIPv6, address, now: null);
        foreach (IpAddress address in options.RequestAddresses)
            _held.Wish(address);
        _expiry = foundExpiry;
    }

    /// <summary>Where it stands.</summary>
    public ClientPhase State { get; private set; } = ClientPhase.Waiting;

    /// <summary>When the lease runs out, while there is one.</summary>
    public TimeSpan Expiry => _expiry;

    /// <summary>How long it was when the server last granted it; null for what an earlier client has left.</summary>
    public TimeSpan? LeaseTime { get; private set; }

    /// <summary>When the server is asked next; null while nothing is due, or it is being asked.</summary>
    public TimeSpan? NextRequest => State == ClientPhase.Stopping ? null : _retryAt;

    /// <summary>The addresses on the interface that are this client's doing.</summary>
    public IEnumerable<IpAddress> Held => _held.Addresses;

    /// <summary>The same, and since when.</summary>
    public IReadOnlyList<HeldAddress> HeldSince => [.. _held.All];

    /// <summary>What went wrong with the last event, for the log; null if nothing did.</summary>
    public string? Problem { get; private set; }

    /// <summary>What of the last answer is not accepted, and why.</summary>
    public IReadOnlyList<string> Refused => _pushes.Refused;

    /// <summary>Takes an event.</summary>
    /// <param name="change">What happened.</param>
    /// <param name="now">Time since boot.</param>
    /// <returns>What to do, in this order; valid until the next call.</returns>
    public IReadOnlyList<ClientAction> Handle(ClientEvent change, TimeSpan now)
    {
        _actions.Clear();
        Problem = null;
        switch (change)
        {
            case ClientEvent.LinkGone:
                Do(new ClientAction.Abandon());
                // Not everything goes with the interface.
                Withdraw();
                Do(new ClientAction.Exit());
                return _actions;
            case ClientEvent.Stop(var release) when State != ClientPhase.Stopping:
                Stop(release ?? _options.ReleaseOnExit, now);
                return Schedule(now);
            case ClientEvent.Answered { Number: var number } when IsStale(number):
            case ClientEvent.Failed { Number: var failed } when IsStale(failed):
                return Schedule(now);
            case ClientEvent.Answered or ClientEvent.Failed:
                _exchanging = false;
                break;
        }

        if (State == ClientPhase.Stopping)
            ContinueStopping(change, now);
        else
            Continue(change, now);
        return Schedule(now);
    }

    /// <summary>Whether the end of an exchange is of no interest any more.</summary>
    /// <param name="exchange">Its number.</param>
    public bool IsStale(int exchange) => !_exchanging || exchange != _exchange;

    private void Continue(ClientEvent change, TimeSpan now)
    {
        switch (change)
        {
            case ClientEvent.LinkUp:
                Resume(now);
                break;
            case ClientEvent.LinkDown:
                Pause();
                break;
            case ClientEvent.AddressLost(var address) when Held.Contains(address) && now < _expiry:
                Do(new ClientAction.Install(address, _expiry - now));
                // With the last IPv4 address of an interface Linux drops its IPv4 routes, and says nothing.
                Do(new ClientAction.Restore());
                break;
            case ClientEvent.RouteLost when _held.Any:
                Do(new ClientAction.Restore());
                break;
            case ClientEvent.NotApplied(var reason):
                FailToApply(reason, now);
                break;
            case ClientEvent.Answered(_, var reply, var sent):
                Accept(reply, sent, now);
                break;
            case ClientEvent.Failed(_, var reason):
                Fail(reason, now);
                break;
            case ClientEvent.Obstructed(var reason):
                Problem = reason;
                AskBy(now + _backoff.Next());
                break;
            case ClientEvent.Renew:
                AskBy(now);
                break;
        }

        if (_held.Any && now >= _expiry)
            Expire();
        if (_glances.IsDue(_linkIsUp && _held.Any && _pushes.HasRoutes, now))
            Do(new ClientAction.Glance());
        if (_linkIsUp && !_exchanging && _retryAt is { } due && now >= due)
            Ask(now);
    }

    private void Resume(TimeSpan now)
    {
        // IPv6 addresses do not survive a link that goes down (net.ipv6.conf.*.keep_addr_on_down).
        foreach (IpAddress address in Held)
        {
            if (now < _expiry)
                Do(new ClientAction.Install(address, _expiry - now));
        }

        if (_held.Any)
            Do(new ClientAction.Restore());
        if (_linkIsUp)
            return;
        _linkIsUp = true;
        _backoff.Reset();
        State = _held.Any ? ClientPhase.Renewing : ClientPhase.Requesting;
        AskAt(now);
    }

    private void Pause()
    {
        _linkIsUp = false;
        _retryAt = null;
        State = ClientPhase.Waiting;
        AbandonExchange();
    }

    // What is due earlier stays due. An exchange that is under way says itself when the next is.
    private void AskBy(TimeSpan time)
    {
        if (_linkIsUp && !_exchanging)
            AskAt(Min(_retryAt ?? time, time));
    }

    private void AskAt(TimeSpan time) => _retryAt = Max(time, _askedEnoughUntil - _minInterval);

    private void Ask(TimeSpan now)
    {
        _retryAt = null;
        _askedEnoughUntil = Max(now, _askedEnoughUntil) + _minInterval;
        _exchanging = true;
        if (State == ClientPhase.Bound)
            State = ClientPhase.Renewing;
        Do(new ClientAction.Exchange(++_exchange, new Request { IPv4 = _held.Wanted4, IPv6 = _held.Wanted6, Hostname = _options.Hostname, Client = _options.Program }));
    }

    private void Accept(Reply reply, TimeSpan sent, TimeSpan now)
    {
        if (ReplyCheck.FindFault(reply) is { } fault)
        {
            Fail(fault, now);
            return;
        }

        if (reply.Error is not (WireError.Success or WireError.AddressUnavailable))
        {
            Fail($"the server refused: {reply.ErrorMessage ?? $"error {(int)reply.Error}"}", now);
            return;
        }

        _serverKnowsRelease |= reply.RenewAfterSeconds is not null || reply.Serial is not null;

        // A certain address that is not to be had any more: any other will do, and there is no need to wait for it.
        bool askForOthers = _held.Forgo(reply);
        TimeSpan lifetime = TimeSpan.FromSeconds(Math.Min(reply.LeaseSeconds, _longestLease.TotalSeconds));
        if (sent + lifetime <= now)
            lifetime = TimeSpan.Zero;

        // What is new comes before what is old goes: connections that can move have somewhere to move to.
        TimeSpan expiry = sent + lifetime;
        foreach (IpAddress? granted in (ReadOnlySpan<IpAddress?>)[reply.IPv4, reply.IPv6])
        {
            if (granted is { } address && lifetime > TimeSpan.Zero)
                Do(new ClientAction.Install(address, expiry - now));
        }

        // What is pushed lasts as long as the lease.
        if (!reply.HasAddress || lifetime == TimeSpan.Zero)
            Withdraw();
        else if (_pushes.Next(reply) is { } pushed)
            Do(new ClientAction.Apply(pushed));
        else
            Do(new ClientAction.Restore());
        Replace(isIPv6: false, lifetime > TimeSpan.Zero ? reply.IPv4 : null, now);
        Replace(isIPv6: true, lifetime > TimeSpan.Zero ? reply.IPv6 : null, now);

        if (!_held.Any)
        {
            if (askForOthers)
                AskAt(now);
            else
                Fail(reply.HasAddress ? "the lease was over before its answer came" : "the server has no address to give", now);
            State = ClientPhase.Requesting;
            return;
        }

        State = ClientPhase.Bound;
        _expiry = expiry;
        LeaseTime = lifetime;
        TimeSpan renewal = Renewal.After(reply, lifetime, sent, now, _random);
        if (askForOthers)
        {
            AskAt(now);
        }
        else if (reply.Error == WireError.Success || _held.MissingFamily is null)
        {
            // An address of each family is all that it wants, also if they are not those that it asked for.
            _backoff.Reset();
            AskAt(renewal);
        }
        else
        {
            Problem = $"the server has no {_held.MissingFamily} address to give";
            AskAt(Min(renewal, now + _backoff.Next()));
        }
    }

    private void FailToApply(string reason, TimeSpan now)
    {
        Problem = reason;
        // What the server answers next is tried again, or what it pushes by then.
        AskBy(now + _pushes.Fail());
    }

    private void Withdraw()
    {
        _pushes.Forget();
        Do(new ClientAction.Withdraw());
    }

    private void Fail(string reason, TimeSpan now)
    {
        Problem = reason;
        // An exchange that is under way says itself when the next is due.
        if (_linkIsUp && !_exchanging)
            AskAt(now + _backoff.Next());
    }

    private void Expire()
    {
        Withdraw();
        foreach (IpAddress address in Held)
            Do(new ClientAction.Remove(address));
        // The wish remains: the address that it had is the one it asks for.
        _held.Clear();
        if (State != ClientPhase.Waiting)
            State = ClientPhase.Expired;
    }

    private void Stop(bool release, TimeSpan now)
    {
        release &= _linkIsUp && _held.Any && now < _expiry;
        State = ClientPhase.Stopping;
        AbandonExchange();
        if (release)
        {
            Release(_serverKnowsRelease ? Command.Release : Command.RequestIp);
            _retryAt = now + _releaseTime;
        }
        else
        {
            Finish();
        }
    }

    // A request that names no address gives all of them back as well, and is all that the prototype's server knows.
    private void Release(Command command)
    {
        _serverKnowsRelease = command == Command.Release;
        _exchanging = true;
        Do(new ClientAction.Exchange(++_exchange, new Request { Command = command }));
    }

    private void ContinueStopping(ClientEvent change, TimeSpan now)
    {
        if (change is ClientEvent.Answered { Reply.Error: WireError.UnsupportedProtocol } && _serverKnowsRelease && now < _retryAt)
        {
            Release(Command.RequestIp);
            return;
        }

        // What ran out meanwhile needs no release.
        if (change is ClientEvent.Answered or ClientEvent.Failed || now >= _retryAt || now >= _expiry)
            Finish();
    }

    private void Finish()
    {
        AbandonExchange();
        Withdraw();
        foreach (IpAddress address in Held)
            Do(new ClientAction.Remove(address));
        _held.Clear();
        _retryAt = null;
        Do(new ClientAction.Exit());
    }

    private void AbandonExchange()
    {
        if (_exchanging)
            Do(new ClientAction.Abandon());
        _exchanging = false;
    }

    private List<ClientAction> Schedule(TimeSpan now)
    {
        TimeSpan? wake = _retryAt;
        if (_held.Any)
            wake = wake is { } retry ? Min(retry, _expiry) : _expiry;
        if (_glances.Due is { } look && State != ClientPhase.Stopping)
            wake = wake is { } earlier ? Min(earlier, look) : look;
        if (wake is { } at)
            Do(new ClientAction.WakeAt(Max(at, now)));
        return _actions;
    }

    // The old address goes if it is another one.
    private void Replace(bool isIPv6, IpAddress? granted, TimeSpan now)
    {
        if (_held.Replace(isIPv6, granted, now) is { } old)
            Do(new ClientAction.Remove(old));
    }

    private void Do(ClientAction action) => _actions.Add(action);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
