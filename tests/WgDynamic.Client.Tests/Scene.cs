using WgDynamic.Control;
using WgDynamic.Protocol;

namespace WgDynamic.Client.Tests;

/// <summary>
/// A client's machine with everything around it played by the test: the interface, the server, the time. Holds it to
/// what must be true at any moment.
/// </summary>
internal sealed class Scene
{
    public const string Four = "192.0.2.8";
    public const string Six = "2001:db8::8";

    // However often it may be told that its time has come before it says that it waits for another.
    private const int MaxDueInARow = 4;

    private readonly TimeSpan _start;
    private int _requests;
    private TimeSpan _latestExpiry;

    public Scene(bool release = false, string? hostname = null, TimeSpan? foundExpiry = null, int seed = 1, string[]? wished = null, params string[] found)
    {
        Now = _start = TimeSpan.FromSeconds(1000);
        ClientOptions options = new() { Interface = InterfaceName.Parse("wg0"), ReleaseOnExit = release, Hostname = hostname, Program = hostname is null ? null : "wg-dynamic/0", RequestAddresses = [.. (wished ?? []).Select(address => IpAddress.Parse(address))] };
        Machine = new ClientMachine([.. found.Select(address => IpAddress.Parse(address))], foundExpiry ?? TimeSpan.Zero, options, new Random(seed));
        foreach (string address in found)
            Installed.Add(IpAddress.Parse(address), _latestExpiry = foundExpiry!.Value);
    }

