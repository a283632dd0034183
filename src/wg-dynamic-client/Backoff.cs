namespace WgDynamic.Client;

/// <summary>Growing pauses between attempts, with jitter so that clients that failed together do not come back together.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Random random)
{
    private TimeSpan _next = first;

    /// <summary>How long to wait this time: the pause and up to as much again, half either way.</summary>
    public TimeSpan Next()
    {
        TimeSpan pause = _next * (0.5 + random.NextDouble());
        _next = _next * 2 < longest ? _next * 2 : longest;
        return pause;
    }

    /// <summary>All is well again.</summary>
    public void Reset() => _next = first;
}
