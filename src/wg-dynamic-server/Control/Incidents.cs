using Microsoft.Extensions.Logging;
using WgDynamic.Control;

namespace WgDynamic.Server;

/// <summary>
/// The server's log, of which what a person may want to act on is an event as well: one list of what is told, and not two.
/// What happens to leases comes from <see cref="LeaseReports"/>, which makes no objects for it.
/// </summary>
/// <param name="log">Where lines go.</param>
/// <param name="events">Where events go.</param>
/// <param name="interfaceName">The interface, with which most lines begin.</param>
internal sealed class Incidents(ILogger log, EventHub events, InterfaceName interfaceName) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => log.BeginScope(state);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel) || logLevel >= LogLevel.Information;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (log.IsEnabled(logLevel))
            log.Log(logLevel, eventId, state, exception, formatter);
        if (TypeOf(eventId.Name) is not { } type)
            return;
        PublicKey? peer = null;
        IpAddress? address = null;
        foreach ((string _, object? value) in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
        {
            peer ??= value as PublicKey?;
            address ??= value as IpAddress?;
        }

        string text = formatter(state, exception), prefix = $"{interfaceName}: ";
        events.Publish(new ControlEvent(type, peer, address, Text: text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text));
    }

    private static EventType? TypeOf(string? name) => name switch
    {
        nameof(ServerLog.Serving) or nameof(ServerLog.InterfaceGone) or nameof(ServerLog.DatabaseRestored) => EventType.Daemon,
        nameof(ServerLog.Pools) => EventType.PlanChanged,
        nameof(ServerLog.ConfigurationRead) => EventType.Reloaded,
        nameof(ServerLog.Malformed) => EventType.Malformed,
        nameof(ServerLog.Mended) => EventType.Mended,
        nameof(ServerLog.StoreFailed) or nameof(ServerLog.StoreRecovered) or nameof(ServerLog.StoreRebuilt) or nameof(ServerLog.DeviceFailed)
            or nameof(ServerLog.DeviceRecovered) or nameof(ServerLog.ConfigurationKept) or nameof(ServerLog.AddressLost) or nameof(ServerLog.ClockWentBack)
            or nameof(ServerLog.RoutesFailed) or nameof(ServerLog.ReservationUnusable) or nameof(ServerLog.Conflict) => EventType.Trouble,
        _ => null,
    };
}
