using System.Diagnostics;
using System.Globalization;
using WgDynamic.Daemon;
using WgDynamic.Netlink;

namespace WgDynamic.Tool;

/// <summary>wg-dynamic-client for one interface: how it is started, and how the one that runs is ended.</summary>
/// <param name="name">The interface.</param>
/// <param name="clock">For the time limit.</param>
internal sealed class ClientProgram(InterfaceName name, TimeProvider clock)
{
    private const string Program = "wg-dynamic-client";
    private const string Kind = "client";
    private const string OptionsDirectory = "/etc/wg-dynamic";

    // The client gives itself some seconds for giving its addresses back, and resolvconf and the like may take theirs.
    private static readonly TimeSpan _timeLimit = TimeSpan.FromSeconds(60);
    // One that has just taken the lock writes its number at once.
    private static readonly TimeSpan _timeLimitForStrangers = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _nextLook = TimeSpan.FromMilliseconds(20);

    private const int MaxLockFile = 64;

    private readonly string _runtimeDirectory = RuntimeFile.DefaultDirectory;

    private string LockFile => InstanceLock.PathOf(_runtimeDirectory, name, Kind);

    /// <summary>The command that starts it: with the options of <c>/etc/wg-dynamic/INTERFACE.client.options</c>, if there is that file.</summary>
    /// <param name="neededBy">Which file asks for it.</param>
    /// <exception cref="ToolException">There is no client.</exception>
    public string[] Command(string neededBy) =>
        Find() is { } path
            ? [path, .. Options(), name.ToString()]
            : throw new ToolException(
                $"{neededBy} says Address = auto, and there is no {Program} beside wg-dynamic or in PATH to ask for addresses; install it, or take auto out");

    /// <summary>Ends the client, if there is one, and waits until it has taken back all that it has done.</summary>
    /// <exception cref="ToolException">It does not end.</exception>
    /// <exception cref="NetlinkException">It cannot be ended.</exception>
    public async Task StopAsync()
    {
        // What a client has left that was killed, the next one takes back.
        if (!SharedFile.IsLocked(LockFile) && File.Exists(LeasedState.FileOf(name, _runtimeDirectory)) && Find() is { } path)
        {
            Tell($"{path} {name}");
            using Process next = Process.Start(path, [name.ToString()]);
            await next.WaitForExitAsync();
        }

        using CancellationTokenSource limit = new(_timeLimit, clock), limitForStrangers = new(_timeLimitForStrangers, clock);
        int? told = null;
        while (SharedFile.IsLocked(LockFile))
        {
            // One that is just starting has not written its number yet.
            if (Holder() is { } holder && holder != told && IsClient(holder))
            {
                Tell($"kill {holder} ({Program} {name})");
                _ = ProcessControl.Terminate(holder);
                told = holder;
            }

            if (told is null && limitForStrangers.IsCancellationRequested)
                throw new ToolException($"somebody has locked {LockFile} who is no {Program}; see who, end it, and try again: fuser -v {LockFile}");
            if (limit.IsCancellationRequested)
                throw new ToolException($"{Program} of {name} (process {told}) does not end within {_timeLimit.TotalSeconds:0} s; see what it logs, end it with: kill -KILL {told}, and try again");
            await Task.Delay(_nextLook, clock);
        }
    }

    // The file may have been written by another user, who is not to have root end what he likes. Or by an earlier client, whose
    // number is somebody else's by now, while the one that has the lock is just about to write its own.
    private static bool IsClient(int process) =>
        // After an upgrade " (deleted)" is behind it.
        Path.GetFileName(new FileInfo($"/proc/{process}/exe").LinkTarget)?.Split(' ')[0] == Program;

    private int? Holder()
    {
        string[] lines = SharedFile.TryReadLines(LockFile, MaxLockFile) ?? [];
        return lines is [var line, ..] && int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int holder) ? holder : null;
    }

    private static string? Find() =>
        new[] { AppContext.BaseDirectory }.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Where(Path.IsPathRooted))
            .Select(directory => Path.Combine(directory, Program))
            .FirstOrDefault(File.Exists);

    private string[] Options() => OptionsFile.Read(Path.Combine(OptionsDirectory, $"{name}.client.options"));

    // As wg-quick does before it changes anything.
    private static void Tell(string command) => Console.Error.WriteLine($"[#] {command}");
}
