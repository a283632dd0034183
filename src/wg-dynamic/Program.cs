using System.ComponentModel;
using WgDynamic.Daemon;
using WgDynamic.Netlink;
using WgDynamic.Tool;

try
{
    if (QuickCommand.IsForWgQuick(args))
        return await Quick.RunAsync(args[1..], new BootClock());
    return await DaemonOptions.InvokeAsync(QuickCommand.CreateRoot(), args);
}
catch (Exception error) when (error is ToolException or NetlinkException or IOException or UnauthorizedAccessException or Win32Exception)
{
    await Console.Error.WriteLineAsync($"wg-dynamic: {error.Message.TrimEnd('.')}");
    return 1;
}
