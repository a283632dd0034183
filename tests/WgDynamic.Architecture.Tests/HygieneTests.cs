using System.Text.RegularExpressions;

namespace WgDynamic.Architecture.Tests;

public class HygieneTests
{
    [Fact]
    public void A_file_holds_one_idea_which_400_lines_are_enough_for() =>
        Assert.Equal([], Repository.Files("src", "*.cs").Concat(Repository.Files("module", "*.cs")).Where(file => Repository.Read(file).Count(c => c == '\n') > 400));

    [Fact]
    public void No_file_names_a_registry_or_a_build_machine()
    {
        string[] kinds = ["*.cs", "*.md", "*.sh", "*.csproj", "*.props", "*.json", "kernel-vm", "run"];
        Regex forbidden = new(@"(?<![\w/.])/(work|root|home)/\w|nuget\.org|npmjs|deb\.debian\.org|pypi");
        Assert.Equal(
            [],
            kinds.SelectMany(kind => Repository.Files(".", kind))
                .Where(file => !file.EndsWith(nameof(HygieneTests) + ".cs", StringComparison.Ordinal))
                .Where(file => forbidden.IsMatch(Repository.Read(file))));
    }

    [Fact]
    public void Clocks_and_delays_are_handed_in_because_the_others_are_banned()
    {
        string banned = Repository.Read("src/BannedSymbols.txt");
        foreach (string symbol in (string[])["System.DateTime.UtcNow", "System.DateTimeOffset.UtcNow", "System.Diagnostics.Stopwatch", "System.Threading.Thread.Sleep", "System.Threading.Tasks.Task.Delay", "System.Random.Shared"])
            Assert.Contains(symbol, banned, StringComparison.Ordinal);
        string settings = Repository.Read("src/Directory.Build.props");
        Assert.Contains("BannedSymbols.txt", settings, StringComparison.Ordinal);
        Assert.Equal([], Repository.Files("src", "*.cs").Concat(Repository.Files("module", "*.cs")).Where(file => Regex.IsMatch(Repository.Read(file), @"pragma warning disable|RS0030|SuppressMessage")));
    }

    [Fact]
    public void Links_between_the_documents_lead_somewhere()
    {
        foreach (string document in Repository.Files(".", "*.md"))
        {
            foreach (Match link in Regex.Matches(Repository.Read(document), @"\]\((?!https?:)([^)#]+)(#[^)]*)?\)"))
            {
                string target = Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, link.Groups[1].Value);
                Assert.True(Path.Exists(target), $"{document}: {link.Value}");
            }
        }
    }
}
