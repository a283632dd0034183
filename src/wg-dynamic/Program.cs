using System.CommandLine;
using System.ComponentModel;
using WgDynamic.Daemon;
using WgDynamic.Netlink;
using WgDynamic.Tool;

try
{
    if (QuickCommand.IsForWgQuick(args))
        return await Quick.RunAsync(args[1..], new BootClock());
    RootCommand command = new("Tools beside wg-dynamic-server and wg-dynamic-client.") { QuickCommand.Create() };
    return await DaemonOptions.InvokeAsync(command, args);
}
catch (Exception error) when (error is ToolException or NetlinkException or IOException or UnauthorizedAccessException or Win32Exception)
{
    await Console.Error.WriteLineAsync($"wg-dynamic: {error.Message.TrimEnd('.')}");
    return 1;
}
