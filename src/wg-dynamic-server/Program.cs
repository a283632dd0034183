using System.CommandLine;
using WgDynamic;
using WgDynamic.Daemon;
using WgDynamic.Leasing;
using WgDynamic.Netlink;
using WgDynamic.Server;

Argument<InterfaceName> interfaceName = DaemonOptions.Interface("The WireGuard interface whose peers are to get addresses, such as wg0");
Option<uint> leaseTime = new("--leasetime")
{
    Description = "How long a lease lasts without renewal, in seconds",
    HelpName = "SECONDS",
    DefaultValueFactory = _ => (uint)new LeasePolicy().LeaseTime.TotalSeconds,
};
leaseTime.Validators.Add(result =>
{
    if (result.GetValueOrDefault<uint>() == 0)
        result.AddError("--leasetime must be at least 1 second");
});
Option<bool> assignAddress = new("--assign-address") { Description = "Put fe80::/64 on the interface if it lacks the server's address" };
Option<string> configuration = new("--config") { Description = "The configuration file, instead of /etc/wg-dynamic/<interface>.conf", HelpName = "FILE" };
Option<bool> checkConfiguration = new("--check-config") { Description = "List every problem of the configuration file, and do nothing else" };
Option<bool> json = new("--json") { Description = "With --check-config: for programs" };
json.Validators.Add(result =>
{
    if (result.GetValueOrDefault<bool>() && result.GetResult(checkConfiguration) is null or { Implicit: true })
        result.AddError("--json goes with --check-config only");
});
Option<bool> foreground = DaemonOptions.Foreground();
Option<string> logLevel = DaemonOptions.LogLevel();
Option<string> runtimeDirectory = DaemonOptions.RuntimeDirectory();

RootCommand command = new("Leases addresses to the peers of a WireGuard interface, inside the tunnel. The pools are the routes that lead to the interface.")
{
    interfaceName, leaseTime, assignAddress, configuration, checkConfiguration, json, foreground, logLevel, runtimeDirectory,
};
command.SetAction((result, _) =>
{
    ServerOptions options = new()
    {
        Interface = result.GetRequiredValue(interfaceName),
        LeaseTime = TimeSpan.FromSeconds(result.GetRequiredValue(leaseTime)),
        AssignAddress = result.GetValue(assignAddress),
        // In the background the current directory is another.
        ConfigurationPath = result.GetValue(configuration) is { Length: > 0 } path ? Path.GetFullPath(path) : result.GetValue(configuration),
    };
    if (result.GetValue(checkConfiguration))
        return Task.FromResult(ConfigurationCheck.Run(options, result.GetValue(json), Console.Out));
    DaemonSettings settings = new()
    {
        Identifier = "wg-dynamic-server",
        Kind = "server",
        Interface = options.Interface,
        Foreground = result.GetValue(foreground),
        LogLevel = DaemonOptions.ToLogLevel(result.GetRequiredValue(logLevel)),
        RuntimeDirectory = result.GetRequiredValue(runtimeDirectory),
        Arguments = args,
        Explain = NetlinkException.Explain,
        LeaveTerminal = ProcessControl.StartSession,
        CloseStandardStreams = ProcessControl.DropStandardStreams,
    };
    return DaemonHost.RunAsync(settings, (log, ready, stop) => Server.RunAsync(options, log, ready, stop));
});
return await DaemonOptions.InvokeAsync(command, args);
