using System.Text.RegularExpressions;

namespace WgDynamic.Tool;

/// <summary>The configuration that an argument of wg-quick names, found as wg-quick finds it.</summary>
/// <param name="Path">Where it is, symbolic links included.</param>
/// <param name="Interface">The interface that it is for: the file's name.</param>
internal readonly partial record struct TunnelFile(string Path, InterfaceName Interface)
{
    private const string Directory = "/etc/wireguard";

    /// <summary>Finds it.</summary>
    /// <param name="argument">The name of an interface, or the path of a file.</param>
    /// <returns>The file; null where there is none, or none that wg-quick takes: it says why.</returns>
    public static TunnelFile? Find(string argument)
    {
        string path = PlainName.IsMatch(argument) ? $"{Directory}/{argument}.conf" : argument;
        return File.Exists(path) && FileName.Match(path) is { Success: true } match && InterfaceName.TryParse(match.Groups["name"].ValueSpan, out InterfaceName name)
            ? new TunnelFile(path, name)
            : null;
    }

    /// <summary>What can be named without a path; nothing for who may not look.</summary>
    public static IEnumerable<string> Names()
    {
        try
        {
            return [.. System.IO.Directory.GetFiles(Directory, "*.conf").Select(path => System.IO.Path.GetFileNameWithoutExtension(path)).Where(name => PlainName.IsMatch(name)).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The file itself: what a symbolic link leads to, as what is saved goes there.</summary>
    /// <exception cref="IOException">The links go in circles.</exception>
    public string Target => File.ResolveLinkTarget(Path, returnFinalTarget: true)?.FullName ?? System.IO.Path.GetFullPath(Path);

    // parse_options() of wg-quick, whose $ is the end and nothing but the end.
    [GeneratedRegex(@"\A[a-zA-Z0-9_=+.-]{1,15}\z")]
    private static partial Regex PlainName { get; }

    [GeneratedRegex(@"(\A|/)(?<name>[a-zA-Z0-9_=+.-]{1,15})\.conf\z", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName { get; }
}
