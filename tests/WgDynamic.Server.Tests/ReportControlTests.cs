using WgDynamic.Control;

namespace WgDynamic.Server.Tests;

public class ReportControlTests
{
    [Fact]
    public async Task What_happens_is_counted_and_counted_from_zero_after_a_reset()
    {
        await using Desk desk = await Desk.OpenAsync();
        _ = await desk.Hub.AskAsync(1);
        _ = await desk.Hub.AskAsync(1);
        _ = await desk.Hub.ReleaseAsync(1);
        _ = await desk.Hub.AskAsync(2, "10.9.9.9", six: null);
        StatisticsAnswer counted = await StatisticsAsync(desk, new StatisticsRequest());
        Assert.Equal((2L, 2L, 2L), (counted.Grants, counted.Renewals, counted.Releases));
        Assert.Equal(1, counted.Refusals["AddressUnavailable"]);

        desk.Hub.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(counted.Grants, (await StatisticsAsync(desk, new ResetStatisticsRequest())).Grants);
        _ = await desk.Hub.AskAsync(2, six: null);
        StatisticsAnswer after = await StatisticsAsync(desk, new StatisticsRequest());
        Assert.Equal((1L, 0L, 0L, 0), (after.Grants, after.Renewals, after.Releases, after.Refusals.Count));
        Assert.Equal(counted.Since + TimeSpan.FromSeconds(5), after.Since);
    }

    [Fact]
    public async Task Status_tells_how_many_there_are_and_from_where_the_configuration_comes()
    {
        await using Desk desk = await Desk.OpenAsync();
        _ = await desk.Hub.AskAsync(1);
        _ = await desk.Hub.ReleaseAsync(1);
        _ = await desk.Hub.AskAsync(2, six: null);
        ServerStatusAnswer status = (ServerStatusAnswer)Assert.Single(await desk.AskAsync(new StatusRequest()));
        Assert.Equal((1, 2, 3, 2, true), (status.ActiveLeases, status.EndedLeases, status.Peers, status.Pools, status.ClockIsSane));
        Assert.Equal((desk.ConfigurationPath, Environment.ProcessId), (status.ConfigurationPath, status.ProcessId));
    }

    [Fact]
    public async Task A_reload_puts_a_good_file_in_force_and_tells_each_problem_of_a_bad_one()
    {
        await using Desk desk = await Desk.OpenAsync();
        await File.WriteAllTextAsync(desk.ConfigurationPath, "[Pool]\nRange = 10.1.0.0/24\n", Names.Cancelled);
        ServerStatusAnswer status = (ServerStatusAnswer)Assert.Single(await desk.AskAsync(new ReloadRequest()));
        Assert.Equal(1, status.Pools);

        await File.WriteAllTextAsync(desk.ConfigurationPath, "[Pool]\nRange = 10.2.0.0/24\nLeaseTime = soon\n[Pol]\n", Names.Cancelled);
        await using ControlConnection connection = await desk.ConnectAsync();
        List<ProblemAnswer> problems = [];
        ControlException error = await Assert.ThrowsAsync<ControlException>(async () =>
        {
            await foreach (ControlAnswer answer in connection.AskAsync(new ReloadRequest(), Names.Cancelled))
                problems.Add((ProblemAnswer)answer);
        });
        Assert.Equal(ControlError.ConfigurationInvalid, error.Code);
        Assert.Equal([(3, Control.ProblemSeverity.Error), (4, Control.ProblemSeverity.Error)], problems.Select(problem => (problem.Line, problem.Severity)));
        Assert.All(problems, problem => Assert.Equal(desk.ConfigurationPath, problem.File));
        Assert.Equal("10.1.0.0/24", string.Join(' ', desk.Hub.Book.Pools.Select(pool => pool.Range)));
    }

    [Fact]
    public async Task Stop_ends_the_server_and_what_is_the_clients_is_refused()
    {
        await using Desk desk = await Desk.OpenAsync();
        Assert.Equal(ControlError.NotSupported, (await desk.RefusedAsync(new RenewRequest())).Code);
        Assert.False(desk.Stopped);
        Assert.Empty(await desk.AskAsync(new StopRequest()));
        Assert.True(desk.Stopped);
    }

    [Fact]
    public async Task What_the_log_tells_is_an_event_as_well()
    {
        await using Desk desk = await Desk.OpenAsync();
        Incidents incidents = new(desk.Hub.Log, desk.Hub.Events, Names.Interface);
        incidents.Malformed(Names.Interface, Names.Id(1), "nonsense", 0);
        incidents.Conflict(Names.Interface, Names.Ip("10.0.0.7"), Names.Key(1), Names.Key(2));
        incidents.Rejected(Names.Interface, "somebody", "for nobody to hear");
        EventAnswer[] events = [.. (await desk.AskAsync(new EventsRequest { Types = [EventType.Malformed, EventType.Trouble] })).Cast<EventAnswer>()];
        Assert.Equal(
            [(EventType.Malformed, (PublicKey?)null, (IpAddress?)Names.Id(1)), (EventType.Trouble, Names.Key(1), Names.Ip("10.0.0.7"))],
            events.Select(happened => (happened.Type, happened.PublicKey, happened.Address)));
        Assert.DoesNotContain($"{Names.Interface}: ", events[0].Message, StringComparison.Ordinal);
    }

    private static async Task<StatisticsAnswer> StatisticsAsync(Desk desk, ControlRequest request) => (StatisticsAnswer)Assert.Single(await desk.AskAsync(request));
}
