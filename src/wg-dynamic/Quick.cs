using WgDynamic.Daemon;
using WgDynamic.Netlink;

namespace WgDynamic.Tool;

/// <summary>
/// wg-quick that knows <c>Address = …, auto</c>. What has no <c>auto</c> goes to the distribution's wg-quick as it came; for
/// what has, that wg-quick gets a file of the same name without it, which starts the client as its last hook.
/// </summary>
internal static class Quick
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // root's alone: who owns the daemons' directory could put another file in the place of the one that wg-quick is to obey.
    private const string OwnDirectory = "/run/wg-dynamic-quick";

    // Set for what wg-quick starts, to the interface: a hook may call it again for the same one.
    private const string AtWork = "WG_DYNAMIC_QUICK";

    /// <summary>Does what wg-quick would do with these arguments.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="clock">For time limits.</param>
    /// <returns>Its status.</returns>
    /// <exception cref="ToolException">It cannot be done.</exception>
    public static async Task<int> RunAsync(string[] arguments, TimeProvider clock)
    {
        StockQuick stock = StockQuick.Find();
        if (arguments is not [("up" or "down" or "save" or "strip") and var verb, var argument])
            return stock.Become(arguments);
        if (!Environment.IsPrivilegedProcess && FindSudo() is { } sudo)
            return BecomeRoot(sudo, arguments);
        // For strip, auto is a word like others: it does not look at addresses.
        if (verb == "strip" || TunnelFile.Find(argument) is not { } file)
            return stock.Become(arguments);

        ClientProgram client = new(file.Interface, clock);
        byte[] content = await File.ReadAllBytesAsync(file.Path);
        TunnelConfiguration configuration = TunnelConfiguration.Read(content);
        using InstanceLock? alone = configuration.HasAuto && verb != "save" ? TakeLock(file.Interface) : null;
        // Whatever the file says by now: with its leased addresses gone, wg-quick cannot save them.
        if (verb == "down")
            await client.StopAsync();
        if (!configuration.HasAuto)
            return stock.Become(arguments);

        string? hook = verb == "up" ? Shell.Hook(client.Command(file.Path)) : null;
        WarnIfOpen(file.Target);
        byte[] rewritten = configuration.ForWgQuick(hook);
        using PrivateFile handedOver = PrivateFile.Create(OwnDirectory, $"{file.Interface}.conf", rewritten);
        if (verb == "up")
            return await stock.RunAsync(verb, handedOver.Path);

        LeasedState before = await LeasedState.LookAsync(file.Interface, RuntimeFile.DefaultDirectory);
        int status = await stock.RunAsync(verb, handedOver.Path);
        LeasedState after = await LeasedState.LookAsync(file.Interface, RuntimeFile.DefaultDirectory);
        byte[] saved = await File.ReadAllBytesAsync(handedOver.Path);
        if (!saved.AsSpan().SequenceEqual(rewritten))
            Replace(file.Target, configuration.Save(saved, before.And(after)));
        return status;
    }

    // Of two at once stock wg-quick lets the second remove what the first has made.
    private static InstanceLock? TakeLock(InterfaceName name)
    {
        if (Environment.GetEnvironmentVariable(AtWork) == name.ToString())
            return null;
        InstanceLock held = InstanceLock.TryTake(OwnDirectory, name, "quick", SharedFile.TryLock)
            ?? throw new ToolException($"another wg-quick brings {name} up or down just now; try again when it has ended");
        Environment.SetEnvironmentVariable(AtWork, name.ToString());
        return held;
    }

    private static string? FindSudo() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, "sudo")).FirstOrDefault(File.Exists);

    // As auto_su() of wg-quick does it, which would end up in the distribution's.
    private static int BecomeRoot(string sudo, string[] arguments)
    {
        const string Prompt = "wg-quick must be run as root. Please enter the password for %u to continue: ";
        ProcessControl.Execute(sudo, ["sudo", "-p", Prompt, "--", Environment.ProcessPath!, "quick", .. arguments]);
        return 0;
    }

    // wg-quick would say it of the file that it gets, which nobody but root can see.
    private static void WarnIfOpen(string path)
    {
        const UnixFileMode World = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        if ((File.GetUnixFileMode(path) & File.GetUnixFileMode(Path.GetDirectoryName(path)!) & World) != 0)
            Console.Error.WriteLine($"Warning: `{path}' is world accessible");
    }

    // As save_config() of wg-quick does it.
    private static void Replace(string path, byte[] content)
    {
        string next = path + ".tmp";
        File.Delete(next);
        using (FileStream file = new(next, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
