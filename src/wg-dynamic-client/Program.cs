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
        TryLock = SharedFile.TryLock,
    };
    return DaemonHost.RunAsync(settings, (log, manager, stop) => Client.RunAsync(options, log, manager, stop));
});
try
{
    return await DaemonOptions.InvokeAsync(command.Root, OptionsFile.Expand(args));
}
catch (StartupException error)
{
    await Console.Error.WriteLineAsync($"{command.Root.Name}: {error.Message}");
    return error.ExitCode;
}
