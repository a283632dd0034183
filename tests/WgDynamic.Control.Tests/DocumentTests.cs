using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using WgDynamic.Architecture.Tests;

namespace WgDynamic.Control.Tests;

/// <summary>docs/control.md and the contracts say the same.</summary>
public class DocumentTests
{
    private static readonly string _text = Repository.Read("docs/control.md");

    [Fact]
    public void The_page_has_every_request_and_answer_with_all_of_its_properties()
    {
        foreach ((Type type, string name) in ControlKinds.Requests.All)
        {
            string row = Row(name);
            Assert.Equal(Properties(type).Where(name => name != "version").Order(StringComparer.Ordinal), Names(row.Split('|')[3]));
            Assert.Equal(((ControlRequest)RuntimeHelpers.GetUninitializedObject(type)).IsChange, row.Split('|')[1].Contains('*', StringComparison.Ordinal));
        }

        foreach ((Type type, string name) in ControlKinds.Answers.All)
            Assert.Contains(Rows(name), row => row.Split('|').Length == 4 && Properties(type).Order(StringComparer.Ordinal).SequenceEqual(Names(row.Split('|')[2])));
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
                ReadOnlySequence<byte> bytes = new(Encoding.UTF8.GetBytes(line));
                if (line.StartsWith("{\"request\"", StringComparison.Ordinal))
                    Assert.NotNull(ControlKinds.Requests.Read(bytes));
                else
                    Assert.Equal(line, ControlLine.Of(ControlKinds.Answers.Read(bytes)));
            }
        }

        Assert.True(examples > 8);
    }

    [Fact]
    public void Every_contract_has_its_kind()
    {
        Assert.Equal(Concrete(typeof(ControlRequest)), ControlKinds.Requests.All.Select(kind => kind.Key.Name).Order(StringComparer.Ordinal));
        Assert.Equal(Concrete(typeof(ControlAnswer)), ControlKinds.Answers.All.Select(kind => kind.Key.Name).Order(StringComparer.Ordinal));

        static IEnumerable<string> Concrete(Type of) => of.Assembly.GetExportedTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(of)).Select(type => type.Name).Order(StringComparer.Ordinal);
    }

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
