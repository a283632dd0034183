using System.Reflection;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace WgDynamic.ModuleBuilder;

/// <summary>
/// Help in the form that Get-Help reads (MAML). The docstring of a cmdlet is its synopsis (summary), description (remarks) and examples;
/// that of a property is its parameter's. What lacks one is a problem.
/// </summary>
internal static class HelpFile
{
    private static readonly XNamespace _maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace _command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace _dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static void Write(string assembly, string path, List<string> problems)
    {
        Docstrings docstrings = new(Path.ChangeExtension(assembly, ".xml"));
        IReadOnlyList<Cmdlet> cmdlets = Cmdlet.All(Assembly.LoadFrom(assembly));
        XElement items = new(
            "helpItems",
            new XAttribute("schema", "maml"),
            cmdlets.Select(cmdlet => Command(cmdlet, cmdlets, docstrings, problems)));
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using XmlWriter writer = XmlWriter.Create(path, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" });
        new XDocument(items).Save(writer);
    }

    private static XElement Command(Cmdlet cmdlet, IReadOnlyList<Cmdlet> all, Docstrings docstrings, List<string> problems)
    {
        XElement? member = docstrings.Of(cmdlet.Type);
        string synopsis = Docstrings.Text(member?.Element("summary"));
        IReadOnlyList<string> description = Docstrings.Paragraphs(member?.Element("remarks"));
        XElement[] examples = [.. member?.Elements("example") ?? []];
        if (synopsis.Length == 0 || description.Count == 0 || examples.Length == 0 || examples.Any(example => example.Element("code") is null))
            problems.Add($"{cmdlet.Name} needs a summary, remarks and an example with code");

        return new XElement(
            _command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", _maml),
            new XAttribute(XNamespace.Xmlns + "command", _command),
            new XAttribute(XNamespace.Xmlns + "dev", _dev),
            new XElement(
                _command + "details",
                new XElement(_command + "name", cmdlet.Name),
                new XElement(_command + "verb", cmdlet.Verb),
                new XElement(_command + "noun", cmdlet.Noun),
                new XElement(_maml + "description", Paragraph(synopsis))),
            new XElement(_maml + "description", description.Select(Paragraph)),
            new XElement(_command + "syntax", cmdlet.Sets().Select(set => Syntax(cmdlet, set))),
            new XElement(
                _command + "parameters",
                cmdlet.Parameters.GroupBy(parameter => parameter.Name).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => Describe(cmdlet, group.First(), docstrings, problems)),
                Common(cmdlet).Select(item => item.Full)),
            new XElement(_command + "inputTypes", Inputs(cmdlet).Select(type => Typed("inputType", type.Name, type.About))),
            new XElement(_command + "returnValues", Outputs(cmdlet, docstrings).Select(type => Typed("returnValue", type.Name, type.About))),
            new XElement(_command + "examples", examples.Select((example, index) => Example(example, index + 1))),
            new XElement(
                _command + "relatedLinks",
                all.Where(other => other != cmdlet && other.Noun == cmdlet.Noun).Select(other => other.Name).Append("about_WgDynamic")
                    .Select(name => new XElement(_maml + "navigationLink", new XElement(_maml + "linkText", name), new XElement(_maml + "uri")))));
    }

    private static XElement Syntax(Cmdlet cmdlet, IReadOnlyList<Parameter> set) =>
        new(
            _command + "syntaxItem",
            new XElement(_maml + "name", cmdlet.Name),
            set.Select(parameter => Element(parameter, new XElement(_maml + "description", Paragraph("")))),
            Common(cmdlet).Select(item => item.Short));

    private static XElement Describe(Cmdlet cmdlet, Parameter parameter, Docstrings docstrings, List<string> problems)
    {
        string text = Docstrings.Text(docstrings.Of(parameter.Property)?.Element("summary"));
        if (text.Length == 0)
            problems.Add($"{cmdlet.Name} -{parameter.Name} needs a summary");
        if (parameter.Values.Count > 0)
            text += $" One of: {string.Join(", ", parameter.Values)}.";
        return Element(parameter, new XElement(_maml + "description", Paragraph(text)));
    }

