using WgDynamic.Control;

namespace WgDynamic.Tool.Tests;

public sealed class WatchCommandTests : IDisposable
{
    private readonly ToolRun _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task Events_of_several_daemons_are_shown_until_they_end()
    {
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, _ => [Samples.Event, Samples.Event with { Sequence = 18 }]);
        await using FakeDaemon client = new(_tool.Folder, "wg1", DaemonRole.Client, _ => [Samples.Event with { Role = DaemonRole.Client }]);
        Assert.Equal(0, await _tool.RunAsync($"watch --type granted,lagged --key {Samples.Alice} --current"));
        Assert.Equal(
            new[] { Samples.Event, Samples.Event with { Sequence = 18 }, Samples.Event with { Role = DaemonRole.Client } }.Select(Fields.Of).Order(StringComparer.Ordinal),
            _tool.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        WatchRequest request = server.Last<WatchRequest>();
        Assert.Equal([EventType.Granted, EventType.Lagged], request.Types);
        Assert.Equal([Samples.Alice], request.PublicKeys);
        Assert.True(request.IncludeCurrent);
        Assert.Null(request.After);
    }

    [Fact]
    public async Task After_what_is_over_nothing_is_missed()
    {
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, request => request is EventsRequest ? [Samples.Event] : [Samples.Event with { Sequence = 18 }]);
        Assert.Equal(0, await _tool.RunAsync("watch wg0 --last 1"));
        Assert.Equal(2, _tool.Output.Count(c => c == '\n'));
        Assert.Equal(1, Assert.IsType<EventsRequest>(server.Requests[0]).Newest);
        Assert.Equal(17, server.Last<WatchRequest>().After);
        Assert.Equal(0, await _tool.RunAsync("watch wg0 --no-follow"));
        Assert.Equal(Fields.Of(Samples.Event) + "\n", _tool.Output);
        Assert.Null(server.Last<EventsRequest>().Newest);
    }

    [Fact]
    public async Task A_daemon_that_dies_is_a_failure()
    {
        FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, async (call, token) =>
        {
            await call.WriteAsync(Samples.Event, token);
            await call.FlushAsync(token);
            throw new IOException("as if the process had gone");
        });
        await using (server)
        {
            Assert.Equal(1, await _tool.RunAsync("watch wg0"));
            Assert.Equal(Fields.Of(Samples.Event) + "\n", _tool.Output);
            Assert.StartsWith("wg-dynamic: the server of wg0 ", _tool.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_terminal_gets_lines_for_people()
    {
        using ToolRun tool = new() { Screen = new Screen(80, true) };
        await using FakeDaemon server = new(tool.Folder, "wg0", DaemonRole.Server, _ => [Samples.Event]);
        Assert.Equal(0, await tool.RunAsync("watch"));
        Assert.Equal($"Nov 04 03:12:00 \e[1mwg0\e[0m: \e[32mleased 10.66.0.7 to {Samples.Alice}\e[0m\n", tool.Output);
    }
}
