namespace WgDynamic.Netlink.Tests;

public class ReceiveBufferTests
{
    [Fact]
    public void What_may_hold_keys_is_cleared_before_others_have_it()
    {
        using ReceiveBuffer buffer = new(holdsSecrets: true);
        Span<byte> used = buffer.Reserve(100);
        used.Fill(0x5a);

        buffer.Release();

        // The memory itself, wherever it is now.
        Assert.False(used.ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void What_may_hold_keys_is_cleared_when_it_grows()
    {
        using ReceiveBuffer buffer = new(holdsSecrets: true);
        Span<byte> used = buffer.Reserve(100);
        used.Fill(0x5a);

        Assert.True(buffer.Reserve(used.Length + 1).Length > used.Length);

        Assert.False(used.ContainsAnyExcept((byte)0));
    }
}
