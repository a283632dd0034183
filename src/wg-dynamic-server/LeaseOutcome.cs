using System.IO.Hashing;

namespace WgDynamic.Server;

/// <summary>What a session tells its peer; a copy, so that it can be read on any thread.</summary>
/// <param name="Status">Whether there is anything to tell.</param>
/// <param name="IPv4">The IPv4 address that the peer has now.</param>
/// <param name="IPv6">The IPv6 address that it has now.</param>
/// <param name="IsComplete">Whether it got all that it asked for.</param>
/// <param name="Start">The time of day.</param>
/// <param name="LeaseTime">For how long.</param>
/// <param name="RenewAfter">When to come back, jittered.</param>
/// <param name="Push">What it gets with its addresses; null for nothing.</param>
internal readonly record struct LeaseOutcome(
    OutcomeStatus Status, IpAddress? IPv4, IpAddress? IPv6, bool IsComplete, DateTimeOffset Start, TimeSpan LeaseTime, TimeSpan RenewAfter, PushSet? Push)
{
    /// <summary>The number of this state: the same for the same addresses and pushes, also after a restart.</summary>
    public ulong Serial
    {
        get
        {
            Span<byte> state = stackalloc byte[2 * 16];
            state.Clear();
            _ = IPv4?.CopyTo(state);
            _ = IPv6?.CopyTo(state[16..]);
            return XxHash3.HashToUInt64(state, Push?.Digest ?? 0);
        }
    }
}

internal enum OutcomeStatus
{
    /// <summary>Stored and on the device: the peer may know.</summary>
    Done,

    /// <summary>The source address is no peer's (any more).</summary>
    UnknownPeer,

    /// <summary>It could not be stored, or put on the device: nothing is promised, and the peer will ask again.</summary>
    Failed,
}
