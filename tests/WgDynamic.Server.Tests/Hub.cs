using WgDynamic.Control;
using WgDynamic.Daemon;
using WgDynamic.Leasing;
using WgDynamic.Protocol;

namespace WgDynamic.Server.Tests;

/// <summary>A lease service that runs, over a device, a store and a clock that a test holds in its hands.</summary>
internal sealed class Hub : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Makes a hub with peers 1 to <paramref name="peers"/>; nothing runs yet.</summary>
    public Hub(int peers = 3, double leaseSeconds = 3600, Func<TimeProvider, ServiceManager>? manager = null, TestStore? store = null)
    {
        Store = store ?? new TestStore();
        Book = new LeaseBook(new LeasePolicy { LeaseTime = TimeSpan.FromSeconds(leaseSeconds), HashKey = Names.Key(int.MaxValue), GrantInterval = TimeSpan.Zero });
        for (int peer = 1; peer <= peers; peer++)
            Device.AddPeer(peer);
        Events = new EventHub(Names.Interface, DaemonRole.Server, Clock);
        Service = new LeaseService(Names.Interface, Book, new LeaseSettings { Policy = Book.Policy }, Store, Device, Counters, Events, Clock, new Random(1), Log, manager?.Invoke(Clock) ?? ServiceManager.None);
    }

    public TestClock Clock { get; } = new();

    public Counters Counters { get; } = new();

    public EventHub Events { get; }

    public FakeWireGuard Device { get; } = new();

    public TestStore Store { get; }

    public LogLines Log { get; } = new();

    public LeaseBook Book { get; }

    public LeaseService Service { get; }

    /// <summary>Ends when the service does.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    public static PoolSource Pools(params string[] prefixes) => new([.. prefixes.Select(prefix => IpPrefix.Parse(prefix)).Order()], []);

    public async Task<Hub> StartAsync(params string[] pools)
    {
        await Service.StartAsync(Pools(pools), Names.Cancelled);
        Running = Service.RunAsync(_stop.Token);
        return this;
    }

    /// <summary>A peer asks; a family that is null is not wanted.</summary>
    public Task<LeaseOutcome> AskAsync(int peer, string? four = "0.0.0.0", string? six = "::") =>
        SendAsync(peer, new Request { IPv4 = four is null ? null : Names.Ip(four), IPv6 = six is null ? null : Names.Ip(six) });

    public Task<LeaseOutcome> ReleaseAsync(int peer) => SendAsync(peer, new Request { Command = Command.Release });

    /// <summary>Lets time go by, and waits until the service has looked at the device and done what there was to do.</summary>
    public async Task PassAsync(double seconds)
    {
        Clock.Advance(TimeSpan.FromSeconds(seconds));
        // The second look can only begin when the round that began with the first is done.
        for (int look = 0; look < 2; look++)
            await Service.LookAgainAsync(Names.Cancelled).WaitAsync(Names.Limit, Names.Cancelled);
    }

    /// <summary>Long enough for what is known of the device to be old.</summary>
    public Task SettleAsync() => PassAsync(3);

    /// <summary>The service has ended by an exception that the test has seen.</summary>
    public void ForgetFailure() => Running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await Running;
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            _stop.Dispose();
        }
    }

    private Task<LeaseOutcome> SendAsync(int peer, Request request) =>
        Service.AskAsync(new PeerRequest(), Names.Id(peer), request, Names.Cancelled).AsTask().WaitAsync(Names.Limit, Names.Cancelled);
}
