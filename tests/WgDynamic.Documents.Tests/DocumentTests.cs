using System.Reflection;
using System.Text.RegularExpressions;
using WgDynamic.Architecture.Tests;
using WgDynamic.Server;

namespace WgDynamic.Documents.Tests;

/// <summary>README.md and docs: the commands in them are ones that the programs take.</summary>
public class DocumentTests
{
    private static readonly string[] _documents = ["README.md", "docs/operations.md"];

    [Fact]
    public void Commands_in_the_documents_are_ones_that_the_programs_take_and_units_that_there_are()
    {
        foreach (string document in _documents)
        {
            string[][] commands = [.. Blocks(document).Concat(InText(document)).SelectMany(ShellWords.Commands)];
            Assert.NotEmpty(commands);
            Assert.Equal([], commands.SelectMany(Programs.Errors));
            Assert.Equal([], commands.SelectMany(Units.Unknown));
            // Scripts of this repository.
            Assert.Equal([], commands.Select(words => words[0]).Where(program => program.StartsWith("eng/", StringComparison.Ordinal) && !File.Exists(Path.Combine(Repository.Root, program))));
        }
    }

    [Fact]
    public void The_README_can_be_read_at_one_go() => Assert.True(Repository.Read("README.md").Split('\n').Length <= 300);

    [Fact]
    public void Manuals_that_the_documents_name_exist()
    {
        foreach (string document in _documents)
        {
            Assert.Equal(
                [],
                Regex.Matches(Repository.Read(document), @"\b(wg-dynamic[a-z.-]*)\((\d)\)").Select(name => $"{name.Groups[1].Value}.{name.Groups[2].Value}")
                    .Except(Manual.All().Select(manual => manual.Name)));
        }
    }

    [Fact]
    public void Events_of_the_journal_that_the_documents_name_are_ones_that_the_server_logs()
    {
        string[] logged = [.. typeof(ServerLog).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Select(method => method.Name)];
        string text = Repository.Read("docs/operations.md");
        string table = text[text.IndexOf("| `WG_DYNAMIC_EVENT` |", StringComparison.Ordinal)..];
        string[] named =
        [
            .. Regex.Matches(table[..table.IndexOf("\n\n", StringComparison.Ordinal)], @"^\| ((?:`\w+`(?:, )?)+) \| (?:info|warning|error)", RegexOptions.Multiline)
                .SelectMany(row => row.Groups[1].Value.Split(", ")).Select(name => name.Trim('`')),
            .. Regex.Matches(text, @"WG_DYNAMIC_EVENT=(\w+)").Select(match => match.Groups[1].Value),
        ];
        Assert.True(named.Length > 10);
        Assert.Equal([], named.Except(logged));
    }

    // Lines with a prompt, in blocks that are indented or fenced.
    private static IEnumerable<string> Blocks(string document) =>
        Regex.Matches(Repository.Read(document), @"^(?: {4})?((?:\w+[#$]|[#$]) +.*|eng/\S+)$", RegexOptions.Multiline).Select(line => line.Groups[1].Value)
            .Where(line => !Regex.IsMatch(line, "^# [A-Z]"));

    // What stands between backticks and has more to it than a program's name.
    private static IEnumerable<string> InText(string document) =>
        Regex.Matches(Repository.Read(document), @"`((?:PostUp = )?(?:wg-dynamic[a-z-]*|systemctl|journalctl) [^`]*)`").Select(code => code.Groups[1].Value.Replace("…", "", StringComparison.Ordinal));
}
