using System.ComponentModel;
using WgDynamic.Daemon;
using WgDynamic.Netlink;
using WgDynamic.Tool;

// errno.h: whoever read the output has gone, as head(1) does.
const int BrokenPipe = 32;

try
{
    if (QuickCommand.IsForWgQuick(args))
        return await Quick.RunAsync(args[1..], new BootClock());
    return await DaemonOptions.InvokeAsync(ToolCommand.Create(Terminal.Standard(TimeProvider.System)), args);
}
catch (IOException error) when (error.HResult == BrokenPipe)
{
    return 0;
}
catch (Exception error) when (error is ToolException or NetlinkException or IOException or UnauthorizedAccessException or Win32Exception)
{
    await Console.Error.WriteLineAsync($"wg-dynamic: {error.Message.TrimEnd('.')}");
    return 1;
}
