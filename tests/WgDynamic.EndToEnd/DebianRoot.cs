using System.Diagnostics;
using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>A small Debian in a directory, to be thrown away: what changes in it is in memory, above the one that eng/test.sh has made.</summary>
internal sealed class DebianRoot : IAsyncDisposable
{
    /// <summary>Where it has the repository, which it cannot change.</summary>
    public const string Repository = "/mnt";

    /// <summary>The names of our packages.</summary>
    public static readonly string[] Ours = ["wg-dynamic", "wg-dynamic-server", "wg-dynamic-powershell"];

    private static readonly string _below = Path.Combine(Backend.RepositoryRoot, "artifacts", "package-root");
    private static readonly string _packages = Path.Combine(Backend.RepositoryRoot, "artifacts", "test-packages");

    // What dpkg and adding a user write anyhow.
    private static readonly string[] _books =
    [
        "/var/lib/dpkg/", "/var/cache/", "/var/log/", "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/subuid", "/etc/subgid", "/etc/.pwd.lock",
    ];

    private readonly string _memory = Directory.CreateTempSubdirectory("wgd-root-").FullName;

    private DebianRoot()
    {
    }

    private string Location => Path.Combine(_memory, "root");

    /// <summary>The .deb files of a version, by their paths outside.</summary>
    /// <param name="version"><c>now</c>, <c>next</c>, or <c>stock</c> for wireguard-tools.</param>
    public static string[] Packages(string version)
    {
        string directory = Path.Combine(_packages, version);
        if (!Directory.Exists(directory) || !Directory.Exists(_below))
            Assert.Skip($"needs {directory} and {_below}, which eng/test.sh makes where there is apt-get");
        return [.. Directory.GetFiles(directory, "*.deb").Order(StringComparer.Ordinal)];
    }

    /// <summary>Makes one, with wireguard-tools in it and none of ours.</summary>
    public static async Task<DebianRoot> CreateAsync()
    {
        Backend.Require();
        _ = Packages("now");
        DebianRoot root = new();
        await Command.RunAsync("mount", "-t", "tmpfs", "-o", "mode=755", "root", root._memory);
        foreach (string directory in (string[])["root", "upper", "work"])
            Directory.CreateDirectory(Path.Combine(root._memory, directory));
        await Command.RunAsync("mount", "-t", "overlay", "root", "-o", $"lowerdir={_below},upperdir={root._memory}/upper,workdir={root._memory}/work", root.Location);
        await Command.RunAsync("mount", "--rbind", "/dev", root.Outside("/dev"));
        await Command.RunAsync("mount", "-t", "proc", "proc", root.Outside("/proc"));
        await Command.RunAsync("mount", "--bind", "-o", "ro", Backend.RepositoryRoot, root.Outside(Repository));
        return root;
    }

    /// <summary>Files of the repository by their paths inside.</summary>
    /// <param name="paths">Their paths outside.</param>
    public static IEnumerable<string> Inside(IEnumerable<string> paths) =>
        paths.Select(path => Path.Combine(Repository, Path.GetRelativePath(Backend.RepositoryRoot, path)));

    /// <summary>A file of it as this test sees it.</summary>
    /// <param name="path">Its path inside.</param>
    public string Outside(string path) => Path.Combine(Location, path[1..]);

    /// <summary>What is in a file of it.</summary>
    /// <param name="path">Its path inside.</param>
    public string Read(string path) => File.ReadAllText(Outside(path));

    /// <summary>Writes a file of it, in a directory that may have to be made.</summary>
    /// <param name="path">Its path inside.</param>
    /// <param name="text">What to write.</param>
    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Outside(path))!);
        File.WriteAllText(Outside(path), text);
    }

    /// <summary>Runs a command in it.</summary>
    /// <returns>The status, and what it wrote to both streams.</returns>
    public Task<(int Status, string Output)> RunAsync(params string[] command) => RunInAsync([], command);

    /// <summary>Runs a command in it that must succeed.</summary>
    /// <returns>What it wrote.</returns>
    public Task<string> SucceedAsync(params string[] command) => SucceedInAsync([], command);

    /// <summary>Runs a command in it, and in a host's network, that must succeed.</summary>
    /// <returns>What it wrote.</returns>
    public Task<string> SucceedInAsync(NetworkNamespace network, params string[] command) => SucceedInAsync(["ip", "netns", "exec", network.Name], command);

    /// <summary>Runs dpkg(1), which must succeed, on packages of a version.</summary>
    /// <param name="action">Such as <c>--install</c>.</param>
    /// <param name="version"><see cref="Packages"/>.</param>
    public Task<string> DpkgAsync(string action, string version) =>
        SucceedAsync(["dpkg", action, .. Inside(Packages(version))]);

    /// <summary>All files of it, sorted: path, kind and mode, owner, and for what is no directory, size, time and target.</summary>
    public async Task<string[]> FilesAsync() =>
        [.. (await SucceedAsync("find", "/", "-xdev", "(", "-type", "d", "-printf", "%p %M %u:%g\n", ")", "-o", "-printf", "%p %M %u:%g %s %T@ %l\n"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Order(StringComparer.Ordinal)];

    /// <summary>Files but for those that dpkg(1) and adding a user change anyhow.</summary>
    /// <param name="files">As <see cref="FilesAsync"/> gives them.</param>
    public static string[] WithoutBooks(string[] files) => [.. files.Where(file => !_books.Any(book => file.StartsWith(book, StringComparison.Ordinal)))];

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync("umount", "--recursive", "--lazy", _memory);
        Directory.Delete(_memory);
    }

    private async Task<string> SucceedInAsync(string[] through, string[] command)
    {
        (int status, string output) = await RunInAsync(through, command);
        Assert.True(status == 0, $"{string.Join(' ', command)}: status {status}:\n{output}");
        return output;
    }

    private async Task<(int Status, string Output)> RunInAsync(string[] through, string[] command)
    {
        string[] all = [.. through, "chroot", Location, "sh", "-c", "exec \"$@\" 2>&1", "sh", .. command];
        using Process process = Process.Start(new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardOutput = true,
            Environment = { ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ["LC_ALL"] = "C.UTF-8" },
        })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
