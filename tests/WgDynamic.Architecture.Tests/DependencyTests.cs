using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace WgDynamic.Architecture.Tests;

/// <summary>Who may know whom: docs/architecture.md, as a table.</summary>
public class DependencyTests
{
    private static readonly Dictionary<string, string[]> _allowed = new()
    {
        ["WgDynamic.Primitives"] = [],
        ["WgDynamic.Protocol"] = ["WgDynamic.Primitives"],
        ["WgDynamic.Netlink"] = ["WgDynamic.Primitives"],
        ["WgDynamic.Leasing"] = ["WgDynamic.Primitives"],
        ["WgDynamic.Storage"] = ["WgDynamic.Leasing", "WgDynamic.Primitives"],
        ["WgDynamic.Control"] = ["WgDynamic.Primitives"],
        ["WgDynamic.Daemon"] = ["WgDynamic.Primitives"],
        ["wg-dynamic-server"] = ["WgDynamic.Control", "WgDynamic.Daemon", "WgDynamic.Leasing", "WgDynamic.Netlink", "WgDynamic.Primitives", "WgDynamic.Protocol", "WgDynamic.Storage"],
        ["wg-dynamic-client"] = ["WgDynamic.Control", "WgDynamic.Daemon", "WgDynamic.Netlink", "WgDynamic.Primitives", "WgDynamic.Protocol"],
        ["wg-dynamic"] = ["WgDynamic.Control", "WgDynamic.Daemon", "WgDynamic.Netlink", "WgDynamic.Primitives"],
    };

    private static readonly string[] _projects = [.. Repository.Files("src", "*.csproj").Order(StringComparer.Ordinal)];

    [Fact]
    public void Projects_know_only_what_stands_below_them()
    {
        Assert.Equal(_allowed.Keys.Order(StringComparer.Ordinal), _projects.Select(project => Path.GetFileNameWithoutExtension(project)!).Order(StringComparer.Ordinal));
        foreach (string project in _projects)
            Assert.Equal(_allowed[Path.GetFileNameWithoutExtension(project)], Repository.References(project, "ProjectReference"));
    }

    [Fact]
    public void Only_Netlink_talks_to_the_C_library() =>
        Assert.Equal(["src/WgDynamic.Netlink/WgDynamic.Netlink.csproj"], _projects.Where(project => Repository.References(project, "PackageReference").Contains("Tmds.LibC")));

    [Fact]
    public void Unsafe_code_and_platform_invokes_are_in_the_interop_folder_only()
    {
        Assert.Equal(["src/WgDynamic.Netlink/WgDynamic.Netlink.csproj"], _projects.Where(project => Repository.Read(project).Contains("AllowUnsafeBlocks", StringComparison.Ordinal)));
        Assert.Equal(
            [],
            Repository.Files("src", "*.cs")
                .Where(file => !file.StartsWith("src/WgDynamic.Netlink/Interop/", StringComparison.Ordinal))
                // Of Unsafe and MemoryMarshal only what checks its bounds.
                .Where(file => Regex.IsMatch(
                    WithoutComments(Repository.Read(file)),
                    @"\bunsafe\b|\bLibraryImport\b|\bDllImport\b|\bLibC\.|Tmds\.Linux|\bUnsafe\.(?!SizeOf|BitCast)|\bMemoryMarshal\.(?!Read|TryRead|Write|AsRef|AsBytes|Cast)")));
    }

    [Fact]
    public void What_strangers_send_is_read_where_there_is_no_I_O() =>
        Assert.Equal(
            [],
            Repository.Files("src/WgDynamic.Protocol", "*.cs").Concat(Repository.Files("src/WgDynamic.Primitives", "*.cs")).Concat(Repository.Files("src/WgDynamic.Leasing", "*.cs"))
                .Where(file => Regex.IsMatch(WithoutComments(Repository.Read(file)), @"\bSocket\b|\bFile\.|\bFileStream\b|\bProcess\.|\bConsole\.|\bEnvironment\.")));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.Read("WgDynamic.sln");
        Assert.Equal([], Repository.Files("src", "*.csproj").Concat(Repository.Files("module", "*.csproj")).Concat(Repository.Files("tests", "*.csproj")).Where(project => !solution.Contains(Path.GetFileName(project), StringComparison.Ordinal)));
    }

    [Fact]
    public void Versions_of_packages_are_in_one_place_each_with_its_reason()
    {
        foreach (string project in Repository.Files("src", "*.csproj").Concat(Repository.Files("module", "*.csproj")).Concat(Repository.Files("tests", "*.csproj")))
            Assert.DoesNotContain(XDocument.Parse(Repository.Read(project)).Descendants("PackageReference"), reference => reference.Attribute("Version") is not null);
        string[] lines = [.. Repository.Read("Directory.Packages.props").Split('\n').Select(line => line.Trim())];
        foreach ((int index, string _) in lines.Index().Where(line => line.Item.StartsWith("<PackageVersion", StringComparison.Ordinal)))
            Assert.StartsWith("<!--", lines[index - 1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_module_knows_the_control_socket_and_nothing_of_the_daemons()
    {
        const string project = "module/WgDynamic.PowerShell/WgDynamic.PowerShell.csproj";
        Assert.Equal(["WgDynamic.Control", "WgDynamic.Primitives"], Repository.References(project, "ProjectReference"));
        // Which is there to be compiled against, and is not brought along.
        Assert.Equal(["PowerShellStandard.Library"], Repository.References(project, "PackageReference"));
        Assert.Contains("""PrivateAssets="all" """.TrimEnd(), Repository.Read(project), StringComparison.Ordinal);
    }

    private static string WithoutComments(string code) => Regex.Replace(code, "//.*", "");
}
