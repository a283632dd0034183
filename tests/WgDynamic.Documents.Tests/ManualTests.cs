using System.Text.RegularExpressions;
using WgDynamic.Architecture.Tests;
using WgDynamic.Server;
using WgDynamic.TestKit;

namespace WgDynamic.Documents.Tests;

/// <summary>packaging/man: what the manuals say is what the programs do.</summary>
public class ManualTests
{
    public static TheoryData<string> Pages => [.. Manual.All().Select(manual => manual.Name)];

    public static TheoryData<string> ProgramNames => [.. Programs.Names];

    // Said where the option is described that the other commands have.
    private static readonly string[] _ofQuickStatus = ["--json "];

    [Theory]
    [MemberData(nameof(ProgramNames))]
    public void A_manual_has_the_options_of_the_help_with_their_values_and_defaults_and_no_other(string program)
    {
        // Of the tool also what nearly all of its commands have.
        string[][] lines = program == "wg-dynamic" ? [["--help"], ["show", "--help"]] : [["--help"]];
        WrittenOption[] help = [.. lines.SelectMany(line => Help(program, line)).Distinct()];
        Assert.NotEmpty(help);
        Assert.Equal(help.OrderBy(option => option.Names, StringComparer.Ordinal), new Manual($"{program}.8").Options().OrderBy(option => option.Names, StringComparer.Ordinal));
    }

