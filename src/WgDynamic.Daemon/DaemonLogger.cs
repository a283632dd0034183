using Microsoft.Extensions.Logging;

namespace WgDynamic.Daemon;

/// <summary>
/// Log lines go to standard error, for a person or for the journal, until the daemon is in the background, and to
/// syslog from then on. One line a message.
/// </summary>
public sealed class DaemonLogger : ILogger, IDisposable
{
    private readonly LogLevel _level;
    private readonly TextWriter _error;
    private readonly Func<Syslog?> _openSyslog;
    private readonly bool _journal;
    private readonly Lock _lock = new();
    private Syslog? _syslog;
    private bool _inBackground;

    /// <summary>Logs to standard error.</summary>
    /// <param name="level">The least important level that is logged.</param>
    /// <param name="identifier">The name in syslog, such as wg-dynamic-client.</param>
    public DaemonLogger(LogLevel level, string identifier)
        // systemd sets it where standard error is the journal, which takes priorities in front (sd-daemon(3)).
        : this(level, identifier, Console.Error, Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null, "/dev/log")
    {
    }

    internal DaemonLogger(LogLevel level, string identifier, TextWriter error, bool journal, string syslogPath)
    {
        _level = level;
        _error = error;
        _journal = journal;
        _openSyslog = () => Syslog.TryOpen(identifier, syslogPath);
    }

    /// <summary>Standard error is gone; syslog from now on.</summary>
    public void SwitchToSyslog()
    {
        lock (_lock)
        {
            _inBackground = true;
            _syslog = _openSyslog();
        }
    }

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= _level && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        string text = formatter(state, exception);
        if (exception is not null)
            text += _level <= LogLevel.Debug ? ": " + exception.ToString().ReplaceLineEndings(" | ") : ": " + exception.Message;
        // Some of it may have come from a stranger.
        text = string.Create(text.Length, text, static (line, source) =>
        {
            for (int i = 0; i < line.Length; i++)
                line[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
        lock (_lock)
        {
            if (_inBackground)
                _syslog?.Write(Priority(logLevel), text);
            else if (_journal)
                _error.WriteLine($"<{Priority(logLevel)}>{text}");
            else
                _error.WriteLine(logLevel switch
                {
                    LogLevel.Critical or LogLevel.Error => "error: " + text,
                    LogLevel.Warning => "warning: " + text,
                    _ => text,
                });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _syslog?.Dispose();

    // syslog(3)
    private static int Priority(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };
}
