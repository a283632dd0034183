using WgDynamic.Protocol;

namespace WgDynamic.Client;

/// <summary>What the client's state machine wants to be done.</summary>
internal abstract record ClientAction
{
    private ClientAction()
    {
    }

    /// <summary>Ask the server; one exchange at a time, each with its number.</summary>
    public sealed record Exchange(int Number, Request Request) : ClientAction;

    /// <summary>Give the exchange up, if there is one.</summary>
    public sealed record Abandon : ClientAction;

    /// <summary>Put an address on the interface, or set how long it lasts.</summary>
    public sealed record Install(IpAddress Address, TimeSpan Lifetime) : ClientAction;

    /// <summary>Take an address off the interface.</summary>
    public sealed record Remove(IpAddress Address) : ClientAction;

    /// <summary>Put what the server pushes into force, in place of what was.</summary>
    public sealed record Apply(PushedState State) : ClientAction;

    /// <summary>Bring back what has vanished of what is in force.</summary>
    public sealed record Restore : ClientAction;

    /// <summary>See whether any of it has vanished that the kernel would not speak of, and if so bring it back: cheap if not.</summary>
    public sealed record Glance : ClientAction;

    /// <summary>Undo all that was put into force, if anything was.</summary>
    public sealed record Withdraw : ClientAction;

    /// <summary>Come back at a time since boot.</summary>
    public sealed record WakeAt(TimeSpan Uptime) : ClientAction;

    /// <summary>Nothing is left to do.</summary>
    public sealed record Exit : ClientAction;
}
