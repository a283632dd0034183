using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace WgDynamic.ModuleBuilder;

/// <summary>The docstrings of an assembly.</summary>
internal sealed partial class Docstrings(string path)
{
    private readonly Dictionary<string, XElement> _members =
        XDocument.Load(path, LoadOptions.PreserveWhitespace).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);

    public XElement? Of(Type type) => _members.GetValueOrDefault($"T:{type.FullName}");

    public XElement? Of(PropertyInfo property) => _members.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}");

    /// <summary>Text as one paragraph.</summary>
    public static string Text(XElement? element) => element is null
        ? ""
        : Spaces().Replace(string.Concat(element.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" or "paramref" } see => (see.Attribute("cref") ?? see.Attribute("name"))!.Value.Split('.', ':')[^1],
            XElement child => child.Value,
            _ => "",
        })), " ").Trim();

    /// <summary>The paragraphs of an element: those in para, or the whole.</summary>
    public static IReadOnlyList<string> Paragraphs(XElement? element)
    {
        if (element is null)
            return [];
        string[] paragraphs = [.. element.Elements("para").Select(Text)];
        return paragraphs.Length > 0 ? paragraphs : [Text(element)];
    }

    /// <summary>Lines of code without the indentation that they share.</summary>
    public static string Code(XElement element)
    {
        string[] lines = element.Value.Trim('\n').Split('\n');
        int indentation = lines.Skip(1).Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select((line, index) => index == 0 ? line.TrimStart() : line.Length > indentation ? line[indentation..] : "")).Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
