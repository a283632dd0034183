using WgDynamic.TestKit;

namespace WgDynamic.Tool.Tests;

public class ShellTests
{
    [Theory]
    [InlineData("/usr/bin/wg-dynamic-client", "/usr/bin/wg-dynamic-client")]
    [InlineData("a b", "'a b'")]
    [InlineData("", "''")]
    [InlineData("$(reboot)", "'$(reboot)'")]
    public void A_word_is_quoted_only_where_it_must_be(string word, string quoted) => Assert.Equal(quoted, Shell.Quote(word));

    [Fact]
    public async Task A_shell_takes_each_word_for_what_it_is_and_wg_quick_puts_no_interface_into_it()
    {
        string[] words = ["/tmp/it's %i", "$HOME", "a;b`c`\\", "--accept", "routes,dns"];
        string hook = Shell.Hook(["printf", "<%s>", .. words]);
        Assert.DoesNotContain("%i", hook, StringComparison.Ordinal);
        Assert.Equal(string.Concat(words.Select(word => $"<{word}>")), await Command.RunAsync("bash", "-c", hook));
    }

    [Fact]
    public void What_a_hook_cannot_hold_is_refused() => Assert.Throws<ToolException>(() => Shell.Hook(["/opt/c#/wg-dynamic-client"]));
}
