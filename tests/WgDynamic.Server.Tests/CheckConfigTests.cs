using System.Text.Json;

namespace WgDynamic.Server.Tests;

/// <summary>--check-config, from the file to what is printed.</summary>
public sealed class CheckConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wg-dynamic-test-").FullName;

    private string File => Path.Combine(_folder, "wg0.conf");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_problem_has_a_line_and_the_last_one_counts_them()
    {
        Write("[Server]\nLeaseTime = soon\nVerbose = 1\n[Pool]\nRange = 10.66.0.0/24\nExclude = 10.67.0.1\n");
        Assert.Equal(
            (1, $"""
                {File}:2: error: LeaseTime cannot be 'soon'; write seconds, or a number with s, m, h or d behind it, such as 90s, 30m, 12h or 7d
                {File}:3: error: [Server] has no key Verbose; the keys of [Server] are LeaseTime, Retention, HistoryRetention, AddressesPerPeer, GrantInterval, GrantBurst, Connections, ConnectionsPerPeer, RequestTime, IdleTime, RevokeOnReload, PoolsFromRoutes, AssignAddress, ControlGroup, Metrics
                {File}:6: warning: 10.67.0.1/32 is not in the pool 10.66.0.0/24; delete it, or correct it
                2 errors, 1 warning

                """),
            Check());
    }

    [Fact]
    public void A_warning_is_no_failure()
    {
        Write("[Push]\n");
        Assert.Equal((0, $"{File}:1: warning: this [Push] pushes nothing; add Routes, DNS, Search or MTU, or delete it\n1 warning\n"), Check());
        Write("[Server]\n");
        Assert.Equal((0, $"{File}: no problems\n"), Check());
    }

    [Fact]
    public void What_is_too_much_to_list_is_counted()
    {
        Write(string.Concat(Enumerable.Repeat("nonsense\n", 105)));
        string[] lines = Check().Output.Split('\n');
        Assert.Equal((100 + 3, "and 5 more", "105 errors"), (lines.Length, lines[^3], lines[^2]));
    }

    [Fact]
    public void Programs_get_the_same_on_one_line()
    {
        Write("[Server]\nLeaseTime = 'soon'\n");
        (int status, string output) = Check(asJson: true);
        Assert.Equal(1, status);
        Assert.Equal(
            $$"""
            {"file":"{{File}}","valid":false,"missing":false,"errors":1,"warnings":0,"problems":[{"line":2,"column":13,"severity":"error","message":"LeaseTime cannot be ''soon''","remedy":"write seconds, or a number with s, m, h or d behind it, such as 90s, 30m, 12h or 7d"}]}

            """,
            output);
        Assert.Equal(2, JsonDocument.Parse(output).RootElement.GetProperty("problems")[0].GetProperty("line").GetInt32());
    }

    [Fact]
    public void A_file_that_others_can_write_is_warned_of()
    {
        Write("[Server]\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
        Assert.Equal((0, $"{File}: warning: the file's group can change it; chmod go-w {File}\n1 warning\n"), Check());
        Write("[Server]\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite);
        Assert.Equal((0, $"{File}: warning: anybody can change the file; chmod go-w {File}\n1 warning\n"), Check());
    }

    [Fact]
    public void A_file_that_was_named_must_be_there_and_the_usual_one_need_not()
    {
        Assert.Equal((1, $"{File}: error: there is no such file; name one that is there\n1 error\n"), Check());
        StringWriter output = new();
        InterfaceName name = InterfaceName.Parse("wg-nosuch");
        Assert.Equal(0, ConfigurationCheck.Run(new ServerOptions { Interface = name }, asJson: false, output));
        Assert.Equal("/etc/wg-dynamic/wg-nosuch.conf: there is no such file; the defaults apply\n", output.ToString());
    }

    [Fact]
    public void What_is_no_file_is_said_so()
    {
        Assert.Equal((1, $"{_folder}: error: this is a directory; name the file in it\n1 error\n"), Check(_folder));
        Assert.Equal((1, "/dev/zero: error: the file is larger than 16 MiB; name a configuration file, or make it smaller\n1 error\n"), Check("/dev/zero"));
        Assert.Contains(": error: the file cannot be read: ", Check("").Output, StringComparison.Ordinal);
        Assert.Contains(": error: the file cannot be read: ", Check(new string('x', 5000)).Output, StringComparison.Ordinal);
    }

    private void Write(string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        System.IO.File.WriteAllText(File, text);
        System.IO.File.SetUnixFileMode(File, mode);
    }

    private (int Status, string Output) Check(string? path = null, bool asJson = false)
    {
        StringWriter output = new() { NewLine = "\n" };
        int status = ConfigurationCheck.Run(new ServerOptions { Interface = Names.Interface, ConfigurationPath = path ?? File }, asJson, output);
        return (status, output.ToString());
    }
}
