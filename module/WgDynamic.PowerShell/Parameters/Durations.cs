namespace WgDynamic.PowerShell;

/// <summary>Limits of times, in seconds.</summary>
internal static class Durations
{
    // Ten years: longer than any lease, and short enough for every clock.
    public const double Longest = 315_360_000;

    // What a timer can do.
    public const double LongestWait = 4_000_000;
}
