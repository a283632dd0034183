namespace WgDynamic.Daemon.Tests;

public sealed class OptionsFileTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_words_of_the_file_stand_where_it_is_named()
    {
        File.WriteAllText(_folder["options"], "# what to accept\n--accept routes,dns   # no MTU\n\n\t--no-hostname\n");
        Assert.Equal(
            ["-f", "--options", _folder["options"], "--accept", "routes,dns", "--no-hostname", "wg0"],
            OptionsFile.Expand(["-f", "--options", _folder["options"], "wg0"]));
    }

    [Fact]
    public void A_file_that_is_not_there_has_no_words()
    {
        string[] arguments = ["--options", _folder["none"], "wg0"];
        Assert.Equal(arguments, OptionsFile.Expand(arguments));
        Assert.Equal(["wg0", "--options"], OptionsFile.Expand(["wg0", "--options"]));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named_with_what_to_do()
    {
        Directory.CreateDirectory(_folder["directory"]);
        StartupException error = Assert.Throws<StartupException>(() => OptionsFile.Expand(["--options", _folder["directory"], "wg0"]));
        Assert.Contains($"chmod o+r {_folder["directory"]}", error.Message, StringComparison.Ordinal);
    }
}
