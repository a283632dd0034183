using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
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

    /// <summary>Runs a program's command. Wrong arguments give a line each, not the whole help; signals and exceptions are the daemon's own business.</summary>
    /// <param name="command">The command.</param>
    /// <param name="arguments">What it was started with.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> InvokeAsync(RootCommand command, IReadOnlyList<string> arguments)
    {
        Prepare(command);
        ParseResult result = command.Parse(arguments);
        if (result.Errors.Count == 0)
            return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        foreach (System.CommandLine.Parsing.ParseError error in result.Errors)
            await Console.Error.WriteLineAsync($"{command.Name}: {error.Message.TrimEnd('.')}");
        await Console.Error.WriteLineAsync($"Try: {command.Name} --help");
        return DaemonHost.Failure;
    }

    /// <summary>Makes a command that of a program on Linux, whose shells may ask it what fits.</summary>
    /// <param name="command">The command.</param>
    public static void Prepare(RootCommand command)
    {
        foreach (HelpOption help in command.Options.OfType<HelpOption>())
        {
            // What else means help elsewhere is a file's name, or a pattern of a shell.
            help.Aliases.Clear();
            help.Aliases.Add("-h");
        }

        foreach (SuggestDirective directive in command.Directives.OfType<SuggestDirective>())
            directive.Action = new ShellCompletion();
    }

    /// <summary>The interface, checked to be a name that one can have.</summary>
    /// <param name="description">What for.</param>
    public static Argument<InterfaceName> Interface(string description)
    {
        Argument<InterfaceName> argument = new("interface")
        {
            Description = description,
            // Else the help names those that there are.
            HelpName = "interface",
            CustomParser = result =>
            {
                string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
                InterfaceName name = default;
                if (text.StartsWith('-'))
                    result.AddError($"unknown option '{text}'");
                else if (!InterfaceName.TryParse(text, out name))
                    result.AddError($"'{text}' cannot be the name of an interface: 1 to {InterfaceName.MaxLength} printable characters without '/', ':' and spaces");
                return name;
            },
        };
        argument.CompletionSources.Add(_ => InterfaceList.All().Select(name => new CompletionItem(name)));
        return argument;
    }

    /// <summary><c>--foreground</c>.</summary>
    public static Option<bool> Foreground() => new("--foreground", "-f") { Description = "Stay in the foreground and log to standard error" };

    /// <summary><c>--log-level</c>; <see cref="ToLogLevel"/> reads its value.</summary>
    public static Option<string> LogLevel()
    {
        Option<string> option = new("--log-level")
        {
            Description = "The least important messages to log: debug, info, warning or error",
            HelpName = "LEVEL",
            DefaultValueFactory = _ => "info",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && !_logLevels.ContainsKey(name))
                result.AddError($"'{name}' is no log level; there are {string.Join(", ", _logLevels.Keys)}");
        });
        option.CompletionSources.Add([.. _logLevels.Keys]);
        return option;
    }

    /// <summary>The level of a name that <see cref="LogLevel"/> has let pass.</summary>
    /// <param name="name">debug, info, warning or error.</param>
    public static LogLevel ToLogLevel(string name) => _logLevels[name];

    /// <summary><c>--runtime-directory</c>: what systemd made for the unit, or /run/wg-dynamic.</summary>
    public static Option<string> RuntimeDirectory() => new("--runtime-directory")
    {
        Description = "Where locks and sockets are kept",
        HelpName = "DIRECTORY",
        DefaultValueFactory = _ => RuntimeFile.DefaultDirectory,
    };
}
