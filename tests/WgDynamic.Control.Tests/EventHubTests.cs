using Microsoft.Extensions.Time.Testing;

namespace WgDynamic.Control.Tests;

public class EventHubTests
{
    private static readonly PublicKey _one = new(Enumerable.Repeat((byte)1, PublicKey.ByteLength).ToArray());
    private static readonly PublicKey _two = new(Enumerable.Repeat((byte)2, PublicKey.ByteLength).ToArray());

    private readonly FakeTimeProvider _clock = new();
    private readonly EventHub _hub;

    public EventHubTests() => _hub = new EventHub(InterfaceName.Parse("wg0"), DaemonRole.Server, _clock);

    [Fact]
    public void Recent_events_are_the_last_ones_that_fit_and_what_is_not_kept_is_told()
    {
        for (int i = 0; i < 10; i++)
            _hub.Publish(new ControlEvent(i % 2 == 0 ? EventType.Granted : EventType.Renewed, i < 5 ? _one : _two, Address(i)));
        Assert.Equal([1, 3, 5, 7, 9], Numbers(_hub.Recent(new EventsRequest { Types = [EventType.Granted] })));
        Assert.Equal([1, 2, 3, 4, 5], Numbers(_hub.Recent(new EventsRequest { PublicKeys = [_one] })));
        Assert.Equal([9, 10], Numbers(_hub.Recent(new EventsRequest { Newest = 2 })));
        Assert.Equal([9, 10], Numbers(_hub.Recent(new EventsRequest { After = 8 })));
        Assert.Empty(_hub.Recent(new EventsRequest { After = 10 }));
        Assert.Equal($"leased {Address(8)} to {_two}", _hub.Recent(new EventsRequest { After = 8 })[0].Message);

        for (int i = 0; i < EventHub.Kept; i++)
            _hub.Publish(new ControlEvent(EventType.Renewed, _one, Address(i)));
        IReadOnlyList<EventAnswer> kept = _hub.Recent(new EventsRequest { After = 4 });
        Assert.Equal((EventType.Lagged, 6L), (kept[0].Type, kept[0].Lost));
        Assert.Equal(EventHub.Kept + 1, kept.Count);
        Assert.Equal(11, _hub.Recent(new EventsRequest())[0].Sequence);
    }

    [Fact]
    public async Task Who_watches_sees_the_leases_that_are_then_what_is_kept_then_what_happens()
    {
        _hub.Publish(new ControlEvent(EventType.Granted, _one, Address(1)));
        _hub.Publish(new ControlEvent(EventType.Granted, _two, Address(2)));
        await using IAsyncEnumerator<EventAnswer> watched = Watch(new WatchRequest { IncludeCurrent = true, After = 1 });
        Assert.Equal(EventType.Current, (await NextAsync(watched)).Type);
        // From before it watched, and from after it began to.
        _hub.Publish(new ControlEvent(EventType.Expired, _one, Address(1)));
        Assert.Equal(2, (await NextAsync(watched)).Sequence);
        Assert.Equal(3, (await NextAsync(watched)).Sequence);
        _hub.Publish(new ControlEvent(EventType.Malformed, Text: "nonsense"));
        Assert.Equal("nonsense", (await NextAsync(watched)).Message);
    }

    [Fact]
    public async Task Who_is_too_slow_misses_some_and_is_told_how_many_and_where()
    {
        await using IAsyncEnumerator<EventAnswer> watched = Watch(new WatchRequest { Types = [EventType.Granted] });
        ValueTask<bool> first = watched.MoveNextAsync();
        _hub.Publish(new ControlEvent(EventType.Granted, _one, Address(0)));
        Assert.True(await first);

        for (int i = 0; i < EventHub.Waiting + 5; i++)
        {
            _hub.Publish(new ControlEvent(EventType.Granted, _one, Address(i)));
            _hub.Publish(new ControlEvent(EventType.Renewed, _one, Address(i)));
        }

        for (int i = 0; i < EventHub.Waiting; i++)
            Assert.Equal((2 * i) + 2, (await NextAsync(watched)).Sequence);
        EventAnswer lagged = await NextAsync(watched);
        Assert.Equal((EventType.Lagged, 5L), (lagged.Type, lagged.Lost));
        _hub.Publish(new ControlEvent(EventType.Granted, _two, Address(7)));
        Assert.Equal(_two, (await NextAsync(watched)).PublicKey);
    }

    [Fact]
    public async Task Every_event_is_seen_or_counted_as_lost_exactly_once_whoever_is_faster()
    {
        const int Events = 20_000;
        await using IAsyncEnumerator<EventAnswer> watched = Watch(new WatchRequest());
        ValueTask<bool> first = watched.MoveNextAsync();
        Task publishing = Task.Run(
            () =>
            {
                for (int i = 0; i < Events; i++)
                    _hub.Publish(new ControlEvent(EventType.Renewed, _one, Address(i % 200)));
            },
            TestContext.Current.CancellationToken);
        long expected = 1;
        for (bool more = await first; more && expected <= Events; more = expected <= Events && await watched.MoveNextAsync())
        {
            if (watched.Current.Type == EventType.Lagged)
                expected += watched.Current.Lost!.Value;
            else
                Assert.Equal(expected++, watched.Current.Sequence);
        }

        await publishing;
        Assert.Equal(Events + 1, expected);
    }

    [Fact]
    public void Telling_an_event_that_nobody_watches_makes_no_objects()
    {
        ControlEvent happens = new(EventType.Renewed, _one, Address(1));
        EventHub hub = new(InterfaceName.Parse("wg0"), DaemonRole.Server, TimeProvider.System);
        hub.Publish(happens);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            hub.Publish(happens);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private IAsyncEnumerator<EventAnswer> Watch(WatchRequest request) =>
        _hub.WatchAsync(request, Current, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

    private static async Task<EventAnswer> NextAsync(IAsyncEnumerator<EventAnswer> watched)
    {
        Assert.True(await watched.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        return watched.Current;
    }

    private static IAsyncEnumerable<LeaseAnswer> Current(CancellationToken cancellationToken) => new[]
    {
        new LeaseAnswer
        {
            Interface = InterfaceName.Parse("wg0"),
            Role = DaemonRole.Server,
            PublicKey = _one,
            Address = Address(1),
            State = LeaseState.Active,
            Start = default,
            End = default,
            LeaseTime = default,
            Remaining = default,
        },
    }.ToAsyncEnumerable();

    private static long[] Numbers(IEnumerable<EventAnswer> events) => [.. events.Select(happened => happened.Sequence)];

    private static IpAddress Address(int number) => IpAddress.Parse($"10.0.{number / 256}.{number % 256}");
}
