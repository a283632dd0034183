using Microsoft.Extensions.Logging;

namespace WgDynamic.Daemon;

/// <summary>Values of options that both daemons take.</summary>
public static class CommonOptions
{
    /// <summary>The names of log levels, least important first.</summary>
    public static readonly IReadOnlyDictionary<string, LogLevel> LogLevels = new Dictionary<string, LogLevel>(StringComparer.Ordinal)
    {
        ["debug"] = LogLevel.Debug,
        ["info"] = LogLevel.Information,
        ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
    };

    /// <summary>Where locks and sockets lie, unless told otherwise: what systemd made for the unit, or /run/wg-dynamic.</summary>
    public static string DefaultRuntimeDirectory =>
        Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY")?.Split(':')[0] is { Length: > 0 } directory ? directory : "/run/wg-dynamic";
}
