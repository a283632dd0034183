using System.ComponentModel;
using System.Diagnostics;

namespace WgDynamic.TestKit;

/// <summary>Programs that tests run.</summary>
public static class Command
{
    /// <summary>Runs a program and waits for it.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has what it wrote to standard error.</exception>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: status {process.ExitCode}: {await error}");
    }

    /// <summary>Whether a program is there.</summary>
    /// <param name="program">Its name.</param>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));

    /// <summary>Kills processes. They need not be children: whose they are may take its time to notice.</summary>
    /// <param name="identifiers">Their numbers, one a line.</param>
    internal static void Kill(string identifiers)
    {
        foreach (string identifier in identifiers.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                using Process process = Process.GetProcessById(int.Parse(identifier));
                process.Kill();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
            {
                // It went by itself.
            }
        }
    }
}
