using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>What a row of the history says. The numbers are in files: they never change.</summary>
internal enum HistoryEvent
{
    /// <summary>A peer got the address.</summary>
    Granted = 0,

    /// <summary>The lease ran out.</summary>
    Expired = 1,

    /// <summary>The peer gave it back.</summary>
    Released = 2,

    /// <summary>The server took it back.</summary>
    Revoked = 3,

    /// <summary>The lease goes on, and the row of its grant is not there any more: it was pruned, or its file damaged.</summary>
    Carried = 4,
}

/// <summary>How states and events go together.</summary>
internal static class HistoryEvents
{
    /// <summary>The event of a lease's end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The lease has not ended.</exception>
    public static HistoryEvent EndOf(LeaseState state) => state switch
    {
        LeaseState.Expired => HistoryEvent.Expired,
        LeaseState.Released => HistoryEvent.Released,
        LeaseState.Revoked => HistoryEvent.Revoked,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No lease ends so."),
    };

    /// <summary>The state of a lease after an event.</summary>
    public static LeaseState StateAfter(HistoryEvent happened) => happened switch
    {
        HistoryEvent.Expired => LeaseState.Expired,
        HistoryEvent.Released => LeaseState.Released,
        HistoryEvent.Revoked => LeaseState.Revoked,
        _ => LeaseState.Active,
    };
}
