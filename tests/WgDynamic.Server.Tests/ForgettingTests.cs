using CsCheck;
using WgDynamic.Leasing;

namespace WgDynamic.Server.Tests;

/// <summary>What is long over is forgotten, but not because a clock says so that nobody can trust.</summary>
public class ForgettingTests
{
    private static readonly DateTimeOffset _start = new(2026, 11, 4, 3, 0, 0, TimeSpan.Zero);

    // Hours of running, how many years the clock is off at their end, and what comes then.
    private static readonly Gen<(int Hours, int YearsOff, Then Then)[]> _lives = Gen.Select(
        Gen.Int[0, 200],
        Gen.Frequency((6, Gen.Const(0)), (1, Gen.Int[1, 5000]), (1, Gen.Int[-2000, -1])),
        Gen.Frequency((6, Gen.Const(Then.GoOn)), (1, Gen.Const(Then.Restart)), (1, Gen.Const(Then.RestAYear)))).Array[1, 40];

    private enum Then
    {
        GoOn,
        Restart,
        RestAYear,
    }

    [Fact]
    public void Time_is_never_further_ahead_than_the_clock_has_been_wrong_and_is_right_again_after_as_long_as_it_is_behind() => _lives.Sample(lives =>
    {
        DateTimeOffset truth = _start;
        TimeSpan uptime = TimeSpan.Zero, wrong = TimeSpan.Zero;
        SteadyTime time = new(new Moment(uptime, truth), null);
        foreach ((int hours, int yearsOff, Then then) in lives)
        {
            Pass(hours);
            DateTimeOffset clock = truth.AddDays(365 * yearsOff);
            wrong += TimeSpan.FromHours(yearsOff > 0 ? hours : 0);
            DateTimeOffset seen = time.At(new Moment(uptime, clock)).Wall;
            Assert.True((seen < clock ? seen : clock) <= truth + wrong);
            if (then == Then.GoOn)
                continue;
            truth += then == Then.RestAYear ? TimeSpan.FromDays(365) : TimeSpan.Zero;
            uptime = TimeSpan.Zero;
            // As wrong as it was: the server that comes next has no better clock.
            time = new SteadyTime(new Moment(uptime, truth.AddDays(365 * yearsOff)), seen);
        }

        double behind = (truth - time.At(new Moment(uptime, truth)).Wall).TotalHours;
        Pass((int)Math.Ceiling(Math.Abs(behind)));
        Assert.Equal(truth, time.At(new Moment(uptime, truth)).Wall);

        void Pass(int hours)
        {
            truth += TimeSpan.FromHours(hours);
            uptime += TimeSpan.FromHours(hours);
        }
    }, iter: 2000);

    [Fact]
    public async Task A_clock_that_is_years_ahead_for_some_hours_has_nothing_forgotten_and_a_right_one_has()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        _ = await hub.AskAsync(1, six: null);
        _ = await hub.ReleaseAsync(1);
        hub.Clock.Ahead = TimeSpan.FromDays(3650);
        for (int hour = 0; hour < 5; hour++)
            await hub.PassAsync(3700);
        Assert.Single(hub.Book.Leases);
        Assert.Single(await hub.Store.RecordsAsync());

        hub.Clock.Ahead = TimeSpan.Zero;
        await hub.PassAsync(TimeSpan.FromDays(8).TotalSeconds);
        Assert.Empty(hub.Book.Leases);
        Assert.Empty(await hub.Store.RecordsAsync());
    }

    [Fact]
    public async Task The_end_of_the_history_is_logged_once_a_day()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        hub.Store.HistoryEnd = "7:0123";
        await PassHoursAsync(23);
        Assert.Empty(hub.Log.Of("HistoryHead"));
        await PassHoursAsync(2);
        Assert.Contains("--check-database --head 7:0123", Assert.Single(hub.Log.Of("HistoryHead")), StringComparison.Ordinal);
        hub.Store.HistoryEnd = "8:4567";
        await PassHoursAsync(25);
        Assert.Equal(2, hub.Log.Of("HistoryHead").Count());

        async Task PassHoursAsync(int hours)
        {
            for (int hour = 0; hour < hours; hour++)
                await hub.PassAsync(3600);
        }
    }
}
