using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace WgDynamic.Daemon;

/// <summary>The arguments and options that both daemons take, so that they look and behave the same.</summary>
public static class DaemonOptions
{
    private static readonly Dictionary<string, LogLevel> _logLevels = new(StringComparer.Ordinal)
    {
        ["debug"] = Microsoft.Extensions.Logging.LogLevel.Debug,
        ["info"] = Microsoft.Extensions.Logging.LogLevel.Information,
        ["warning"] = Microsoft.Extensions.Logging.LogLevel.Warning,
        ["error"] = Microsoft.Extensions.Logging.LogLevel.Error,
    };

    /// <summary>How to invoke a daemon's command: signals and exceptions are the daemon's own business.</summary>
    public static InvocationConfiguration Invocation { get; } = new() { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };

    /// <summary>The interface, checked to be a name that one can have.</summary>
    /// <param name="description">What for.</param>
    public static Argument<InterfaceName> Interface(string description) => new("interface")
    {
        Description = description,
        CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (!InterfaceName.TryParse(text, out InterfaceName name))
                result.AddError($"'{text}' cannot be the name of an interface: 1 to {InterfaceName.MaxLength} printable characters without '/', ':' and spaces");
            return name;
        },
    };

    /// <summary><c>--foreground</c>.</summary>
    public static Option<bool> Foreground() => new("--foreground", "-f") { Description = "Stay in the foreground and log to standard error" };

    /// <summary><c>--log-level</c>.</summary>
    public static Option<LogLevel> LogLevel()
    {
        Option<LogLevel> option = new("--log-level")
        {
            Description = "What to log: debug, info, warning or error",
            HelpName = "LEVEL",
            DefaultValueFactory = _ => Microsoft.Extensions.Logging.LogLevel.Information,
            CustomParser = result =>
            {
                if (!_logLevels.TryGetValue(result.Tokens[0].Value, out LogLevel level))
                    result.AddError($"'{result.Tokens[0].Value}' is no log level: {string.Join(", ", _logLevels.Keys)}");
                return level;
            },
        };
        option.CompletionSources.Add(_ => _logLevels.Keys.Select(name => new System.CommandLine.Completions.CompletionItem(name)));
        return option;
    }

    /// <summary><c>--runtime-directory</c>: what systemd made for the unit, or /run/wg-dynamic.</summary>
    public static Option<string> RuntimeDirectory() => new("--runtime-directory")
    {
        Description = "Where locks and sockets are kept",
        HelpName = "DIRECTORY",
        DefaultValueFactory = _ =>
            Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY")?.Split(':')[0] is { Length: > 0 } directory ? directory : "/run/wg-dynamic",
    };
}
