using System.ComponentModel;
using System.Diagnostics;
using System.Management.Automation;

namespace WgDynamic.PowerShell;

/// <summary>What a program said and how it ended.</summary>
/// <param name="ExitCode">0 if all went well.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error, without space around it.</param>
internal sealed record ProgramResult(int ExitCode, string Output, string Errors);

/// <summary>Runs the programs of wg-dynamic and systemctl(1).</summary>
internal static class ExternalProgram
{
    // More than any of them says.
    private const int MaxText = 4 * 1024 * 1024;

    // Where a program of ours lies: where the variable says, beside the module, in PATH, or where a user's PATH does not look.
    public static string Find(string name) =>
        Candidates().Select(directory => Path.Combine(directory, name)).FirstOrDefault(IsExecutable)
        ?? throw new WgDynamicException("WgProgramNotFound", ErrorCategory.ObjectNotFound, $"the program {name} is not installed", "Install wg-dynamic, put the directory of its programs into PATH, or name that in $env:WGDYNAMIC_BIN.", name);

    public static bool TryFind(string name, out string path)
    {
        path = Candidates().Select(directory => Path.Combine(directory, name)).FirstOrDefault(IsExecutable) ?? "";
        return path.Length > 0;
    }

    public static ProgramResult Run(WgCmdlet cmdlet, string path, params IEnumerable<string> arguments) => cmdlet.AwaitHere(RunAsync(path, arguments, cmdlet.Cancellation));

    private static async Task<ProgramResult> RunAsync(string path, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using Process process = new()
        {
            StartInfo = new ProcessStartInfo(path, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                // What it says is read by programs, or shown as an error: without colours, in English.
                Environment = { ["NO_COLOR"] = "1", ["LC_ALL"] = "C.UTF-8", ["SYSTEMD_COLORS"] = "0" },
            },
        };
        try
        {
            _ = process.Start();
        }
        catch (Win32Exception error)
        {
            throw new WgDynamicException("WgProgramNotFound", ErrorCategory.ObjectNotFound, $"{path} cannot be run: {error.Message}", "Install wg-dynamic for this machine's architecture, and see who may run it.", path, error);
        }

        process.StandardInput.Close();
        Task<string> output = ReadAsync(process.StandardOutput, cancellationToken), errors = ReadAsync(process.StandardError, cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return new ProgramResult(process.ExitCode, await output, (await errors).Trim());
        }
        catch (OperationCanceledException)
        {
            // What it has started in the background goes on; the one that waits for it here does not.
            process.Kill();
            throw;
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        char[] buffer = new char[4096];
        System.Text.StringBuilder text = new();
        int length;
        while ((length = await reader.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (text.Length < MaxText)
                _ = text.Append(buffer, 0, length);
        }

        return text.ToString();
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("WGDYNAMIC_BIN") is { Length: > 0 } given)
            yield return given;
        foreach (string directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            yield return directory;
        foreach (string directory in (string[])["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin"])
            yield return directory;
        if (Path.GetDirectoryName(typeof(ExternalProgram).Assembly.Location) is { Length: > 0 } module)
            yield return module;
    }

    private static bool IsExecutable(string path)
    {
        try
        {
            return File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
