using WgDynamic.TestKit;

namespace WgDynamic.Netlink.Tests;

/// <summary>
/// What a kernel was asked and what it answered, as hexadecimal lines: <c>&gt;</c> to the kernel, <c>&lt;</c> from it.
/// A scenario is played against the file: it must send the same bytes, is answered what the kernel answered, and
/// asserts what it makes of that. With WGD_CAPTURE set to a directory it is played against the running kernel instead, in a
/// new namespace, and the file is written there.
/// </summary>
internal sealed record GoldenFile(string Name, IReadOnlyList<(bool FromKernel, byte[] Datagram)> Datagrams)
{
    private const string Extension = ".hex";

    private static string? CaptureDirectory => Environment.GetEnvironmentVariable("WGD_CAPTURE");

    /// <summary>All files.</summary>
    public static IEnumerable<GoldenFile> All => System.IO.Directory.EnumerateFiles(Directory, "*" + Extension).Order(StringComparer.Ordinal).Select(Load);

    /// <summary>Plays a scenario against the file of its name, or makes the file.</summary>
    /// <param name="name">The name of the file, without extension.</param>
    /// <param name="protocol">Whom it talks to.</param>
    /// <param name="preparation">A shell script that makes the namespace what the scenario expects.</param>
    /// <param name="scenario">Disposes the connection in the end.</param>
    public static async Task PlayAsync(string name, NetlinkProtocol protocol, string preparation, Func<INetlinkConnection, Task> scenario)
    {
        if (CaptureDirectory is { } directory)
            await CaptureAsync(Path.Combine(directory, name + Extension), protocol, preparation, scenario);
        else
            await scenario(new ReplayedConnection(Load(Path.Combine(Directory, name + Extension))));
    }

    private static async Task CaptureAsync(string path, NetlinkProtocol protocol, string preparation, Func<INetlinkConnection, Task> scenario)
    {
        await using NetworkNamespace network = await NetworkNamespace.CreateAsync();
        await network.ExecAsync("sh", "-ec", preparation);
        using RecordedConnection connection = new(network.Run(() => NetlinkSocket.Open(protocol)));
        await scenario(connection);
        string kernel = (await File.ReadAllTextAsync("/proc/sys/kernel/osrelease", Some.Token)).Trim();
        string[] heading = [$"# Linux {kernel}, recorded by WGD_CAPTURE (Support/GoldenFile.cs) after:", .. preparation.Trim().Split('\n').Select(line => $"#   {line.Trim()}")];
        await File.WriteAllLinesAsync(path, heading.Concat(connection.Datagrams.Select(Line)), Some.Token);
    }

    private static string Line((bool FromKernel, byte[] Datagram) entry) =>
        $"{(entry.FromKernel ? '<' : '>')} {Convert.ToHexStringLower(entry.Datagram)}";

    private static GoldenFile Load(string path) => new(
        Path.GetFileNameWithoutExtension(path),
        [.. File.ReadLines(path).Where(line => line[0] != '#').Select(line => (line[0] == '<', Convert.FromHexString(line[2..])))]);

    private static string Directory => Path.Combine(AppContext.BaseDirectory, "golden");
}
