namespace WgDynamic.Server;

/// <summary>What a session tells its peer; a copy, so that it can be read on any thread.</summary>
/// <param name="Status">Whether there is anything to tell.</param>
/// <param name="IPv4">The IPv4 address that the peer has now.</param>
/// <param name="IPv6">The IPv6 address that it has now.</param>
/// <param name="IsComplete">Whether it got all that it asked for.</param>
/// <param name="Start">The time of day.</param>
/// <param name="LeaseTime">For how long.</param>
/// <param name="RenewAfter">When to come back, jittered.</param>
internal readonly record struct LeaseOutcome(
    OutcomeStatus Status, IpAddress? IPv4, IpAddress? IPv6, bool IsComplete, DateTimeOffset Start, TimeSpan LeaseTime, TimeSpan RenewAfter);

internal enum OutcomeStatus
{
    /// <summary>Stored and on the device: the peer may know.</summary>
    Done,

    /// <summary>The source address is no peer's (any more).</summary>
    UnknownPeer,

    /// <summary>It could not be stored, or put on the device: nothing is promised, and the peer will ask again.</summary>
    Failed,
}
