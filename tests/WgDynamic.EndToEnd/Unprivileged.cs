using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>A daemon as its unit runs it: not root, with two capabilities and no way to more, heard by a service manager.</summary>
internal sealed class Unprivileged : IAsyncDisposable
{
    // nobody's: the daemons need no user of their own but that nobody else is.
    private const int User = 65534;
    private const string Capabilities = "+net_admin,+net_bind_service";

    private Unprivileged(DatagramListener manager, DaemonProcess daemon)
    {
        Manager = manager;
        Daemon = daemon;
    }

    /// <summary>What systemd hears.</summary>
    public DatagramListener Manager { get; }

    public DaemonProcess Daemon { get; }

    /// <summary>How often it has to show that it lives.</summary>
    public static TimeSpan Watchdog { get; } = TimeSpan.FromSeconds(1);

    /// <summary>What becomes a program that is run so.</summary>
    public static string[] Become { get; } =
    [
        Find("setpriv"), "--reuid", $"{User}", "--regid", $"{User}", "--clear-groups", "--no-new-privs",
        "--inh-caps", $"-all,{Capabilities}", "--ambient-caps", $"-all,{Capabilities}", "--bounding-set", $"-all,{Capabilities}",
    ];

    /// <summary>Gives it a directory, as systemd gives the daemons theirs.</summary>
    /// <param name="directory">The directory.</param>
    public static async Task GiveAsync(string directory)
    {
        await Command.RunAsync("chown", $"{User}:{User}", directory);
        await Command.RunAsync("chmod", "2755", directory);
    }

    /// <summary>Starts a daemon.</summary>
    /// <param name="host">Where; made for that.</param>
    /// <param name="program">wg-dynamic-server or wg-dynamic-client.</param>
    /// <param name="through">What becomes setpriv(1) first; see <see cref="Host.StartClientThrough"/>.</param>
    /// <param name="arguments">Its arguments beside those that all tests have.</param>
    public static Task<Unprivileged> StartAsync(Host host, string program, IReadOnlyList<string> through, params string[] arguments) =>
        StartAsync(host, program, through, [], arguments);

    /// <summary>Starts a daemon with strace(1), which is not in its way.</summary>
    /// <returns>The daemon, and the file where its calls are, and those of the programs that it runs.</returns>
    /// <inheritdoc cref="StartAsync(Host, string, IReadOnlyList{string}, string[])"/>
    public static async Task<(Unprivileged Daemon, string Calls)> StartTracedAsync(Host host, string program, IReadOnlyList<string> through, params string[] arguments)
    {
        string calls = Path.Combine(host.RuntimeDirectory, "calls");
        return (await StartAsync(host, program, through, [Find("env"), $"PATH={Environment.GetEnvironmentVariable("PATH")}:{OwnNames.ResolvectlDirectory}", "strace", "-D", "-f", "-qq", "-o", calls], arguments), calls);
    }

    private static async Task<Unprivileged> StartAsync(Host host, string program, IReadOnlyList<string> through, IReadOnlyList<string> asUser, string[] arguments)
    {
        string socket = Path.Combine(host.RuntimeDirectory, RandomName.Next("notify-"));
        DatagramListener manager = new(socket);
        await Command.RunAsync("chown", $"{User}", socket);
        DaemonProcess daemon = DaemonProcess.StartThrough(
            host.Network,
            ["env", $"NOTIFY_SOCKET={socket}", $"WATCHDOG_USEC={(long)Watchdog.TotalMicroseconds}", .. through, .. Become, .. asUser],
            program,
            ["--foreground", "--log-level", "debug", "--runtime-directory", host.RuntimeDirectory, .. program == "wg-dynamic-server" ? new[] { "--database", host.Database } : [], .. arguments, host.Interface.ToString()]);
        return new Unprivileged(manager, daemon);
    }

    /// <summary>Waits until the service manager has heard something.</summary>
    /// <param name="beginning">How it begins.</param>
    public async Task<string> HearAsync(string beginning)
    {
        Task<string> hearing = Manager.ReceiveAsync(beginning);
        if (await Task.WhenAny(hearing, Daemon.WaitForExitAsync()) != hearing)
            Assert.Fail($"ended before it said '{beginning}':\n{Daemon.Log}");
        return await hearing;
    }

    // Where it is, since a test may give a daemon another PATH.
    private static string Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists, program);

    /// <summary>The last that a service manager has heard of one that has ended.</summary>
    public async Task<string> HearLastAsync() => (await Manager.DrainAsync())[^1];

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        Manager.Dispose();
    }
}
