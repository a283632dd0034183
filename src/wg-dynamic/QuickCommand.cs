using System.CommandLine;

namespace WgDynamic.Tool;

/// <summary><c>wg-dynamic quick</c>: what is wg-quick's goes there as it came; the rest are commands of ours.</summary>
internal static class QuickCommand
{
    private const string Name = "quick";

    /// <summary>Whether the arguments are meant for wg-quick, which reads them itself.</summary>
    public static bool IsForWgQuick(string[] arguments) => arguments is [Name] or [Name, not ("install" or "uninstall"), ..];

    /// <summary>The command, for the help and for what is ours.</summary>
    public static Command Create()
    {
        Command install = new("install", "Have the plain command wg-quick and wg-quick@.service understand auto: a wrapper in /usr/local/bin and a drop-in for systemd");
        install.SetAction(_ => Do(installer => installer.Install(StockQuick.Find().Path)));
        Command uninstall = new("uninstall", "Take back what install has done");
        uninstall.SetAction(_ => Do(installer => installer.Uninstall()));
        return new Command(Name, "wg-quick (up, down, save, strip) that understands \"Address = …, auto\": addresses from a server inside the tunnel") { install, uninstall };
    }

    private static void Do(Action<QuickInstaller> work)
    {
        try
        {
            work(new QuickInstaller("/", Environment.ProcessPath!, Console.Error));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new ToolException($"{error.Message.TrimEnd('.')}; run as root");
        }
    }
}
