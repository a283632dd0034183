using Microsoft.Extensions.Time.Testing;

namespace WgDynamic.Server.Tests;

public class LogThrottleTests
{
    [Fact]
    public void A_kind_of_message_comes_once_in_ten_seconds_and_says_how_many_did_not()
    {
        FakeTimeProvider clock = new();
        LogThrottle throttle = new(clock);
        Assert.True(throttle.Allows("a", out int suppressed));
        Assert.Equal(0, suppressed);
        Assert.False(throttle.Allows("a", out _));
        Assert.False(throttle.Allows("a", out _));
        Assert.True(throttle.Allows("b", out _));
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(throttle.Allows("a", out suppressed));
        Assert.Equal(2, suppressed);
    }
}
