using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Starts and ends daemons: by systemd, or themselves.</summary>
internal static class Daemons
{
    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(20);

    public static string ProgramOf(DaemonRole role) => role == DaemonRole.Server ? "wg-dynamic-server" : "wg-dynamic-client";

    public static string NameOf(DaemonRole role) => role == DaemonRole.Server ? "server" : "client";

    public static void StartService(WgCmdlet cmdlet, string unit, string name)
    {
        ProgramResult result = ServiceManager.Control(cmdlet, "start", unit);
        if (result.ExitCode == 0)
            return;
        string words = ServiceManager.LastWords(cmdlet, unit);
        throw Failed(name, words.Length > 0 ? words : result.Errors, $"See: journalctl -u {unit}", result.ExitCode);
    }

    // It goes to the background by itself, and the one that was started here ends when it serves, or has failed.
    public static void Start(WgCmdlet cmdlet, string path, IReadOnlyList<string> arguments, string name)
    {
        ProgramResult result = ExternalProgram.Run(cmdlet, path, arguments);
        if (result.ExitCode != 0)
            throw Failed(name, Words(result.Errors, Path.GetFileName(path)), "Correct what it says, and start it again.", result.ExitCode);
    }

    // Its messages, as they would stand in the log.
    public static string Words(string errors, string program) => string.Join(
        '\n',
        errors.Split('\n').Select(line => line.StartsWith($"Try: {program}", StringComparison.Ordinal) ? "" : Without(Without(line.Trim(), "error: "), program + ": ")).Where(line => line.Length > 0));

    // The process of a daemon that answered so, if it can be seen from here: in another namespace it may be anybody.
    public static Process? ProcessOf(int processId, DaemonRole role)
    {
        try
        {
            Process process = Process.GetProcessById(processId);
            if (ProgramOf(role).StartsWith(process.ProcessName, StringComparison.Ordinal) && process.ProcessName.Length > "wg-dynamic-".Length)
                return process;
            process.Dispose();
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
        }

        return null;
    }

    // How it was started, to start it so again.
    public static string[]? ArgumentsOf(int processId)
    {
        try
        {
            string[] words = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
            return words.Length > 1 ? words[1..] : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Waits until nobody listens any more and the process, if it can be seen, has gone.
    public static async Task<bool> WaitForEndAsync(Process? process, string socket, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (process is not null)
            await process.WaitForExitAsync(cancellationToken);
        while (true)
        {
            try
            {
                await using ControlConnection connection = await ControlConnection.ConnectAsync(socket, cancellationToken);
            }
            catch (ControlException)
            {
                return true;
            }

            await Task.Delay(_glance, clock, cancellationToken);
        }
    }

    private static WgDynamicException Failed(string name, string words, string remedy, int status)
    {
        // "…; do this" is how the daemons say what to do.
        string last = words.Split('\n')[^1];
        int semicolon = last.IndexOf("; ", StringComparison.Ordinal);
        if (words.Contains($"there is no interface {name}", StringComparison.Ordinal))
            return new WgDynamicException("WgInterfaceNotFound", ErrorCategory.ObjectNotFound, $"there is no interface {name}", semicolon > 0 ? last[(semicolon + 2)..] : $"Create it first, for instance with: wg-quick up {name}", name);
        return new WgDynamicException(
            "WgServiceStartFailed",
            ErrorCategory.OpenError,
            words.Length == 0 ? $"it ended with exit status {status} and said nothing" : words,
            semicolon > 0 ? last[(semicolon + 2)..] : remedy,
            name);
    }

    private static string Without(string line, string prefix) => line.StartsWith(prefix, StringComparison.Ordinal) ? line[prefix.Length..] : line;
}
