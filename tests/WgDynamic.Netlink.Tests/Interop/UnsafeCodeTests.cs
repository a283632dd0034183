using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace WgDynamic.Netlink.Tests;

public partial class UnsafeCodeTests
{
    [Fact]
    public void Unsafe_code_and_names_of_C_stay_in_Interop()
    {
        string source = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../src/WgDynamic.Netlink"));
        string[] files = [.. Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/Interop/") && !file.Contains("/obj/"))];
        Assert.NotEmpty(files);

        Assert.All(files, file => Assert.DoesNotMatch(UnsafeCode(), Comment().Replace(File.ReadAllText(file), "")));
    }

    [GeneratedRegex(@"\b(unsafe|fixed|DllImport|LibraryImport|LibC|nint|IntPtr)\b|using Tmds")]
    private static partial Regex UnsafeCode();

    [GeneratedRegex("//.*|\"[^\"]*\"")]
    private static partial Regex Comment();

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
