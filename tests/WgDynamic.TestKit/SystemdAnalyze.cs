using System.Diagnostics;

namespace WgDynamic.TestKit;

/// <summary>systemd-analyze(1): what systemd thinks of a unit. The machine's, or the one that eng/test.sh has unpacked.</summary>
public sealed class SystemdAnalyze
{
    private readonly string _unpacked;
    private readonly string? _program;

    /// <summary>Finds it.</summary>
    /// <param name="repository">The root of the repository, below which packages are unpacked.</param>
    public SystemdAnalyze(string repository)
    {
        _unpacked = Path.Combine(repository, "artifacts", "systemd");
        _program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append(Path.Combine(_unpacked, "usr", "bin"))
            .Select(directory => Path.Combine(directory, "systemd-analyze")).FirstOrDefault(File.Exists);
    }

    /// <summary>Why there is none here; null if there is.</summary>
    public string? WhyNot => _program is null ? "needs systemd-analyze, which eng/test.sh unpacks if apt-get can download it" : null;

    /// <summary>Runs it and waits for it.</summary>
    /// <returns>The status, and what it wrote to both streams.</returns>
    public async Task<(int Status, string Output)> RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new(_program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        // The library of its own version.
        if (_program!.StartsWith(_unpacked, StringComparison.Ordinal))
            start.Environment["LD_LIBRARY_PATH"] = Path.GetDirectoryName(Directory.GetFiles(_unpacked, "libsystemd-shared-*.so", SearchOption.AllDirectories)[0]);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    /// <summary>The system calls that a unit's lines of SystemCallFilter= let through (systemd.exec(5)).</summary>
    /// <param name="unit">The text of the unit.</param>
    public async Task<IReadOnlySet<string>> AllowedCallsAsync(string unit)
    {
        HashSet<string> allowed = [];
        foreach (string filter in unit.Split('\n').Where(line => line.StartsWith("SystemCallFilter=", StringComparison.Ordinal)).Select(line => line.Split('=', 2)[1]))
        {
            foreach (string name in filter.TrimStart('~').Split(' '))
            {
                HashSet<string> calls = [];
                await ExpandAsync(name, calls);
                if (filter[0] == '~')
                    allowed.ExceptWith(calls);
                else
                    allowed.UnionWith(calls);
            }
        }

        return allowed;
    }

    private async Task ExpandAsync(string name, HashSet<string> calls)
    {
        if (name[0] != '@')
        {
            _ = calls.Add(name);
            return;
        }

        (_, string output) = await RunAsync("syscall-filter", "--no-pager", name);
        // The name itself, a remark, then members.
        foreach (string member in output.Split('\n').Skip(1).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
            await ExpandAsync(member, calls);
    }
}
