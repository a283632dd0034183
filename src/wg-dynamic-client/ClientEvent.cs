using WgDynamic.Protocol;

namespace WgDynamic.Client;

/// <summary>What the client's state machine is told.</summary>
internal abstract record ClientEvent
{
    private ClientEvent()
    {
    }

    /// <summary>The interface is up; also when it was before, and something else about it has changed.</summary>
    public sealed record LinkUp : ClientEvent;

    /// <summary>The interface is down.</summary>
    public sealed record LinkDown : ClientEvent;

    /// <summary>The interface does not exist any more.</summary>
    public sealed record LinkGone : ClientEvent;

    /// <summary>An address has disappeared from the interface.</summary>
    public sealed record AddressLost(IpAddress Address) : ClientEvent;

    /// <summary>A route that the server has pushed has disappeared.</summary>
    public sealed record RouteLost : ClientEvent;

    /// <summary>The server answered.</summary>
    /// <param name="Number">The exchange that it belongs to; one that was given up may still have an end.</param>
    /// <param name="Reply">What.</param>
    /// <param name="Sent">When the request was sent, in time since boot: leases count from there, whatever the server's clock says.</param>
    public sealed record Answered(int Number, Reply Reply, TimeSpan Sent) : ClientEvent;

    /// <summary>An exchange had no usable reply.</summary>
    public sealed record Failed(int Number, string Reason) : ClientEvent;

    /// <summary>What was to be done to the interface could not be done.</summary>
    public sealed record Obstructed(string Reason) : ClientEvent;

    /// <summary>What the server pushes could not be put into force: what was in force before is.</summary>
    public sealed record NotApplied(string Reason) : ClientEvent;

    /// <summary>The time that was asked for has come.</summary>
    public sealed record TimerDue : ClientEvent;

    /// <summary>The person wants the server to be asked now. Nothing is due earlier for it if it is being asked already.</summary>
    public sealed record Renew : ClientEvent;

    /// <summary>The person, or the service manager, wants the client to end.</summary>
    /// <param name="Release">Whether to give the lease back first; null for what the client was started with.</param>
    public sealed record Stop(bool? Release = null) : ClientEvent;
}
