namespace WgDynamic.ModuleBuilder;

/// <summary>Puts the module together: <c>ROOT-OF-THE-REPOSITORY TARGET</c>.</summary>
internal static class Program
{
    // What the module needs at run time; PowerShell has the rest.
    private static readonly string[] _assemblies = ["WgDynamic.PowerShell.dll", "WgDynamic.Control.dll", "WgDynamic.Primitives.dll"];

    private static int Main(string[] arguments)
    {
        if (arguments is not [string root, string target])
        {
            Console.Error.WriteLine("usage: WgDynamic.ModuleBuilder ROOT TARGET");
            return 1;
        }

        string family = Path.GetDirectoryName(Path.GetFullPath(target))!, staging = family + ".new";
        if (Directory.Exists(staging))
            Directory.Delete(staging, recursive: true);
        string source = Path.Combine(root, "module", "WgDynamic");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            Copy(file, Path.Combine(staging, Path.GetRelativePath(source, file)));
        foreach (string assembly in _assemblies)
            Copy(Path.Combine(AppContext.BaseDirectory, assembly), Path.Combine(staging, assembly));
        Copy(Path.Combine(root, "LICENSE"), Path.Combine(staging, "LICENSE"));

        List<string> problems = [];
        HelpFile.Write(Path.Combine(AppContext.BaseDirectory, _assemblies[0]), Path.Combine(staging, "en-US", _assemblies[0] + "-Help.xml"), problems);
        foreach (string problem in problems)
            Console.Error.WriteLine($"WgDynamic.PowerShell: error WGHELP: {problem}");
        if (problems.Count > 0)
            return 1;

        // One version at a time, and never half of one.
        if (Directory.Exists(family))
            Directory.Delete(family, recursive: true);
        _ = Directory.CreateDirectory(family);
        Directory.Move(staging, target);
        return 0;
    }

    private static void Copy(string from, string to)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }
}
