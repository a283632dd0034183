using System.Globalization;

namespace WgDynamic.Tool;

/// <summary>Says how far a file is, on a line of its own that it overwrites, once it takes longer than a second. Disposing wipes that line.</summary>
internal sealed class Progress : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(0.2);

    private readonly Lock _lock = new();
    private readonly TextWriter _output;
    private readonly Func<long> _done;
    private readonly long? _total;
    private readonly ITimer? _timer;
    private int _written;
    private bool _isOver;

    /// <summary>Begins.</summary>
    /// <param name="terminal">Who looks, or does not.</param>
    /// <param name="done">Says how many bytes are done, from any thread.</param>
    /// <param name="total">How many bytes it will be; null if that is not known.</param>
    public Progress(Terminal terminal, Func<long> done, long? total = null)
    {
        _output = terminal.Error;
        _done = done;
        _total = total;
        if (terminal.ShowsProgress)
            _timer = terminal.Clock.CreateTimer(_ => Tell(), null, _patience, _pause);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock)
        {
            _isOver = true;
            if (_written > 0)
                _output.Write($"\r{new string(' ', _written)}\r");
        }
    }

    private void Tell()
    {
        lock (_lock)
        {
            if (_isOver)
                return;
            long done = _done();
            string text = _total is > 0 and var total
                ? string.Create(CultureInfo.InvariantCulture, $"{Words.Bytes(done)} of {Words.Bytes(total)} ({100 * done / total}%)")
                : Words.Bytes(done);
            _output.Write($"\r{text.PadRight(_written)}");
            _output.Flush();
            _written = Math.Max(_written, text.Length);
        }
    }
}
