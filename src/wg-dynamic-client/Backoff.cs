namespace WgDynamic.Client;

/// <summary>Growing pauses between attempts, with jitter so that clients that failed together do not come back together.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Random random)
{
    private int _doublings;

    /// <summary>How long to wait this time: the pause, give or take half of it.</summary>
    public TimeSpan Next()
    {
        TimeSpan pause = first * (1L << _doublings);
        if (pause < longest)
            _doublings++;
        else
            pause = longest;
        return pause * (0.5 + random.NextDouble());
    }

    /// <summary>All is well again.</summary>
    public void Reset() => _doublings = 0;
}
