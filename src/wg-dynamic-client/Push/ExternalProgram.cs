using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace WgDynamic.Client;

/// <summary>A program of the host's: run without a shell, for a bounded time, and listened to no further than needed.</summary>
/// <param name="path">Where it is.</param>
/// <param name="clock">For the time limit.</param>
internal sealed class ExternalProgram(string path, TimeProvider clock)
{
    private static readonly TimeSpan _timeLimit = TimeSpan.FromSeconds(20);

    // What it has started may hold its output open for ever.
    private static readonly TimeSpan _afterwards = TimeSpan.FromSeconds(1);

    private const int MaxOutput = 64 * 1024;
    private const int MaxErrorText = 500;
    private const string UsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Finds a program by PATH.</summary>
    /// <returns>The program, or null if there is none of this name.</returns>
    public static ExternalProgram? Find(string name, TimeProvider clock) =>
        (Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } path ? path : UsualPath).Split(':')
            .Select(directory => Path.Combine(directory, name))
            .Where(file => Path.IsPathRooted(file) && File.Exists(file))
            .Select(file => new ExternalProgram(file, clock))
            .FirstOrDefault();

    /// <summary>Runs it and waits.</summary>
    /// <param name="arguments">Its arguments, as they are.</param>
    /// <param name="input">What it reads; null for nothing.</param>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="EffectException">It failed, or took too long; the message has what it said.</exception>
    public async Task<string> RunAsync(IEnumerable<string> arguments, string? input = null)
    {
        using Process process = new()
        {
            StartInfo = new ProcessStartInfo(path, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        string command = $"{Path.GetFileName(path)} {string.Join(' ', process.StartInfo.ArgumentList)}";
        using CancellationTokenSource timeLimit = new(_timeLimit, clock);
        try
        {
            _ = process.Start();
            Task<string> output = ReadAsync(process.StandardOutput), error = ReadAsync(process.StandardError);
            await FeedAsync(process, input, timeLimit.Token);
            await process.WaitForExitAsync(timeLimit.Token);
            string said = await SoFarAsync(error);
            return process.ExitCode == 0
                ? await SoFarAsync(output)
                : throw new EffectException($"{command}: status {process.ExitCode}{(said.Length > 0 ? $": {OneLine(said)}" : "")}");
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            throw new EffectException($"{command}: does not end within {_timeLimit.TotalSeconds:0} s");
        }
        catch (Exception error) when (error is Win32Exception or IOException)
        {
            throw new EffectException($"{command}: {error.Message}", error);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is AggregateException or Win32Exception or InvalidOperationException)
        {
            // What of it has ended meanwhile, or cannot be ended, is not waited for.
        }
    }

    private static async Task FeedAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not want to hear all of it; its status says whether that is well.
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader)
    {
        StringBuilder text = new();
        char[] buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is > 0 and var read)
        {
            if (text.Length < MaxOutput)
                _ = text.Append(buffer, 0, read);
        }

        return text.ToString();
    }

    private async Task<string> SoFarAsync(Task<string> reading)
    {
        try
        {
            return await reading.WaitAsync(_afterwards, clock);
        }
        catch (Exception error) when (error is TimeoutException or ObjectDisposedException)
        {
            return "";
        }
    }

    private static string OneLine(string text)
    {
        string line = string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return string.Concat((line.Length > MaxErrorText ? line[..MaxErrorText] + "…" : line).Select(c => char.IsControl(c) ? '?' : c));
    }
}
