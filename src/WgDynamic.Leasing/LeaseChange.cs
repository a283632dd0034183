namespace WgDynamic.Leasing;

/// <summary>What happened to a lease.</summary>
public enum LeaseEvent
{
    /// <summary>A peer got the address, at the record's <see cref="LeaseRecord.Start"/>.</summary>
    Granted,

    /// <summary>It goes on. Nothing for the history: who has the address is still the same.</summary>
    Renewed,

    /// <summary>It ended, in the way that its <see cref="LeaseRecord.State"/> says, at the record's <see cref="LeaseRecord.End"/>.</summary>
    Ended,

    /// <summary>Its AllowedIPs entry has left the device after the end. Nothing for the history, and nothing is lost if this is.</summary>
    Cleared,

    /// <summary>It ended, and is not to be remembered any more: its record goes. Nothing for the history, which has its end.</summary>
    Forgotten,
}

/// <summary>A change of one lease: what happened, and how the lease was right after it.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Record">The lease, as it is to be stored.</param>
public readonly record struct LeaseChange(LeaseEvent Event, LeaseRecord Record);