    [Fact]
    public void The_tools_manual_has_the_commands_that_there_are_with_their_options_and_no_other()
    {
        WrittenOption[] shared = [.. Help("wg-dynamic", "show", "--help")];
        IEnumerable<string> commands =
            from command in Commands(Programs.Command("wg-dynamic"), "")
            select string.Join('\n', Help("wg-dynamic", [.. command.Split(' '), "--help"]).Except(shared).Select(option => $"{option.Names} {option.Value}").Where(option => !_ofQuickStatus.Contains(option))
                .Order(StringComparer.Ordinal).Prepend(command));

        List<List<string>> written = [];
        foreach ((string head, string _) in Manual.Items(new Manual("wg-dynamic.8").Section("COMMANDS")))
        {
            if (head.StartsWith("Cm ", StringComparison.Ordinal))
                written.Add([Regex.Replace(head, "^Cm | (Ar|Op|Oo) .*$", "")]);
            else
                written[^1].Add(Regex.Match(head, "^Fl (-[a-z-]+)(?: Ar ([A-Z]+))?$") is { Success: true } option ? $"-{option.Groups[1].Value} {option.Groups[2].Value}" : head);
        }

        Assert.Equal(
            commands.Order(StringComparer.Ordinal),
            written.Select(command => string.Join('\n', command.Skip(1).Order(StringComparer.Ordinal).Prepend(command[0]))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_manual_of_the_configuration_file_has_every_key_with_the_default_of_the_reference_file_and_no_other()
    {
        string[] known = [.. Vocabulary.Sections.SelectMany(section => section.Keys.Select(key => $"[{section.Name}] {key.Name}")).Order(StringComparer.Ordinal)];
        string sections = new Manual("wg-dynamic.conf.5").Section("SECTIONS");
        (string Key, string Body)[] written =
        [
            .. from section in Regex.Matches(sections, @"^\.Ss (\[\w+\]) sections?\n((?:(?!\.Ss ).*\n)*)", RegexOptions.Multiline)
               from item in Manual.Items(section.Groups[2].Value)
               select ($"{section.Groups[1].Value} {Regex.Match(item.Head, @"^Cm (\w+) No = Ar ").Groups[1].Value}", item.Body),
        ];
        Assert.Equal(known, written.Select(item => item.Key).Order(StringComparer.Ordinal));

        // Of all sections only this one has defaults.
        string server = Regex.Match(Repository.Read("packaging/wg-dynamic.conf"), @"^\[Server\]\n(.*?)^#\[Pool\]", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
        // What has none says what holds "without it", and has an example.
        Dictionary<string, string> defaults = Regex.Matches(server, @"(?<comment>(?:^# .*\n)*)^#(\w+) = (.*)$", RegexOptions.Multiline)
            .Where(key => !key.Groups["comment"].Value.Contains("Without it:", StringComparison.Ordinal)).ToDictionary(key => $"[Server] {key.Groups[1].Value}", key => key.Groups[2].Value);
        Assert.Equal(defaults.OrderBy(pair => pair.Key, StringComparer.Ordinal), written.Select(item => KeyValuePair.Create(item.Key, Manual.DefaultOf(item.Body))).Where(pair => pair.Value.Length > 0).OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void The_configuration_files_in_their_manual_are_read_without_a_problem()
    {
        string[] files = [.. new Manual("wg-dynamic.conf.5").Displays().Where(display => display.StartsWith('['))];
        Assert.True(files.Length > 2);
        foreach (string file in files)
            Assert.Empty(ConfigurationReader.Read(file).Problems);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_in_a_manual_are_ones_that_the_programs_take(string page)
    {
        string[][] commands = [.. new Manual(page).Displays().SelectMany(display => display.Split('\n')).Where(line => Regex.IsMatch(line, "^([#$] |PostUp = )")).SelectMany(ShellWords.Commands)];
        Assert.NotEmpty(commands);
        Assert.Equal([], commands.SelectMany(Programs.Errors));
        Assert.Equal([], commands.SelectMany(Units.Unknown));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_manual_has_what_people_look_for_and_refers_to_manuals_that_there_are(string page)
    {
        Manual manual = new(page);
        string[] headings = ["NAME", "DESCRIPTION", "FILES", "EXAMPLES", "SEE ALSO", .. page.EndsWith(".8", StringComparison.Ordinal) ? ["SYNOPSIS", "OPTIONS", "ENVIRONMENT", "EXIT STATUS", "SECURITY CONSIDERATIONS"] : Array.Empty<string>()];
        Assert.Equal([], headings.Except(manual.Headings));
        // What is not ours is of other packages, whose manuals need not be here.
        string[] others = ["dpkg-divert.1", "nft.8", "resolvconf.8", "resolvectl.1", "sd_notify.3", "wg.8", "wg-quick.8"];
        Assert.Equal([], manual.References().Distinct().Except(Manual.All().Select(other => other.Name)).Except(others));
        Assert.DoesNotContain(page, manual.References());
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Mandoc_finds_nothing_to_complain_about(string page)
    {
        string mandoc = Tools.Require("mandoc");
        string complaints = await Command.RunAsync("sh", "-c", "\"$1\" -T lint \"$2\" 2>/dev/null || :", "sh", mandoc, Path.Combine(Repository.Root, new Manual(page).File));
        // Whether they are on this machine says nothing.
        Assert.Equal([], complaints.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("STYLE: referenced manual not found", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Man_formats_it_without_a_warning(string page)
    {
        string man = Tools.Require("man");
        Assert.Equal("", await Command.RunAsync("sh", "-c", "\"$1\" --warnings -E UTF-8 -l -Tutf8 -Z \"$2\" 2>&1 >/dev/null", "sh", man, Path.Combine(Repository.Root, new Manual(page).File)));
    }

    private static IEnumerable<WrittenOption> Help(string program, params string[] line) =>
        from text in Programs.Output(program, line).Split('\n')
        let option = Regex.Match(text, @"^  (-[^<\s]+(?:, --\S+)?)(?: <(\w+)>)?  +.*?(?:\[default: (.*)\])?$")
        where option.Success
        select new WrittenOption(
            string.Join(' ', option.Groups[1].Value.Split(", ").Order(StringComparer.Ordinal)),
            option.Groups[2].Value,
            // That of one machine is no other's.
            option.Groups[1].Value == "--hostname" ? "" : option.Groups[3].Value);

    private static IEnumerable<string> Commands(System.CommandLine.Command command, string before) =>
        from inner in command.Subcommands
        let name = $"{before}{inner.Name}"
        from each in (inner.Action is null ? Array.Empty<string>() : [name]).Concat(Commands(inner, name + " "))
        select each;
}
