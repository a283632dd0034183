using System.Text.RegularExpressions;

namespace WgDynamic.Server.Tests;

/// <summary>packaging/wg-dynamic.conf: what is shipped is what is read.</summary>
public class ReferenceFileTests
{
    private static readonly string _file = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "wg-dynamic.conf"));

    // '#Key = value' and '#[Section]' without a space are there to be used; '# ' begins a sentence.
    private static readonly string _uncommented = Regex.Replace(_file, "^#(?=[A-Za-z[])", "", RegexOptions.Multiline);

    [Fact]
    public void As_shipped_it_is_valid_and_says_what_no_file_says()
    {
        ServerConfiguration read = Valid(_file), none = new();
        Assert.Equal(Settings(none), Settings(read));
        Assert.True(read.Pools.IsEmpty && read.Groups.IsEmpty && read.Reservations.IsEmpty && read.Pushes.IsEmpty);
    }

    [Fact]
    public void With_every_key_in_use_it_is_valid_and_the_server_settings_are_the_defaults()
    {
        ServerConfiguration read = Valid(_uncommented);
        // These two have no default that could be written down.
        Assert.Equal(("netadmin", "127.0.0.1:9586"), (read.ControlGroup, read.Metrics?.ToString()));
        Assert.Equal(Settings(new ServerConfiguration()), Settings(read with { ControlGroup = null, Metrics = null }));
        Assert.Equal((2, 1, 1, 2), (read.Pools.Length, read.Groups.Length, read.Reservations.Length, read.Pushes.Length));
    }

    [Fact]
    public void Every_key_is_in_it_below_its_section_and_behind_a_sentence()
    {
        string[] known = [.. Vocabulary.Sections.SelectMany(section => section.Keys.Select(key => $"[{section.Name}] {key.Name}")).Order(StringComparer.Ordinal)];
        HashSet<string> found = [];
        string section = "";
        bool explained = false;
        foreach (string line in _file.Split('\n'))
        {
            if (Regex.Match(line, @"^#?\[(\w+)\]") is { Success: true } heading)
                section = heading.Groups[1].Value;
            else if (Regex.Match(line, @"^#?(\w+) = ") is { Success: true } key && found.Add($"[{section}] {key.Groups[1].Value}"))
                Assert.True(explained || found.Count(name => name.EndsWith($" {key.Groups[1].Value}", StringComparison.Ordinal)) > 1, line);
            else if (line.Length == 0)
                explained = false;
            explained |= line.StartsWith("# ", StringComparison.Ordinal);
        }

        Assert.Equal(known, found.Order(StringComparer.Ordinal));
    }

    private static ServerConfiguration Valid(string text)
    {
        ConfigurationResult result = ConfigurationReader.Read(text);
        Assert.Empty(result.Problems);
        return result.Configuration!;
    }

    private static ServerConfiguration Settings(ServerConfiguration configuration) =>
        configuration with { Pools = [], Groups = [], Reservations = [], Pushes = [] };
}
