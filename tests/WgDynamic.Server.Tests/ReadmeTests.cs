using System.Text.RegularExpressions;

namespace WgDynamic.Server.Tests;

/// <summary>README.md: what it shows can be used, and is answered as it says.</summary>
public class ReadmeTests
{
    private const string Check = "$ wg-dynamic-server --check-config wg0\n";

    private static readonly string _readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));

    // What is indented by four spaces, between empty lines of ordinary text, without the indentation.
    private static readonly string[] _blocks =
        [.. Regex.Matches(_readme, @"(?<=\n\n)(?:    .*\n|\n(?=    ))+").Select(block => Regex.Replace(block.Value, "^    ", "", RegexOptions.Multiline).TrimEnd('\n') + "\n")];

    // A key is not for the README to give away.
    private static string Example { get; } = _blocks.Single(block => block.Contains("[Pool]", StringComparison.Ordinal)).Replace("…", $"{Names.Key(1)}", StringComparison.Ordinal);

    [Fact]
    public void The_configuration_file_that_it_shows_is_valid_and_has_what_it_seems_to_have()
    {
        ConfigurationResult result = ConfigurationReader.Read(Example);
        Assert.Empty(result.Problems);
        ServerConfiguration read = result.Configuration!;
        Assert.Equal((TimeSpan.FromHours(12), 1, 1, 1), (read.LeaseTime, read.Pools.Length, read.Reservations.Length, read.Pushes.Length));
        Assert.Equal((2, 1, 1, 1), (read.Pools[0].Exclusions.Length, read.Pushes[0].Routes.Length, read.Pushes[0].Dns.Length, read.Pushes[0].Search.Length));
    }

    [Fact]
    public void The_mistakes_in_it_that_it_shows_are_answered_in_these_words()
    {
        string transcript = _blocks.Single(block => block.StartsWith(Check, StringComparison.Ordinal))[Check.Length..];
        string mistaken = Example.Replace("LeaseTime", "LeasTime", StringComparison.Ordinal).Replace("10.0.0.0/8", "10.1.2.3/8", StringComparison.Ordinal);
        StringWriter output = new() { NewLine = "\n" };
        ProblemReport.WriteText(ConfigurationFile.DefaultPath(Names.Interface), ConfigurationReader.Read(mistaken), output);
        Assert.Equal(transcript, output.ToString());
    }

    [Fact]
    public void Every_key_that_it_names_in_its_text_exists()
    {
        string[] known = [.. Vocabulary.Sections.SelectMany(section => section.Keys).Select(key => key.Name)];
        string[] named = [.. Regex.Matches(_readme, "`([A-Z]\\w+)(?: = [^`]*)?`").Select(match => match.Groups[1].Value).Distinct()];
        // Those of WireGuard and of wg-quick.
        Assert.Equal([], named.Except(known).Except(["AllowedIPs", "Endpoint", "PostUp", "SaveConfig"]));
    }
}
