using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>
/// A time of day to forget by. It follows the machine's clock, but by no more than twice the time that has passed since the
/// last look: a clock that is years ahead for an hour makes it an hour early, and what a long rest has left behind is caught
/// up with in as long a time.
/// </summary>
/// <param name="start">The time at the first look.</param>
/// <param name="last">Where it had come to before: <see cref="StoredLeases.LastCommit"/>; null to begin with the machine's clock.</param>
internal sealed class SteadyTime(Moment start, DateTimeOffset? last)
{
    private DateTimeOffset _time = last ?? start.Wall;
    private TimeSpan _lookedAt = start.Uptime;

    // The machine's clock may run ahead or behind by so much, as it does until NTP has set it.
    private static readonly TimeSpan _sane = TimeSpan.FromMinutes(5);

    /// <summary>Whether the machine's clock says about the same.</summary>
    /// <param name="now">The time.</param>
    public bool IsSane(Moment now) => (now.Wall - _time - (now.Uptime - _lookedAt)).Duration() < _sane;

    /// <summary>Looks at the clock.</summary>
    /// <param name="now">The time; not before the last look.</param>
    /// <returns>The same moment, with this time of day in place of the machine's.</returns>
    public Moment At(Moment now)
    {
        TimeSpan most = (now.Uptime - _lookedAt) * 2, off = now.Wall - _time;
        _lookedAt = now.Uptime;
        _time += off > most ? most : off < -most ? -most : off;
        return now with { Wall = _time };
    }
}
