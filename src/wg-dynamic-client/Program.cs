using System.CommandLine;
using WgDynamic;
using WgDynamic.Client;
using WgDynamic.Daemon;
using WgDynamic.Netlink;

Argument<InterfaceName> interfaceName = DaemonOptions.Interface("The WireGuard interface that is to get addresses, such as wg0");
Option<bool> foreground = DaemonOptions.Foreground();
Option<bool> releaseOnExit = new("--release-on-exit") { Description = "Give the addresses back when stopped, instead of letting the lease run out" };
Option<Acceptance> accept = ClientArguments.Accept();
Option<IpPrefix[]> acceptPrefix = ClientArguments.AcceptPrefix();
Option<RouteTable> table = ClientArguments.Table();
Option<string?> hostname = ClientArguments.Hostname();
Option<bool> noHostname = new("--no-hostname") { Description = "Do not tell the server what this machine is called" };
Option<string?> options = ClientArguments.Options();
Option<string> logLevel = DaemonOptions.LogLevel();
Option<string> runtimeDirectory = DaemonOptions.RuntimeDirectory();

RootCommand command = new("Gets addresses for a WireGuard interface from a server inside the tunnel, and keeps them.")
{
    interfaceName, foreground, accept, acceptPrefix, table, hostname, noHostname, releaseOnExit, options, logLevel, runtimeDirectory,
};
command.SetAction((result, _) =>
{
    ClientOptions wishes = new()
    {
        Interface = result.GetRequiredValue(interfaceName),
        ReleaseOnExit = result.GetValue(releaseOnExit),
        Accept = result.GetRequiredValue(accept) with { Within = [.. result.GetValue(acceptPrefix) ?? []] },
        Table = result.GetValue(table),
        Hostname = result.GetValue(noHostname) ? null : result.GetValue(hostname),
        Program = ClientArguments.ProgramName,
        RuntimeDirectory = result.GetRequiredValue(runtimeDirectory),
    };
    DaemonSettings settings = new()
    {
        Identifier = "wg-dynamic-client",
        Kind = "client",
        Interface = wishes.Interface,
        Foreground = result.GetValue(foreground),
        LogLevel = DaemonOptions.ToLogLevel(result.GetRequiredValue(logLevel)),
        RuntimeDirectory = result.GetRequiredValue(runtimeDirectory),
        Arguments = args,
        Explain = NetlinkException.Explain,
        LeaveTerminal = ProcessControl.StartSession,
        CloseStandardStreams = ProcessControl.DropStandardStreams,
        TryLock = SharedFile.TryLock,
    };
    return DaemonHost.RunAsync(settings, (log, manager, stop) => Client.RunAsync(wishes, log, manager, stop));
});
try
{
    return await DaemonOptions.InvokeAsync(command, OptionsFile.Expand(args));
}
catch (StartupException error)
{
    await Console.Error.WriteLineAsync($"{command.Name}: {error.Message}");
    return error.ExitCode;
}
