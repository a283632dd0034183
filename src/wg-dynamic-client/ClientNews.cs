using Microsoft.Extensions.Logging;
using WgDynamic.Control;

namespace WgDynamic.Client;

/// <summary>Says what happens, each thing in one place: to the log, for people, and to who watches at the control socket.</summary>
/// <param name="name">The interface.</param>
/// <param name="server">The server's key.</param>
/// <param name="log">The log.</param>
/// <param name="events">Who watches.</param>
internal sealed class ClientNews(InterfaceName name, PublicKey server, ILogger log, EventHub events)
{
    private readonly List<ControlEvent> _untold = [];
    private HashSet<string> _refused = [];

    /// <summary>What is in the way; empty for nothing.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>What of the server's last answer is not accepted; not changed afterwards.</summary>
    public IReadOnlyCollection<string> Refused => _refused;

    /// <summary>How often something was put back.</summary>
    public int Restorations { get; private set; }

    /// <summary>The client runs.</summary>
    public void Started(IpAddress own)
    {
        log.Started(name, server, own);
        Tell(EventType.Daemon, $"asking {server} as {own}");
        Publish();
    }

    /// <summary>Tells who watches, once all that has happened is done: who looks because of an event finds what it says.</summary>
    public void Publish()
    {
        foreach (ControlEvent happened in _untold)
            events.Publish(happened);
        _untold.Clear();
    }

    /// <summary>The client ends, whyever.</summary>
    public void Ending() => Tell(EventType.Daemon, "ending");

    /// <summary>The interface is up.</summary>
    public void LinkUp()
    {
        log.LinkUp(name);
        Tell(EventType.LinkChanged, $"{name} is up");
    }

    /// <summary>The interface is down.</summary>
    public void LinkDown()
    {
        log.Waiting(name);
        Tell(EventType.LinkChanged, $"{name} is down, waiting for it to come up");
    }

    /// <summary>The interface does not exist any more.</summary>
    public void LinkGone()
    {
        log.InterfaceGone(name);
        Tell(EventType.LinkChanged, $"{name} is gone");
    }

    /// <summary>The server granted a lease.</summary>
    /// <param name="held">What the client has now.</param>
    /// <param name="before">What it had before.</param>
    /// <param name="isNew">Whether it is a new lease, even if for the same addresses.</param>
    /// <param name="left">How long it lasts.</param>
    public void Granted(IReadOnlyList<IpAddress> held, IReadOnlyList<IpAddress> before, bool isNew, TimeSpan left)
    {
        long seconds = (long)Math.Round(left.TotalSeconds);
        if (isNew || !held.SequenceEqual(before))
            log.Leased(name, Names(held), seconds);
        else
            log.Renewed(name, Names(held), seconds);
        foreach (IpAddress address in held)
            Tell(isNew || !before.Contains(address) ? EventType.Granted : EventType.Renewed, [address]);
        Tell(EventType.Released, before.Except(held));
    }

    /// <summary>The lease ran out.</summary>
    public void Expired(IReadOnlyList<IpAddress> addresses)
    {
        log.Expired(name, Names(addresses));
        Tell(EventType.Expired, addresses);
    }

    /// <summary>The server has answered, and without the addresses; why is trouble.</summary>
    public void TakenBack(IReadOnlyList<IpAddress> addresses) => Tell(EventType.Revoked, addresses);

    /// <summary>The client ends, and has taken its addresses off.</summary>
    /// <param name="addresses">Which.</param>
    /// <param name="wereGivenBack">Whether the server knows.</param>
    public void Stopped(IReadOnlyList<IpAddress> addresses, bool wereGivenBack)
    {
        log.Stopped(name, Names(addresses));
        if (wereGivenBack)
            Tell(EventType.Released, addresses);
    }

    /// <summary>Something is in the way: said when it changes, and no more while it stays the same.</summary>
    /// <param name="problem">What.</param>
    /// <param name="isServers">Whether it is the server that refuses or does not answer.</param>
    public void Trouble(string problem, bool isServers)
    {
        if (problem == Problem)
        {
            log.SameTrouble(name, problem);
            return;
        }

        Problem = problem;
        log.Trouble(name, problem);
        Tell(isServers ? EventType.Refused : EventType.Trouble, problem);
    }

    /// <summary>Nothing is in the way any more.</summary>
    public void NoTrouble() => Problem = "";

    /// <summary>What the server pushes is in force.</summary>
    public void Pushed(PushedState state)
    {
        log.Pushed(name, state);
        Tell(EventType.PushChanged, $"the server pushes {state}, which is in force now");
    }

    /// <summary>What the server had pushed is not in force any more.</summary>
    /// <param name="problem">Why some of it is still there; null if nothing is.</param>
    public void Withdrawn(string? problem)
    {
        if (problem is not null)
            log.NotWithdrawn(name, problem);
        Tell(EventType.PushChanged, problem is null ? "what the server pushed is undone" : $"what the server pushed cannot all be undone: {problem}");
    }

    /// <summary>What of the server's last answer is not accepted: each is said once, not at every renewal.</summary>
    public void NotAccepted(IEnumerable<string> refusals)
    {
        HashSet<string> refused = [.. refusals];
        foreach (string refusal in refused.Except(_refused))
        {
            log.Refused(name, refusal);
            Tell(EventType.PushChanged, $"not accepted from the server: {refusal}");
        }

        _refused = refused;
    }

    /// <summary>Something had vanished and was put back.</summary>
    public void Restored(string what)
    {
        log.Restored(name, what, ++Restorations);
        Tell(EventType.Mended, $"had vanished and is in force again: {what}");
    }

    private static string Names(IEnumerable<IpAddress> addresses) => string.Join(", ", addresses.Select(address => IpPrefix.Host(address)));

    private void Tell(EventType type, IEnumerable<IpAddress> addresses)
    {
        foreach (IpAddress address in addresses)
            _untold.Add(new ControlEvent(type, server, address));
    }

    private void Tell(EventType type, string text) => _untold.Add(new ControlEvent(type, server, Text: text));
}
