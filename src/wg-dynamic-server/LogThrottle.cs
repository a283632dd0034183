namespace WgDynamic.Server;

/// <summary>Lets one message of a kind through in ten seconds: what a stranger can cause, a stranger must not fill a log with.</summary>
internal sealed class LogThrottle(TimeProvider clock)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, (long Last, int Suppressed)> _kinds = [];
    private readonly Lock _lock = new();

    /// <summary>Whether a message may be logged now.</summary>
    /// <param name="kind">One of a few constants.</param>
    /// <param name="suppressed">How many of its kind were not since the last that was.</param>
    public bool Allows(string kind, out int suppressed)
    {
        lock (_lock)
        {
            bool known = _kinds.TryGetValue(kind, out (long Last, int Suppressed) state);
            suppressed = state.Suppressed;
            if (known && clock.GetElapsedTime(state.Last) < _interval)
            {
                _kinds[kind] = (state.Last, suppressed + 1);
                return false;
            }

            _kinds[kind] = (clock.GetTimestamp(), 0);
            return true;
        }
    }
}
