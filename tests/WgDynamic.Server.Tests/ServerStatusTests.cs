using WgDynamic.Daemon;
using WgDynamic.TestKit;

namespace WgDynamic.Server.Tests;

/// <summary>What systemd hears from a server, and that it hears nothing from one that hangs.</summary>
public sealed class ServerStatusTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wgd").FullName;
    private readonly DatagramListener _systemd;

    public ServerStatusTests() => _systemd = new DatagramListener(NotifySocket);

    private string NotifySocket => Path.Combine(_directory, "notify");

    public void Dispose()
    {
        _systemd.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private Hub NewHub(double watchdogSeconds = 0) =>
        new(manager: clock => new ServiceManager(NotifySocket, watchdogSeconds > 0 ? TimeSpan.FromSeconds(watchdogSeconds) : null, clock));

    [Fact]
    public async Task It_says_how_many_leases_there_are_and_from_where()
    {
        await using Hub hub = await NewHub().StartAsync("10.0.0.0/24", "2001:db8::/64");
        Assert.Equal("serving wg0: 0 leases from 10.0.0.0/24, 2001:db8::/64", hub.Service.Status);
        _ = await hub.AskAsync(1, six: null);
        await hub.SettleAsync();
        Assert.Equal("STATUS=serving wg0: 1 lease from 10.0.0.0/24, 2001:db8::/64", await _systemd.ReceiveAsync("STATUS=serving wg0: 1 "));
        _ = await hub.AskAsync(2);
        await hub.SettleAsync();
        Assert.Equal("STATUS=serving wg0: 3 leases from 10.0.0.0/24, 2001:db8::/64", await _systemd.ReceiveAsync());
        // Nothing new, nothing said.
        for (int i = 0; i < 5; i++)
            await hub.PassAsync(6);
        Assert.True(_systemd.HasNothing);
    }

    [Fact]
    public async Task A_server_without_pools_says_what_it_lacks()
    {
        await using Hub hub = await NewHub().StartAsync();
        Assert.Equal("serving wg0: no pools yet, no route leads straight to it", hub.Service.Status);
    }

    [Fact]
    public async Task Of_many_pools_it_names_some()
    {
        await using Hub hub = await NewHub().StartAsync([.. Enumerable.Range(0, 50).Select(i => $"10.0.{i}.0/24")]);
        Assert.EndsWith("10.0.5.0/24 and 44 more", hub.Service.Status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_so_while_the_store_or_the_device_fails()
    {
        await using Hub hub = await NewHub().StartAsync("10.0.0.0/24");
        hub.Store.Fails = true;
        _ = await hub.AskAsync(1, six: null);
        await hub.SettleAsync();
        Assert.Contains("; the store fails: ", await _systemd.ReceiveAsync("STATUS=serving wg0: 1 "), StringComparison.Ordinal);
        hub.Store.Fails = false;
        await hub.SettleAsync();
        await hub.SettleAsync();
        Assert.Equal("STATUS=serving wg0: 1 lease from 10.0.0.0/24", await _systemd.ReceiveAsync());

        hub.Device.GetErrno = 5;
        for (int i = 0; i < 10; i++)
            await hub.SettleAsync();
        Assert.Contains("; the device fails: ", await _systemd.ReceiveAsync(), StringComparison.Ordinal);
        hub.Device.GetErrno = 0;
        await hub.SettleAsync();
        await hub.SettleAsync();
        Assert.Equal("STATUS=serving wg0: 1 lease from 10.0.0.0/24", await _systemd.ReceiveAsync());
        Assert.Single(hub.Log.Of("DeviceFailed"));
        Assert.Single(hub.Log.Of("DeviceRecovered"));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(2)]
    public async Task A_server_that_nobody_asks_shows_in_time_that_it_lives(double seconds)
    {
        await using Hub hub = await NewHub(seconds).StartAsync("10.0.0.0/24");
        for (int sign = 0; sign < 10; sign++)
        {
            // The loop's own timer wakes it and nothing else. It may set that only after the time has gone by, so time goes in small steps.
            for (int step = 0; !(await _systemd.DrainAsync()).Contains("WATCHDOG=1"); step++)
            {
                Assert.True(step < 10_000, "no sign of life");
                hub.Clock.Advance(TimeSpan.FromSeconds(seconds / 20));
                await Task.Delay(1, Names.Cancelled);
            }
        }
    }

    [Fact]
    public async Task A_server_whose_loop_hangs_shows_no_sign_of_life()
    {
        await using Hub hub = await NewHub(20).StartAsync("10.0.0.0/24");
        await hub.PassAsync(10);
        hub.Store.Block();
        Task<LeaseOutcome> asking = hub.AskAsync(1, six: null);
        await hub.Store.Changed.UntilAsync(() => hub.Store.Begun > 0);
        _ = await _systemd.DrainAsync();
        for (int i = 0; i < 100; i++)
            hub.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_systemd.HasNothing);
        hub.Store.Unblock();
        _ = await asking;
        Assert.Equal("WATCHDOG=1", await _systemd.ReceiveAsync("WATCHDOG"));
    }

    [Fact]
    public async Task A_reload_begins_and_ends_when_the_new_file_is_in_force_or_refused()
    {
        using ServiceManager manager = new(NotifySocket, null, TimeProvider.System);
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        string file = Path.Combine(_directory, "wg0.conf");
        SessionTable sessions = new(new SessionLimits(), hub.Clock);
        using Reloading reloading = new(new ServerOptions { Interface = Names.Interface, ConfigurationPath = file }, hub.Clock, hub.Log) { Target = new ReloadTarget(hub.Service, sessions, _ => { }, _ => Task.CompletedTask, manager) };
        manager.Ready("serving");
        _ = await _systemd.ReceiveAsync("READY=1");

        await File.WriteAllTextAsync(file, "[Pool]\nRange = 10.1.0.0/24\n", Names.Cancelled);
        Task first = reloading.ReloadAsync(), second = reloading.ReloadAsync();
        await Task.WhenAll(first, second);
        Assert.Equal("10.1.0.0/24", string.Join(' ', hub.Book.Pools.Select(pool => pool.Range)));
        await File.WriteAllTextAsync(file, "[Pol]\n", Names.Cancelled);
        await reloading.ReloadAsync();
        Assert.Single(hub.Log.Of("ConfigurationKept"));

        for (int reload = 0; reload < 2 || !_systemd.HasNothing; reload++)
        {
            Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[0-9]+$", await _systemd.ReceiveAsync());
            Assert.Equal("READY=1", await _systemd.ReceiveAsync());
        }
    }
}
