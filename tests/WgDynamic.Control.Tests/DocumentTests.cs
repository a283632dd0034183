using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using WgDynamic.Architecture.Tests;

namespace WgDynamic.Control.Tests;

/// <summary>docs/control.md and the contracts say the same.</summary>
public class DocumentTests
{
    private static readonly string _text = Repository.Read("docs/control.md");

    private static readonly JsonSerializerOptions _strict = new(ControlJson.Default.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    [Fact]
    public void The_page_has_every_request_and_answer_with_all_of_its_properties()
    {
        foreach (JsonDerivedTypeAttribute known in Known(typeof(ControlRequest)))
        {
            string row = Row((string)known.TypeDiscriminator!);
            Assert.Equal(Properties(known.DerivedType).Where(name => name != "version").Order(StringComparer.Ordinal), Names(row.Split('|')[3]));
            Assert.Equal(((ControlRequest)RuntimeHelpers.GetUninitializedObject(known.DerivedType)).IsChange, row.Split('|')[1].Contains('*', StringComparison.Ordinal));
        }

        foreach (JsonDerivedTypeAttribute known in Known(typeof(ControlAnswer)))
            Assert.Contains(Rows((string)known.TypeDiscriminator!), row => row.Split('|').Length == 4 && Properties(known.DerivedType).Order(StringComparer.Ordinal).SequenceEqual(Names(row.Split('|')[2])));
    }

    [Fact]
    public void The_page_has_every_name_of_a_value()
    {
        foreach (Type names in typeof(ControlRequest).Assembly.GetExportedTypes().Where(type => type.IsEnum && type != typeof(ControlFailure)))
        {
            string row = Assert.Single(_text.Split('\n'), line => line.StartsWith($"| {names.Name} |", StringComparison.Ordinal));
            Assert.Equal(Enum.GetNames(names).Order(StringComparer.Ordinal), Names(row.Split('|')[2]));
        }
    }

    [Fact]
    public void Its_examples_are_what_the_programs_read_and_write()
    {
        int examples = 0;
        foreach (Match block in Regex.Matches(_text, "```json\n(.*?)```", RegexOptions.Singleline))
        {
            foreach (string line in block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                examples++;
                object value = line.StartsWith("{\"request\"", StringComparison.Ordinal)
                    ? JsonSerializer.Deserialize(line, (JsonTypeInfo<ControlRequest>)_strict.GetTypeInfo(typeof(ControlRequest)))!
                    : JsonSerializer.Deserialize(line, (JsonTypeInfo<ControlAnswer>)_strict.GetTypeInfo(typeof(ControlAnswer)))!;
                if (value is ControlAnswer answer)
                    Assert.Equal(line, ControlLine.Of(answer));
            }
        }

        Assert.True(examples > 8);
    }

    private static IEnumerable<JsonDerivedTypeAttribute> Known(Type type) => type.GetCustomAttributes<JsonDerivedTypeAttribute>();

    private static string[] Properties(Type type) =>
        [.. ControlJson.Default.Options.GetTypeInfo(type).Properties.Select(property => property.Name).Where(name => name is not ("request" or "answer" or "isChange"))];

    private static string Row(string request) => Assert.Single(Rows(request), row => row.Split('|').Length == 6);

    private static string[] Rows(string name)
    {
        string[] rows = [.. _text.Split('\n').Where(line => Regex.IsMatch(line, $@"^\| `{name}`( \*)? \|"))];
        Assert.NotEmpty(rows);
        return rows;
    }

    private static IEnumerable<string> Names(string cell) => Regex.Matches(cell, "`([^`]+)`").Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);
}
