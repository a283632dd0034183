using System.Diagnostics;

namespace WgDynamic.Daemon;

/// <summary>
/// Going to the background. A .NET process must not fork(2), so the daemon starts itself again, detached; the one
/// that the person started waits until the other has checked everything and serves, passes its messages on, and
/// ends with 0, or with the other's exit code if it failed.
/// </summary>
public static class Background
{
    private const string Variable = "WG_DYNAMIC_DETACHED";
    private const string Ready = "\u0006ready";

    /// <summary>Whether this process is the one in the background.</summary>
    public static bool IsDetached { get; private set; }

    /// <summary>Starts the daemon in the background and waits until it serves or fails.</summary>
    /// <param name="arguments">The daemon's arguments, as they came.</param>
    /// <param name="standardError">Where its messages go meanwhile.</param>
    /// <returns>The exit code for this process.</returns>
    public static async Task<int> StartAsync(IEnumerable<string> arguments, TextWriter standardError)
    {
        using Process daemon = new()
        {
            StartInfo = new ProcessStartInfo(Environment.ProcessPath!, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { [Variable] = "1" },
            },
        };
        _ = daemon.Start();
        daemon.StandardInput.Close();
        while (await daemon.StandardError.ReadLineAsync() is { } line)
        {
            if (line == Ready)
                return 0;
            await standardError.WriteLineAsync(line);
        }

        await daemon.WaitForExitAsync();
        return daemon.ExitCode != 0 ? daemon.ExitCode : DaemonHost.Failure;
    }

    /// <summary>Finds out, first thing in a daemon, whether it was started by <see cref="StartAsync"/>.</summary>
    /// <param name="leaveTerminal">setsid(2): from here on the terminal's signals go elsewhere.</param>
    public static void Detect(Action leaveTerminal)
    {
        IsDetached = Environment.GetEnvironmentVariable(Variable) is not null;
        if (!IsDetached)
            return;
        Environment.SetEnvironmentVariable(Variable, null);
        leaveTerminal();
    }

    /// <summary>Tells the process that waits in the foreground that the daemon serves, and lets go of its terminal.</summary>
    /// <param name="closeStandardStreams">dup2(2) of /dev/null over the three.</param>
    /// <exception cref="IOException">Nobody waits any more: the person has interrupted the start.</exception>
    public static void ReportReady(Action closeStandardStreams)
    {
        if (!IsDetached)
            return;
        // On the stream of the messages, behind the last of them. Its end would not do for a sign: .NET keeps copies
        // of the standard streams open for as long as the process lives.
        Console.Error.WriteLine(Ready);
        Environment.CurrentDirectory = "/";
        closeStandardStreams();
    }
}
