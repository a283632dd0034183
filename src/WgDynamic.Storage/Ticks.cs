namespace WgDynamic.Storage;

/// <summary>Times as they are stored: 100 ns since 1970, UTC. Exact, and <c>datetime(t / 10000000, 'unixepoch')</c> is readable.</summary>
internal static class Ticks
{
    public static long Of(DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    /// <returns>Whether it is a time at all.</returns>
    public static bool TryRead(long stored, out DateTimeOffset time)
    {
        bool isTime = stored >= -DateTimeOffset.UnixEpoch.Ticks && stored <= DateTimeOffset.MaxValue.Ticks - DateTimeOffset.UnixEpoch.Ticks;
        time = isTime ? new DateTimeOffset(stored + DateTimeOffset.UnixEpoch.Ticks, TimeSpan.Zero) : default;
        return isTime;
    }
}
