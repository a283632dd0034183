using Microsoft.Extensions.Logging;

namespace WgDynamic.Daemon;

/// <summary>
/// Log lines go to the journal by its own protocol where it is what standard error leads to; else to standard error,
/// for a person. From when the daemon is in the background they go to the journal or else to syslog. One line a message.
/// </summary>
public sealed class DaemonLogger : ILogger, IDisposable
{
    private readonly LogLevel _level;
    private readonly TextWriter _error;
    private readonly bool _errorIsJournal;
    private readonly Func<Journal?> _openJournal;
    private readonly Func<Syslog?> _openSyslog;
    private readonly Lock _lock = new();
    private Journal? _journal;
    private Syslog? _syslog;
    private bool _inBackground;

    /// <summary>Logs to standard error.</summary>
    /// <param name="level">The least important level that is logged.</param>
    /// <param name="identifier">The name in journal and syslog, such as wg-dynamic-client.</param>
    /// <param name="interfaceName">The interface that it is about.</param>
    public DaemonLogger(LogLevel level, string identifier, InterfaceName interfaceName)
        : this(level, identifier, interfaceName, Console.Error, ErrorIsJournal(), Journal.UsualPath, "/dev/log")
    {
    }

    internal DaemonLogger(LogLevel level, string identifier, InterfaceName? interfaceName, TextWriter error, bool errorIsJournal, string journalPath, string syslogPath)
    {
        _level = level;
        _error = error;
        _errorIsJournal = errorIsJournal;
        _openJournal = () => File.Exists(journalPath) && DatagramTarget.TryCreate(journalPath) is { } target ? new Journal(target, identifier, interfaceName) : null;
        _openSyslog = () => DatagramTarget.TryCreate(syslogPath) is { } target ? new Syslog(target, identifier) : null;
        if (errorIsJournal)
            _journal = _openJournal();
    }

    /// <summary>Standard error is gone; the journal or syslog from now on.</summary>
    public void LeaveStandardError()
    {
        lock (_lock)
        {
            _inBackground = true;
            _journal ??= _openJournal();
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
        text = OneLine(text);
        int priority = Priority(logLevel);
        lock (_lock)
        {
            if (_journal?.TryWrite(priority, text, eventId.Name, state as IReadOnlyList<KeyValuePair<string, object?>>, exception) == true)
                return;
            if (_inBackground)
                _syslog?.Write(priority, text);
            else if (_errorIsJournal)
                // Which takes priorities in front (sd-daemon(3)).
                _error.WriteLine($"<{priority}>{text}");
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
    public void Dispose()
    {
        _journal?.Dispose();
        _syslog?.Dispose();
    }

    /// <summary>A text without what begins a line of its own or moves a terminal's cursor: some of it may have come from a stranger.</summary>
    internal static string OneLine(string text) => string.Create(text.Length, text, static (line, source) =>
    {
        for (int i = 0; i < line.Length; i++)
            line[i] = char.IsControl(source[i]) ? ' ' : source[i];
    });

    // systemd says which stream is the journal, as DEVICE:INODE (systemd.exec(5), JOURNAL_STREAM): whoever was given
    // another standard error since has inherited the variable all the same.
    private static bool ErrorIsJournal() =>
        Environment.GetEnvironmentVariable("JOURNAL_STREAM")?.Split(':') is [_, var inode]
        && new FileInfo("/proc/self/fd/2").LinkTarget == $"socket:[{inode}]";

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
