using WgDynamic.Architecture.Tests;

namespace WgDynamic.Documents.Tests;

/// <summary>Programs that read what is written here: the machine's own, or what eng/test.sh has unpacked.</summary>
internal static class Tools
{
    public static string Unpacked { get; } = Path.Combine(Repository.Root, "artifacts", "shells");

    /// <summary>Finds one.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Where it is; the test is skipped if it is nowhere.</returns>
    public static string Require(string name)
    {
        string[] directories = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), Path.Combine(Unpacked, "usr/bin"), Path.Combine(Unpacked, "bin")];
        string? found = directories.Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        if (found is null)
            Assert.Skip($"needs {name}, which eng/test.sh puts into artifacts/shells if apt-get can download it");
        return found;
    }
}
