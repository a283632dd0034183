using WgDynamic.Protocol;

namespace WgDynamic.Client;

/// <summary>When a lease is to be renewed.</summary>
internal static class Renewal
{
    // However short a lease is, the server hears from a client no more often than this.
    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(1);

    // Leave room to try again a few times before the lease is over.
    private const double LatestPart = 0.9;

    // RFC 2131 section 4.4.5, spread so that clients that were started together part.
    private const double EarliestDefaultPart = 0.45;
    private const double DefaultSpread = 0.1;

    /// <summary>When, in time since boot: what the server says, or at about half the time if it says nothing.</summary>
    /// <param name="reply">The server's answer.</param>
    /// <param name="lifetime">How long the lease lasts from when its request was sent.</param>
    /// <param name="sent">When that was.</param>
    /// <param name="now">The time.</param>
    /// <param name="random">For jitter.</param>
    public static TimeSpan After(Reply reply, TimeSpan lifetime, TimeSpan sent, TimeSpan now, Random random)
    {
        TimeSpan wanted = reply.RenewAfterSeconds is { } seconds
            ? TimeSpan.FromSeconds(seconds)
            : lifetime * (EarliestDefaultPart + (DefaultSpread * random.NextDouble()));
        TimeSpan latest = lifetime * LatestPart, renewal = sent + (wanted < latest ? wanted : latest);
        return renewal > now + _shortest ? renewal : now + _shortest;
    }
}
