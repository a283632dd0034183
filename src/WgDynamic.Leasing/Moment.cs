namespace WgDynamic.Leasing;

/// <summary>
/// One reading of both clocks. Leases are counted by <see cref="Uptime"/>, which goes on through suspend and
/// never steps; <see cref="Wall"/> is for people, for the wire and for restarts.
/// </summary>
/// <param name="Uptime">Time since boot, suspend included (CLOCK_BOOTTIME, clock_gettime(2)).</param>
/// <param name="Wall">The time of day, UTC.</param>
public readonly record struct Moment(TimeSpan Uptime, DateTimeOffset Wall)
{
    /// <summary>Reads both clocks.</summary>
    /// <param name="clock">A clock whose timestamps count from boot.</param>
    public static Moment Of(TimeProvider clock) =>
        new(clock.GetElapsedTime(0, clock.GetTimestamp()), clock.GetUtcNow());
}
