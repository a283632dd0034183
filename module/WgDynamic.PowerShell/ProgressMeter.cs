using System.Management.Automation;

namespace WgDynamic.PowerShell;

/// <summary>Tells how far long work has come: after a second for the first time, and never often.</summary>
internal sealed class ProgressMeter : IDisposable
{
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);
    private static int _lastId;

    private readonly WgCmdlet _cmdlet;
    private readonly string _activity;
    private readonly string _unit;
    private readonly int _id = Interlocked.Increment(ref _lastId);
    private readonly long _total;
    private readonly long _start;
    private long _next;
    private long _count;
    private long _calls;
    private bool _shown;

    public ProgressMeter(WgCmdlet cmdlet, string activity, string unit = "", long total = 0)
    {
        _cmdlet = cmdlet;
        _activity = activity;
        _unit = unit;
        _total = total;
        _start = cmdlet.Clock.GetTimestamp();
        _next = _start + Ticks(_patience);
    }

    public void Add(long count)
    {
        _count += count;
        // The clock costs more than counting.
        if (count == 1 && (++_calls & 63) != 0)
            return;
        long now = _cmdlet.Clock.GetTimestamp();
        if (now < _next)
            return;
        _next = now + Ticks(Pause);
        _shown = true;
        _cmdlet.WriteProgress(new ProgressRecord(_id, _activity, $"{_count:N0} {_unit}") { PercentComplete = _total > 0 ? (int)Math.Min(100, _count * 100 / _total) : -1 });
    }

    // Time goes by, and nothing can be counted.
    public void Tick()
    {
        long now = _cmdlet.Clock.GetTimestamp();
        if (now < _next)
            return;
        _next = now + Ticks(Pause);
        _shown = true;
        _cmdlet.WriteProgress(new ProgressRecord(_id, _activity, $"{(now - _start) / _cmdlet.Clock.TimestampFrequency} s"));
    }

    public void Dispose()
    {
        if (_shown && !_cmdlet.Cancellation.IsCancellationRequested)
            _cmdlet.WriteProgress(new ProgressRecord(_id, _activity, "Done") { RecordType = ProgressRecordType.Completed });
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _cmdlet.Clock.TimestampFrequency);
}
