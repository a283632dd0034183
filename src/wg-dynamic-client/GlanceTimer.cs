namespace WgDynamic.Client;

/// <summary>When to glance at the WireGuard device: the kernel tells nobody when somebody resets it. Spread so that clients do not look in step.</summary>
internal sealed class GlanceTimer(Random random)
{
    private static readonly TimeSpan _earliest = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan _spread = TimeSpan.FromSeconds(2);

    /// <summary>When the next one is due, in time since boot; null while there is nothing to look for.</summary>
    public TimeSpan? Due { get; private set; }

    /// <summary>Whether one is due; then the time of the next begins.</summary>
    /// <param name="isNeeded">Whether there is anything to look for.</param>
    /// <param name="now">The time.</param>
    public bool IsDue(bool isNeeded, TimeSpan now)
    {
        bool isDue = isNeeded && now >= Due;
        if (!isNeeded)
            Due = null;
        else if (isDue || Due is null)
            Due = now + _earliest + (_spread * random.NextDouble());
        return isDue;
    }
}
