using System.Text.RegularExpressions;
using WgDynamic.Architecture.Tests;

namespace WgDynamic.Documents.Tests;

/// <summary>An option as a manual or the help has it.</summary>
/// <param name="Names">All of its names, sorted.</param>
/// <param name="Value">What its value is called; empty for none.</param>
/// <param name="Default">What it is without; empty if that is not said.</param>
internal sealed record WrittenOption(string Names, string Value, string Default);

/// <summary>One of packaging/man, in mdoc(7).</summary>
internal sealed partial class Manual
{
    private readonly string _text;

    public Manual(string name)
    {
        Name = name;
        File = $"packaging/man/{name}";
        _text = Repository.Read(File);
    }

    /// <summary>Such as <c>wg-dynamic.8</c>.</summary>
    public string Name { get; }

    /// <summary>The file, from the root of the repository.</summary>
    public string File { get; }

    public static IEnumerable<Manual> All() => Repository.Files("packaging/man", "*").Order(StringComparer.Ordinal).Select(file => new Manual(Path.GetFileName(file)));

    /// <summary>What stands below a heading of the first level.</summary>
    public string Section(string heading) => Regex.Match(_text, $@"^\.Sh {heading}\n(.*?)(?=^\.Sh |\z)", RegexOptions.Multiline | RegexOptions.Singleline) is { Success: true } section
        ? section.Groups[1].Value
        : throw new InvalidOperationException($"{File} has no section {heading}");

    /// <summary>The headings of the first level.</summary>
    public IEnumerable<string> Headings => Regex.Matches(_text, @"^\.Sh (.*)$", RegexOptions.Multiline).Select(heading => heading.Groups[1].Value);

    /// <summary>The items of a section: their heads without macros, and what is said of them.</summary>
    public static IEnumerable<(string Head, string Body)> Items(string section) =>
        Regex.Matches(section, @"^\.It (.*)\n((?:(?!\.It |\.El|\.Ss ).*\n)*)", RegexOptions.Multiline).Select(item => (item.Groups[1].Value, item.Groups[2].Value));

    /// <summary>The options of its section OPTIONS.</summary>
    public IEnumerable<WrittenOption> Options() =>
        from item in Items(Section("OPTIONS"))
        select new WrittenOption(
            string.Join(' ', OptionName.Matches(item.Head).Select(name => "-" + name.Groups[1].Value).Order(StringComparer.Ordinal)),
            Regex.Match(item.Head, @" Ar (\w+)").Groups[1].Value,
            DefaultOf(item.Body));

    /// <summary>What an item says that it is by default; empty if it does not.</summary>
    public static string DefaultOf(string body) => Regex.Match(body, @"^The default is\n\.Cm (\S+)", RegexOptions.Multiline).Groups[1].Value;

    /// <summary>Literal displays, such as examples of files and of commands.</summary>
    public IEnumerable<string> Displays() =>
        Regex.Matches(_text, @"^\.Bd -literal.*\n((?:(?!\.Ed).*\n)*)\.Ed", RegexOptions.Multiline).Select(display => display.Groups[1].Value);

    /// <summary>The manuals that it refers to, such as <c>wg.8</c>.</summary>
    public IEnumerable<string> References() => Regex.Matches(_text, @"^\.Xr (\S+) (\d)", RegexOptions.Multiline).Select(reference => $"{reference.Groups[1].Value}.{reference.Groups[2].Value}");

    [GeneratedRegex(@"Fl (-?[a-z][a-z-]*)")]
    private static partial Regex OptionName { get; }
}
