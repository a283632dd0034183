using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace WgDynamic.Server.Tests;

/// <summary>Keeps what was logged.</summary>
internal sealed class LogLines(LogLevel level = LogLevel.Information) : ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Event, string Text)> _lines = new();

    /// <summary>The messages of an event of <see cref="ServerLog"/>.</summary>
    public IEnumerable<string> Of(string name) => _lines.Where(line => line.Event == name).Select(line => line.Text);

    public IEnumerable<string> AtLeast(LogLevel least) => _lines.Where(line => line.Level >= least).Select(line => line.Text);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= level;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            _lines.Enqueue((logLevel, eventId.Name ?? "", formatter(state, exception) + (exception is null ? "" : ": " + exception)));
    }
}
