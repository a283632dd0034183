using System.Diagnostics;
using System.Globalization;

namespace WgDynamic.Daemon.Tests;

/// <summary>A directory of a test's own, short enough for a socket in it, that goes with the test.</summary>
internal sealed class Folder : IDisposable
{
    public Folder() => Path = Directory.CreateTempSubdirectory("wgd").FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>The process that a lock in a directory names. .NET does not read a file that is locked; cat(1) does.</summary>
    public static int HolderOf(string directory)
    {
        using Process cat = Process.Start(new ProcessStartInfo("/bin/cat", [Assert.Single(Directory.EnumerateFiles(directory, "*.lock"))]) { RedirectStandardOutput = true })!;
        return int.Parse(cat.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
