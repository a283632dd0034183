using WgDynamic.Client;
using WgDynamic.Daemon;
using WgDynamic.Netlink;

ClientCommand command = new((options, choices) =>
{
    DaemonSettings settings = new()
    {
        Identifier = "wg-dynamic-client",
        Kind = "client",
        Interface = options.Interface,
        Foreground = choices.Foreground,
        LogLevel = choices.LogLevel,
        RuntimeDirectory = choices.RuntimeDirectory,
        Arguments = args,
        Explain = NetlinkException.Explain,
        LeaveTerminal = ProcessControl.StartSession,
        CloseStandardStreams = ProcessControl.DropStandardStreams,
    };
    return DaemonHost.RunAsync(settings, (log, ready, stop) => Client.RunAsync(options, log, ready, stop));
});
return await DaemonOptions.InvokeAsync(command.Root, args);