    public ClientMachine Machine { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>What the interface has, and when the kernel will drop it.</summary>
    public Dictionary<IpAddress, TimeSpan> Installed { get; } = [];

    /// <summary>What the server has pushed and is in force.</summary>
    public PushedState? Pushed { get; private set; }

    /// <summary>How often something was put into force.</summary>
    public int Applied { get; private set; }

    /// <summary>What was done in answer to the last event.</summary>
    public IReadOnlyList<ClientAction> Actions { get; private set; } = [];

    /// <summary>The exchange that is under way.</summary>
    public ClientAction.Exchange? Exchange { get; private set; }

    public TimeSpan ExchangeSent { get; private set; }

    public TimeSpan? WakeAt { get; private set; }

    public bool Exited { get; private set; }

    public int Exchanges { get; private set; }

    public string Names => string.Join(" ", Installed.Keys.Order());

    public Scene Do(ClientEvent change)
    {
        Handle(change);
        // Whoever has slept till now is woken now.
        for (int due = 0; !Exited && WakeAt <= Now; due++)
        {
            Assert.True(due < MaxDueInARow, $"{Machine.State} spins after {change}");
            IReadOnlyList<ClientAction> before = Actions;
            Handle(new ClientEvent.TimerDue());
            Actions = [.. before, .. Actions];
        }

        if (change is not ClientEvent.LinkGone)
        {
            Assert.True(!Machine.Held.Any() || Now < Machine.Expiry, "an address is held longer than its lease lasts");
            Assert.True(Pushed is null || Machine.Held.Any(), "what was pushed is in force longer than the lease lasts");
        }

        return this;
    }

    public Scene LinkUp() => Do(new ClientEvent.LinkUp());

    public Scene Stop() => Do(new ClientEvent.Stop());

    /// <summary>The server answers what it was asked last.</summary>
    public Scene Answer(string? four = Four, string? six = Six, uint lease = 1000, uint? renewAfter = null, WireError? error = null, long serverClock = 0, string? route = null)
    {
        Assert.NotNull(Exchange);
        Reply reply = new()
        {
            IPv4 = four is null ? null : IpAddress.Parse(four),
            IPv6 = six is null ? null : IpAddress.Parse(six),
            LeaseStartUnixSeconds = four is null && six is null ? 0 : serverClock,
            LeaseSeconds = four is null && six is null ? 0 : lease,
            RenewAfterSeconds = renewAfter,
            Routes = route is null ? [] : [IpPrefix.Parse(route)],
            Error = error ?? (four is null || six is null ? WireError.AddressUnavailable : WireError.Success),
        };
        return Do(new ClientEvent.Answered(Exchange.Number, reply, ExchangeSent));
    }

    public Scene Fail()
    {
        Assert.NotNull(Exchange);
        return Do(new ClientEvent.Failed(Exchange.Number, "no answer"));
    }

    /// <summary>Lets time go by; the machine is woken whenever it wanted to be, unless the whole computer sleeps.</summary>
    public Scene Wait(double seconds, bool asleep = false)
    {
        TimeSpan until = Now + TimeSpan.FromSeconds(seconds);
        while (!asleep && !Exited && WakeAt is { } wake && wake <= until)
        {
            Now = wake;
            Do(new ClientEvent.TimerDue());
        }

        Now = until;
        if (asleep)
            Do(new ClientEvent.TimerDue());
        return this;
    }

    /// <summary>Lets time go by until it asks, if it does.</summary>
    public Scene WaitForExchange(double atMostSeconds = 100_000)
    {
        TimeSpan limit = Now + TimeSpan.FromSeconds(atMostSeconds);
        while (Exchange is null && WakeAt is { } wake && wake <= limit)
        {
            Now = wake;
            Do(new ClientEvent.TimerDue());
        }

        Assert.NotNull(Exchange);
        return this;
    }

    /// <summary>Lets time go by until something is done, or it asks.</summary>
    public Scene WaitFor<T>(double atMostSeconds)
        where T : ClientAction
    {
        TimeSpan limit = Now + TimeSpan.FromSeconds(atMostSeconds);
        do
        {
            Assert.True(WakeAt <= limit, $"no {typeof(T).Name}");
            Now = WakeAt.Value;
            Do(new ClientEvent.TimerDue());
        }
        while (Exchange is null && !Actions.OfType<T>().Any());
        return this;
    }

    /// <summary>Nothing of this client is left on the interface.</summary>
    public void AssertLeftNothing()
    {
        Assert.True(Exited);
        Assert.Empty(Installed);
        Assert.Null(Pushed);
    }

    private void Handle(ClientEvent change)
    {
        Assert.False(Exited, "there is nothing to be told after the end");
        if (change is ClientEvent.Answered(var number, var reply, var sent) && number == Exchange?.Number)
        {
            Exchange = null;
            _latestExpiry = Max(_latestExpiry, sent + TimeSpan.FromSeconds(reply.LeaseSeconds));
        }
        else if (change is ClientEvent.Failed(var failed, _) && failed == Exchange?.Number)
        {
            Exchange = null;
        }

        Actions = [.. Machine.Handle(change, Now)];
        WakeAt = null;
        foreach (ClientAction action in Actions)
            Play(action);
    }

    private void Play(ClientAction action)
    {
        Assert.False(Exited && action is not ClientAction.WakeAt, "there is nothing to do after the end");
        switch (action)
        {
            case ClientAction.Exchange exchange:
                Assert.Null(Exchange);
                Exchange = exchange;
                ExchangeSent = Now;
                Exchanges++;
                if (Machine.State != ClientPhase.Stopping)
                    _requests++;
                Assert.True(_requests <= (Now - _start).TotalSeconds + 2, $"{_requests} exchanges in {Now - _start}");
                break;
            case ClientAction.Abandon:
                Exchange = null;
                break;
            case ClientAction.Install(var address, var lifetime):
                Assert.True(lifetime > TimeSpan.Zero);
                Assert.True(Now + lifetime <= _latestExpiry, "an address is installed for longer than it is leased");
                Installed[address] = Now + lifetime;
                break;
            case ClientAction.Remove(var address):
                Assert.True(Installed.Remove(address), $"{address} is not there");
                break;
            case ClientAction.Apply(var state):
                Assert.NotEmpty(Installed);
                Pushed = state;
                Applied++;
                break;
            case ClientAction.Withdraw:
                Pushed = null;
                break;
            case ClientAction.WakeAt(var at):
                WakeAt = at;
                break;
            case ClientAction.Exit:
                Exited = true;
                break;
        }
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
