using System.Xml.Linq;

namespace WgDynamic.Architecture.Tests;

/// <summary>The files of this repository, as a test sees them.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>All files below a folder, as paths from the root, without what the build makes.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file))
            .Where(file => !file.StartsWith("artifacts/", StringComparison.Ordinal) && !file.StartsWith(".git/", StringComparison.Ordinal)
                && !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>What a project refers to: names of projects, or of packages.</summary>
    public static string[] References(string project, string kind) =>
    [
        .. XDocument.Parse(Read(project)).Descendants(kind)
            .Select(reference => Path.GetFileName(reference.Attribute("Include")!.Value).Replace(".csproj", "", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static string FindRoot()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "WgDynamic.sln")))
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("not inside the repository");
        return directory;
    }
}
