using Microsoft.Extensions.Logging;
using WgDynamic;
using WgDynamic.Daemon;
using WgDynamic.Netlink;

// [-f] serve|refuse|crash RUNTIME-DIRECTORY
bool foreground = args[0] == "-f";
string[] words = foreground ? args[1..] : args;
DaemonSettings settings = new()
{
    Identifier = "host",
    Kind = "server",
    Interface = InterfaceName.Parse("wg0"),
    Foreground = foreground,
    RuntimeDirectory = words[1],
    Arguments = args,
    Explain = NetlinkException.Explain,
    LeaveTerminal = ProcessControl.StartSession,
    CloseStandardStreams = ProcessControl.DropStandardStreams,
    TryLock = SharedFile.TryLock,
};
return await DaemonHost.RunAsync(settings, async (log, manager, stop) =>
{
    switch (words[0])
    {
        case "serve":
            log.Say("about to serve");
            manager.Ready("serving");
            await Task.Delay(Timeout.Infinite, stop);
            break;
        case "refuse":
            log.Say("about to refuse");
            throw new StartupException("there is no interface wg0");
        default:
            throw new InvalidOperationException("a defect");
    }
});

internal static partial class HostLog
{
    [LoggerMessage(1, LogLevel.Information, "{Text}")]
    public static partial void Say(this ILogger log, string text);
}
