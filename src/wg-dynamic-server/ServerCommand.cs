using System.CommandLine;
using System.Globalization;
using WgDynamic.Daemon;
using WgDynamic.Storage;

namespace WgDynamic.Server;

/// <summary>The arguments of the server, and what each of them makes it do.</summary>
internal sealed class ServerCommand
{
    private readonly Argument<InterfaceName> _interface = DaemonOptions.Interface("The WireGuard interface whose peers are to get addresses, such as wg0");

    private readonly Option<uint?> _leaseTime = new("--leasetime")
    {
        CustomParser = static result =>
        {
            if (result.Tokens is [{ Value: var text }] && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds) && seconds > 0)
                return seconds;
            result.AddError("--leasetime must be a number of seconds, at least 1");
            return null;
        },
        Description = "How long a lease lasts without renewal, in seconds, whatever the configuration file says (3600)",
        HelpName = "SECONDS",
    };

    private readonly Option<bool> _assignAddress = new("--assign-address") { Description = "Put fe80::/64 on the interface if it lacks the server's address" };
    private readonly Option<string> _configuration = new("--config") { Description = "The configuration file, instead of /etc/wg-dynamic/<interface>.conf", HelpName = "FILE" };
    private readonly Option<bool> _checkConfiguration = new("--check-config") { Description = "List every problem of the configuration file, and do nothing else" };
    private readonly Option<string> _database = new("--database") { Description = "Where leases are kept, instead of /var/lib/wg-dynamic/<interface>.db", HelpName = "FILE" };
    private readonly Option<bool> _ephemeral = new("--ephemeral") { Description = "Keep leases in memory only: a restart forgets them" };
    private readonly Option<bool> _checkDatabase = new("--check-database") { Description = "List every problem of the database, and do nothing else" };
    private readonly Option<string> _head = new("--head") { Description = "With --check-database: an end of the history from the log; say whether the history was rewritten up to there", HelpName = "HEAD" };
    private readonly Option<string> _backup = new("--backup") { Description = "Copy the database to a new file, and do nothing else; a server may be running", HelpName = "FILE" };
    private readonly Option<string> _restore = new("--restore") { Description = "Put a backup in the database's place, and do nothing else", HelpName = "FILE" };
    private readonly Option<string> _history = new("--history") { Description = "Say who had an address, and do nothing else", HelpName = "ADDRESS" };
    private readonly Option<string> _at = new("--at") { Description = "With --history: at this time, such as '2026-11-04 03:12'", HelpName = "TIME" };
    private readonly Option<bool> _json = new("--json") { Description = "With --check-config and --history: for programs" };
    private readonly Option<bool> _foreground = DaemonOptions.Foreground();
    private readonly Option<string> _logLevel = DaemonOptions.LogLevel();
    private readonly Option<string> _runtimeDirectory = DaemonOptions.RuntimeDirectory();

    /// <summary>Describes the command.</summary>
    /// <param name="serve">What to do when none of the options says to do something else.</param>
    public ServerCommand(Func<ServerOptions, DaemonChoices, Task<int>> serve)
    {
        Root = new RootCommand("Leases addresses to the peers of a WireGuard interface, inside the tunnel. Without a configuration file the pools are the routes that lead to the interface.")
        {
            _interface, _leaseTime, _assignAddress, _configuration, _checkConfiguration, _database, _ephemeral, _checkDatabase, _head,
            _backup, _restore, _history, _at, _json, _foreground, _logLevel, _runtimeDirectory,
        };
        AddValidators();
        Root.SetAction((result, _) => RunAsync(result, serve));
    }

    /// <summary>The command.</summary>
    public RootCommand Root { get; }

    private void AddValidators()
    {
        _history.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !IpAddress.TryParse(text, out _))
                result.AddError($"'{text}' is not an address, such as 10.66.0.7");
        });
        _at.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !DatabaseCommands.TryParseTime(text, out _))
                result.AddError($"'{text}' is not a time, such as '2026-11-04 03:12' or 2026-11-04T03:12Z");
        });
        _head.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !HistoryHead.TryParse(text, out _))
                result.AddError($"'{text}' is not an end of the history, such as the log has: the number of a row, a colon, 64 hexadecimal digits");
        });
        Root.Validators.Add(result =>
        {
            bool Has(Option option) => result.GetResult(option) is { Implicit: false };
            Option[] instead = [.. new Option[] { _checkConfiguration, _checkDatabase, _backup, _restore, _history }.Where(Has)];
            if (instead.Length > 1)
                result.AddError($"{instead[0].Name} and {instead[1].Name} do not go together");
            if (Has(_head) && !Has(_checkDatabase))
                result.AddError("--head goes with --check-database only");
            if (Has(_at) && !Has(_history))
                result.AddError("--at goes with --history only");
            if (Has(_json) && !Has(_checkConfiguration) && !Has(_history))
                result.AddError("--json goes with --check-config and --history only");
            if (Has(_ephemeral) && Has(_database))
                result.AddError("--ephemeral and --database do not go together");
        });
    }

    private async Task<int> RunAsync(ParseResult result, Func<ServerOptions, DaemonChoices, Task<int>> serve)
    {
        InterfaceName name = result.GetRequiredValue(_interface);
        string runtimeDirectory = result.GetRequiredValue(_runtimeDirectory);
        string database = FullPath(result.GetValue(_database)) ?? DefaultDatabase(name);
        ServerOptions options = new()
        {
            Interface = name,
            LeaseTime = result.GetValue(_leaseTime) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            AssignAddress = result.GetValue(_assignAddress),
            ConfigurationPath = FullPath(result.GetValue(_configuration)),
            RuntimeDirectory = runtimeDirectory,
            DatabasePath = result.GetValue(_ephemeral) ? null : database,
        };

        if (result.GetValue(_checkConfiguration))
            return ConfigurationCheck.Run(options, result.GetValue(_json), Console.Out);
        if (result.GetValue(_checkDatabase))
        {
            HistoryHead? noted = result.GetValue(_head) is { } text && HistoryHead.TryParse(text, out HistoryHead head) ? head : null;
            return DatabaseCommands.Run(() => DatabaseCommands.Check(database, noted, Console.Out));
        }

        if (result.GetValue(_backup) is { } target)
            return DatabaseCommands.Run(() => DatabaseCommands.Backup(database, target, Console.Out));
        if (result.GetValue(_restore) is { } source)
            return DatabaseCommands.Run(() => DatabaseCommands.Restore(database, source, runtimeDirectory, name, Console.Out));
        if (result.GetValue(_history) is { } address)
        {
            DateTimeOffset? at = result.GetValue(_at) is { } text && DatabaseCommands.TryParseTime(text, out DateTimeOffset time) ? time : null;
            return DatabaseCommands.Run(() => DatabaseCommands.History(database, IpAddress.Parse(address), at, result.GetValue(_json), Console.Out));
        }

        return await serve(options, new DaemonChoices(result.GetValue(_foreground), DaemonOptions.ToLogLevel(result.GetRequiredValue(_logLevel)), runtimeDirectory));
    }

    // In the background the current directory is another.
    private static string? FullPath(string? path) => path is { Length: > 0 } ? Path.GetFullPath(path) : path;

    // systemd names the directory that it made for the unit (systemd.exec(5), StateDirectory=).
    private static string DefaultDatabase(InterfaceName name) =>
        Path.Combine(Environment.GetEnvironmentVariable("STATE_DIRECTORY")?.Split(':')[0] is { Length: > 0 } directory ? directory : "/var/lib/wg-dynamic", $"{name}.db");
}
