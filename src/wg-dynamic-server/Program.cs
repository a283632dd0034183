using WgDynamic.Daemon;
using WgDynamic.Leasing;
using WgDynamic.Netlink;
using WgDynamic.Server;

ServerCommand command = new((options, choices) =>
{
    DaemonSettings settings = new()
    {
        Identifier = "wg-dynamic-server",
        Kind = "server",
        Interface = options.Interface,
        Foreground = choices.Foreground,
        LogLevel = choices.LogLevel,
        RuntimeDirectory = choices.RuntimeDirectory,
        Arguments = args,
        Explain = error => error is LeaseStoreException or IOException ? error.Message : NetlinkException.Explain(error),
        LeaveTerminal = ProcessControl.StartSession,
        CloseStandardStreams = ProcessControl.DropStandardStreams,
        TryLock = SharedFile.TryLock,
    };
    return DaemonHost.RunAsync(settings, (log, manager, stop) => Server.RunAsync(options, log, manager, stop));
});
return await DaemonOptions.InvokeAsync(command.Root, args);
