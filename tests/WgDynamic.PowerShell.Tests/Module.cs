using WgDynamic.Architecture.Tests;

namespace WgDynamic.PowerShell.Tests;

/// <summary>The module as it is installed: the folder that building it stages.</summary>
internal static class Module
{
    public const string Name = "WgDynamic";

    /// <summary>artifacts/module/WgDynamic/VERSION.</summary>
    public static string Folder { get; } = FindFolder();

    /// <summary>Its manifest.</summary>
    public static string Manifest => Path.Combine(Folder, Name + ".psd1");

    private static string FindFolder()
    {
        string family = Path.Combine(Repository.Root, "artifacts", "module", Name);
        string[] versions = Directory.Exists(family) ? Directory.GetDirectories(family) : [];
        return versions.Length == 1
            ? versions[0]
            : throw new InvalidOperationException($"{family} should hold one version of the module, and holds {versions.Length}");
    }
}
