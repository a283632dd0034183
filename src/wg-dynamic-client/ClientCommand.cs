using System.CommandLine;
using WgDynamic.Daemon;

namespace WgDynamic.Client;

/// <summary>The arguments of the client, and what they make of it.</summary>
internal sealed class ClientCommand
{
    private readonly Argument<InterfaceName> _interface = DaemonOptions.Interface("The WireGuard interface that is to get addresses, such as wg0");
    private readonly Option<bool> _foreground = DaemonOptions.Foreground();
    private readonly Option<Acceptance> _accept = ClientArguments.Accept();
    private readonly Option<IpPrefix[]> _acceptPrefix = ClientArguments.AcceptPrefix();
    private readonly Option<RouteTable> _table = ClientArguments.Table();
    private readonly Option<string?> _hostname = ClientArguments.Hostname();
    private readonly Option<bool> _noHostname = new("--no-hostname") { Description = "Do not tell the server what this machine is called" };
    private readonly Option<bool> _releaseOnExit = new("--release-on-exit") { Description = "Give the addresses back when stopped, instead of letting the lease run out" };
    private readonly Option<IpAddress[]> _requestAddress = ClientArguments.RequestAddress();
    private readonly Option<uint?> _controlGroup = ClientArguments.ControlGroup();
    private readonly Option<string?> _options = ClientArguments.Options();
    private readonly Option<string> _logLevel = DaemonOptions.LogLevel();
    private readonly Option<string> _runtimeDirectory = DaemonOptions.RuntimeDirectory();

    /// <summary>Describes the command.</summary>
    /// <param name="run">What to do with the options.</param>
    public ClientCommand(Func<ClientOptions, DaemonChoices, Task<int>> run)
    {
        Root = new RootCommand("Gets addresses for a WireGuard interface from a server inside the tunnel, and keeps them.")
        {
            _interface, _foreground, _accept, _acceptPrefix, _table, _hostname, _noHostname, _releaseOnExit, _requestAddress, _controlGroup, _options, _logLevel, _runtimeDirectory,
        };
        Root.SetAction((result, _) => run(Options(result), new DaemonChoices(
            result.GetValue(_foreground), DaemonOptions.ToLogLevel(result.GetRequiredValue(_logLevel)), result.GetRequiredValue(_runtimeDirectory))));
    }

    /// <summary>The command.</summary>
    public RootCommand Root { get; }

    private ClientOptions Options(ParseResult result) => new()
    {
        Interface = result.GetRequiredValue(_interface),
        ReleaseOnExit = result.GetValue(_releaseOnExit),
        RequestAddresses = result.GetValue(_requestAddress) ?? [],
        Accept = result.GetRequiredValue(_accept) with { Within = [.. result.GetValue(_acceptPrefix) ?? []] },
        Table = result.GetValue(_table),
        Hostname = result.GetValue(_noHostname) ? null : result.GetValue(_hostname),
        Program = ClientArguments.ProgramName,
        ControlGroup = result.GetValue(_controlGroup),
        RuntimeDirectory = result.GetRequiredValue(_runtimeDirectory),
    };
}
