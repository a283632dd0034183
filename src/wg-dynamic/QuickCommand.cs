using System.CommandLine;
using System.CommandLine.Completions;
using WgDynamic.Daemon;
using WgDynamic.Netlink;

namespace WgDynamic.Tool;

/// <summary><c>wg-dynamic quick</c>: what is wg-quick's goes there as it came; the rest are commands of ours.</summary>
internal static class QuickCommand
{
    private const string Name = "quick";

    /// <summary>Whether the arguments are meant for wg-quick, which reads them itself.</summary>
    public static bool IsForWgQuick(string[] arguments) => arguments is [Name] or [Name, not ("install" or "uninstall" or "status"), ..];

    /// <summary>Describes it, for the help, for shells that complete, and for what is ours.</summary>
    /// <param name="terminal">Where to write.</param>
    public static Command Create(Terminal terminal)
    {
        Command install = new("install", "Have the plain command wg-quick and wg-quick@.service understand auto: a wrapper in /usr/local/bin and a drop-in for systemd");
        install.SetAction(_ => Do(installer => installer.Install(StockQuick.Find().Path)));
        Command uninstall = new("uninstall", "Take back what install has done");
        uninstall.SetAction(_ => Do(installer => installer.Uninstall()));
        Option<bool> json = new("--json") { Description = "For programs: an object of JSON" };
        Command status = new("status", "Say what the plain command wg-quick is, and what of install is there") { json };
        status.SetAction(result =>
        {
            QuickStatus seen = QuickStatus.Look("/", Environment.GetEnvironmentVariable("PATH"));
            foreach (string line in result.GetValue(json) ? [seen.Json()] : seen.Lines())
                terminal.Output.WriteLine(line);
            terminal.Output.Flush();
        });
        return new Command(Name, "wg-quick that understands \"Address = …, auto\": addresses from a server inside the tunnel")
        {
            ForWgQuick("up", "Bring an interface up as wg-quick does, and start a client for auto", TunnelFile.Names),
            ForWgQuick("down", "End its client, and take the interface down as wg-quick does", InterfaceList.WireGuard),
            ForWgQuick("save", "Save the interface's state to its file as wg-quick does, without what the server gave", InterfaceList.WireGuard),
            ForWgQuick("strip", "Print the file as wg takes it, as wg-quick does", TunnelFile.Names),
            install,
            uninstall,
            status,
        };
    }

    // Described for help and completion; their arguments are read by wg-quick and by Quick.
    private static Command ForWgQuick(string verb, string description, Func<IEnumerable<string>> names)
    {
        Argument<string> argument = new("interface") { Description = "An interface, for the file /etc/wireguard/<interface>.conf, or the path of a file" };
        argument.CompletionSources.Add(_ => names().Append(ShellCompletion.File).Select(name => new CompletionItem(name)));
        Command command = new(verb, description) { argument };
        command.SetAction((result, _) => Quick.RunAsync([verb, result.GetRequiredValue(argument)], new BootClock()));
        return command;
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
