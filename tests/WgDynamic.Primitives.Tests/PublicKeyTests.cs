using CsCheck;

namespace WgDynamic.Primitives.Tests;

public class PublicKeyTests
{
    private const string Text = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";

    private static readonly Gen<PublicKey> _keys = Gen.Byte.Array[32].Select(bytes => new PublicKey(bytes));

    [Fact]
    public void A_key_is_written_as_wg_writes_it() => Assert.Equal(Text, PublicKey.Parse(Text).ToString());

    [Fact]
    public void Every_key_survives_its_text() =>
        _keys.Sample(key => Assert.Equal(key, PublicKey.Parse(key.ToString())));

    [Fact]
    public void Every_key_survives_its_bytes() =>
        Gen.Byte.Array[32].Sample(bytes =>
        {
            byte[] copy = new byte[32];
            new PublicKey(bytes).CopyTo(copy);
            Assert.Equal(bytes, copy);
        });

    [Theory]
    [InlineData("")]
    [InlineData("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg")] // no padding
    [InlineData("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= ")]
    [InlineData(" xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg")]
    [InlineData("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dh=")] // spare bits set: another spelling of a key
    [InlineData("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8===")]
    [InlineData("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4 Zqp8Dg=")]
    [InlineData("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4-Zqp8Dg=")]
    [InlineData("ÄTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=")]
    public void What_is_not_a_key_is_refused(string text) => Assert.False(PublicKey.TryParse(text, out _));

    [Fact]
    public void A_text_that_is_no_key_is_not_repeated_in_the_error()
    {
        // It may be a private key with a character missing.
        FormatException error = Assert.Throws<FormatException>(() => PublicKey.Parse("sekret"));
        Assert.DoesNotContain("sekret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_ordered_and_compared_by_their_bytes() =>
        Gen.Select(Gen.Byte.Array[32], Gen.Byte.Array[32]).Sample((a, b) =>
        {
            PublicKey left = new(a), right = new(b);
            Assert.Equal(Math.Sign(a.AsSpan().SequenceCompareTo(b)), Math.Sign(left.CompareTo(right)));
            Assert.Equal(a.AsSpan().SequenceEqual(b), left == right);
            Assert.True(left == new PublicKey(a) && left.GetHashCode() == new PublicKey(a).GetHashCode());
        });
}
