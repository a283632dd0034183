using System.Globalization;
using System.Text.RegularExpressions;
using WgDynamic.TestKit;

namespace WgDynamic.Architecture.Tests;

/// <summary>packaging/systemd, as systemd itself reads it.</summary>
public sealed class UnitFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wgd-units-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("server")]
    [InlineData("client")]
    public async Task systemd_has_no_complaint(string kind)
    {
        (int status, string output) = await AnalyzeAsync("verify", "--man=no", Install(kind));
        Assert.Equal((0, ""), (status, output));
    }

    [Theory]
    [InlineData("server", 1.6)]
    [InlineData("client", 2.0)]
    public async Task A_unit_gives_away_no_more_than_it_has_to(string kind, double most)
    {
        (int _, string output) = await AnalyzeAsync("security", "--offline=true", "--no-pager", Install(kind));
        Match rating = Regex.Match(output, @"Overall exposure level for \S+: ([0-9.]+)");
        Assert.True(rating.Success, output);
        Assert.True(double.Parse(rating.Groups[1].Value, CultureInfo.InvariantCulture) <= most, output);
    }

    [Theory]
    [InlineData("server")]
    [InlineData("client")]
    public void A_unit_has_two_capabilities_the_user_of_sysusers_and_the_directories_of_tmpfiles(string kind)
    {
        ILookup<string, string> unit = Repository.Read($"packaging/systemd/wg-dynamic-{kind}@.service").Split('\n')
            .Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2).ToLookup(parts => parts[0], parts => parts[1]);
        foreach (string set in (string[])["AmbientCapabilities", "CapabilityBoundingSet"])
            Assert.Equal(["CAP_NET_ADMIN CAP_NET_BIND_SERVICE"], unit[set]);
        Assert.Equal(["wg-dynamic"], unit["User"]);
        Assert.Contains("u wg-dynamic ", Repository.Read("packaging/systemd/wg-dynamic.sysusers"), StringComparison.Ordinal);
        string tmpfiles = Repository.Read("packaging/systemd/wg-dynamic.tmpfiles");
        Assert.Contains($"d /run/{unit["RuntimeDirectory"].Single()} {unit["RuntimeDirectoryMode"].Single()} wg-dynamic wg-dynamic", tmpfiles, StringComparison.Ordinal);
        if (kind == "server")
            Assert.Contains($"d /var/lib/{unit["StateDirectory"].Single()} {unit["StateDirectoryMode"].Single()} wg-dynamic wg-dynamic", tmpfiles, StringComparison.Ordinal);
    }

    // A unit as it is installed, with programs that are there.
    private string Install(string kind)
    {
        string unit = Repository.Read($"packaging/systemd/wg-dynamic-{kind}@.service"), program = Path.Combine(_directory, $"wg-dynamic-{kind}");
        File.Copy("/bin/true", program);
        Assert.Contains($"ExecStart=@sbindir@/wg-dynamic-{kind} ", unit, StringComparison.Ordinal);
        string path = Path.Combine(_directory, $"wg-dynamic-{kind}@wg0.service");
        File.WriteAllText(path, unit.Replace("@sbindir@", _directory, StringComparison.Ordinal));
        return path;
    }

    private static Task<(int Status, string Output)> AnalyzeAsync(params string[] arguments)
    {
        SystemdAnalyze analyze = new(Repository.Root);
        if (analyze.WhyNot is { } whyNot)
            Assert.Skip(whyNot);
        return analyze.RunAsync(arguments);
    }
}