    private static XElement Element(Parameter parameter, XElement description) =>
        new(
            _command + "parameter",
            new XAttribute("required", parameter.Mandatory ? "true" : "false"),
            new XAttribute("variableLength", parameter.Property.PropertyType.IsArray ? "true" : "false"),
            new XAttribute("globbing", parameter.TakesWildcards ? "true" : "false"),
            new XAttribute("pipelineInput", parameter.Pipeline),
            new XAttribute("position", parameter.Position is { } position ? $"{position}" : "named"),
            new XAttribute("aliases", parameter.Aliases.Length == 0 ? "none" : parameter.Aliases),
            new XElement(_maml + "name", parameter.Name),
            description,
            parameter.Values.Count == 0 || parameter.IsSwitch
                ? null
                : new XElement(_command + "parameterValueGroup", parameter.Values.Select(value => new XElement(_command + "parameterValue", new XAttribute("required", "false"), new XAttribute("variableLength", "false"), value))),
            parameter.IsSwitch
                ? null
                : new XElement(_command + "parameterValue", new XAttribute("required", "true"), new XAttribute("variableLength", parameter.Property.PropertyType.IsArray ? "true" : "false"), parameter.TypeName),
            new XElement(_dev + "type", new XElement(_maml + "name", parameter.TypeName), new XElement(_maml + "uri")),
            new XElement(_dev + "defaultValue", parameter.IsSwitch ? "False" : "None"));

    // What PowerShell adds to whatever changes something.
    private static IEnumerable<(XElement Short, XElement Full)> Common(Cmdlet cmdlet)
    {
        if (!cmdlet.SupportsShouldProcess)
            yield break;
        foreach ((string name, string alias, string text) in new (string, string, string)[]
        {
            ("WhatIf", "wi", "Says what would be changed, and changes nothing."),
            ("Confirm", "cf", "Asks before anything is changed."),
        })
        {
            XElement Make(string about) => new(
                _command + "parameter",
                new XAttribute("required", "false"),
                new XAttribute("variableLength", "false"),
                new XAttribute("globbing", "false"),
                new XAttribute("pipelineInput", "False"),
                new XAttribute("position", "named"),
                new XAttribute("aliases", alias),
                new XElement(_maml + "name", name),
                new XElement(_maml + "description", Paragraph(about)),
                new XElement(_dev + "type", new XElement(_maml + "name", "SwitchParameter"), new XElement(_maml + "uri")),
                new XElement(_dev + "defaultValue", "False"));
            yield return (Make(""), Make(text));
        }
    }

    private static IEnumerable<(string Name, string About)> Inputs(Cmdlet cmdlet)
    {
        string[] byName = [.. cmdlet.Parameters.Where(parameter => parameter.Pipeline.Contains("ByPropertyName", StringComparison.Ordinal)).Select(parameter => parameter.Name).Distinct()];
        foreach (Parameter parameter in cmdlet.Parameters.Where(parameter => parameter.Pipeline.Contains("ByValue", StringComparison.Ordinal)).DistinctBy(parameter => parameter.Name))
            yield return (parameter.TypeName, $"As -{parameter.Name}.");
        yield return byName.Length > 0 ? ("PSObject", $"Anything with properties of these names: {string.Join(", ", byName)}.") : ("None", "Nothing is taken from the pipeline.");
    }

    private static IEnumerable<(string Name, string About)> Outputs(Cmdlet cmdlet, Docstrings docstrings) => cmdlet.Outputs.Count == 0
        ? [("None", "Nothing is given.")]
        : cmdlet.Outputs.Select(type => (
            type.Namespace == cmdlet.Type.Namespace ? type.FullName! : type.FullName ?? type.Name,
            Docstrings.Text(docstrings.Of(type)?.Element("summary")) + (cmdlet.Parameters.Any(parameter => parameter.Name == "PassThru") ? " With -PassThru only." : "")));

    private static XElement Typed(string kind, string name, string about) =>
        new(_command + kind, new XElement(_dev + "type", new XElement(_maml + "name", name), new XElement(_maml + "uri")), new XElement(_maml + "description", Paragraph(about)));

    private static XElement Example(XElement example, int number)
    {
        string about = Docstrings.Text(new XElement("about", example.Nodes().Where(node => node is not XElement { Name.LocalName: "code" })));
        return new XElement(
            _command + "example",
            new XElement(_maml + "title", $"--- Example {number} ---"),
            new XElement(_dev + "code", example.Element("code") is { } code ? Docstrings.Code(code) : ""),
            new XElement(_dev + "remarks", Paragraph(about)));
    }

    private static XElement Paragraph(string text) => new(_maml + "para", text);
}
