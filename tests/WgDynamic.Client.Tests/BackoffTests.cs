namespace WgDynamic.Client.Tests;

public class BackoffTests
{
    [Fact]
    public void Pauses_double_up_to_the_longest_and_start_anew_after_success()
    {
        Backoff backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), new Random(1));
        foreach (double expected in new[] { 1, 2, 4, 8, 10, 10, 10 })
            Assert.InRange(backoff.Next().TotalSeconds, expected * 0.5, expected * 1.5);
        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0.5, 1.5);
    }
}
