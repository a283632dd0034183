namespace WgDynamic.Primitives.Tests;

public class InterfaceNameTests
{
    [Theory]
    [InlineData("wg0")]
    [InlineData("a")]
    [InlineData("wg-home_2.lan@7")]
    [InlineData("fifteen-letters")]
    public void What_the_kernel_takes_is_a_name(string text) => Assert.Equal(text, InterfaceName.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("sixteen-letters!")]
    [InlineData("a/b")]
    [InlineData("../x")]
    [InlineData("a:b")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("wg\u00e4")]
    public void What_would_harm_a_path_or_a_log_is_not(string text) => Assert.False(InterfaceName.TryParse(text, out _));

    [Fact]
    public void Names_are_equal_by_their_letters()
    {
        Assert.True(InterfaceName.Parse("wg0") == InterfaceName.Parse("wg0"));
        Assert.True(InterfaceName.Parse("wg0") != InterfaceName.Parse("WG0"));
        Assert.Equal("", default(InterfaceName).ToString());
    }
}
