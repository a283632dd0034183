using Microsoft.Extensions.Time.Testing;
using WgDynamic.TestKit;

namespace WgDynamic.Daemon.Tests;

public sealed class ServiceManagerTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly FakeTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    public async Task systemd_hears_when_the_daemon_is_ready_and_when_it_ends(string kind)
    {
        string name = kind + _folder["notify"];
        using DatagramListener systemd = new(name);
        using ServiceManager manager = new(name, null, _clock);
        Assert.True(manager.IsPresent);
        manager.Ready("serving wg0");
        Assert.Equal($"READY=1\nSTATUS=serving wg0\nMAINPID={Environment.ProcessId}", await systemd.ReceiveAsync());
        manager.Status("busy");
        Assert.Equal("STATUS=busy", await systemd.ReceiveAsync());
        manager.Stopping();
        Assert.Equal("STOPPING=1", await systemd.ReceiveAsync());
    }

    [Fact]
    public void Without_systemd_nothing_happens()
    {
        using ServiceManager none = new(null, TimeSpan.FromSeconds(1), _clock), deaf = new("/nonexistent/socket", null, _clock), tooLong = new("/" + new string('x', 200), null, _clock);
        Assert.False(none.IsPresent);
        Assert.Null(none.LongestRound);
        Assert.False(tooLong.IsPresent);
        none.Ready("x");
        none.Alive();
        deaf.Ready("x");
    }

    [Fact]
    public async Task What_has_to_be_done_first_is_done_before_anybody_hears_that_the_daemon_serves()
    {
        using DatagramListener systemd = new(_folder["notify"]);
        bool wasQuiet = false;
        using ServiceManager manager = new(_folder["notify"], null, _clock, () => wasQuiet = systemd.HasNothing);
        manager.Ready("x");
        Assert.True(wasQuiet);
        Assert.StartsWith("READY=1", await systemd.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_status_is_told_once()
    {
        using DatagramListener systemd = new(_folder["notify"]);
        using ServiceManager manager = new(_folder["notify"], null, _clock);
        manager.Status("1 lease");
        manager.Status("1 lease");
        manager.Status("2 leases");
        Assert.Equal("STATUS=1 lease", await systemd.ReceiveAsync());
        Assert.Equal("STATUS=2 leases", await systemd.ReceiveAsync());
    }

    [Fact]
    public async Task What_a_stranger_said_is_no_order_to_systemd()
    {
        using DatagramListener systemd = new(_folder["notify"]);
        using ServiceManager manager = new(_folder["notify"], null, _clock);
        manager.Status("the server refused: x\nMAINPID=1\nWATCHDOG=trigger");
        Assert.Equal("STATUS=the server refused: x MAINPID=1 WATCHDOG=trigger", await systemd.ReceiveAsync());
        manager.Status(new string('x', 100_000));
        Assert.InRange((await systemd.ReceiveAsync()).Length, 100, 2000);
    }

    [Fact]
    public async Task A_loop_that_comes_round_shows_that_it_lives_and_not_each_time()
    {
        using DatagramListener systemd = new(_folder["notify"]);
        using ServiceManager manager = new(_folder["notify"], TimeSpan.FromSeconds(20), _clock);
        Assert.Equal(TimeSpan.FromSeconds(10), manager.LongestRound);
        for (int round = 0; round < 1000; round++)
            manager.Alive();
        Assert.Equal("WATCHDOG=1", await systemd.ReceiveAsync());
        Assert.True(systemd.HasNothing);

        // A loop that takes its time, within what is asked of it, is heard in time.
        TimeSpan silence = TimeSpan.Zero;
        Random random = new(5);
        for (int round = 0; round < 1000; round++)
        {
            TimeSpan step = random.NextDouble() * manager.LongestRound!.Value;
            _clock.Advance(step);
            silence += step;
            manager.Alive();
            if (systemd.HasNothing)
                continue;
            Assert.InRange(silence.TotalSeconds, 5, 15);
            Assert.Equal("WATCHDOG=1", await systemd.ReceiveAsync());
            silence = TimeSpan.Zero;
        }

        // One that hangs is not.
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.True(systemd.HasNothing);
    }

    [Fact]
    public void Nothing_is_sent_for_a_loop_that_nobody_watches()
    {
        using DatagramListener systemd = new(_folder["notify"]);
        using ServiceManager manager = new(_folder["notify"], null, _clock);
        manager.Alive();
        Assert.Null(manager.LongestRound);
        Assert.True(systemd.HasNothing);
    }

    [Fact]
    public void The_watchdog_is_this_process_s_own()
    {
        string own = $"{Environment.ProcessId}";
        Assert.Equal(TimeSpan.FromSeconds(60), ServiceManager.Watchdog("60000000", own));
        Assert.Equal(TimeSpan.FromSeconds(60), ServiceManager.Watchdog("60000000", null));
        Assert.Null(ServiceManager.Watchdog("60000000", "1"));
        foreach (string? none in (string?[])[null, "", "0", "-1", "soon", "18446744073709551615"])
            Assert.Null(ServiceManager.Watchdog(none, own));
    }

    [Fact]
    public async Task A_reload_begins_with_its_time_and_ends_and_is_no_end_of_a_start()
    {
        using DatagramListener systemd = new(_folder["notify"]);
        using ServiceManager manager = new(_folder["notify"], null, _clock);
        manager.Reloading();
        manager.Reloaded();
        Assert.True(systemd.HasNothing);

        manager.Ready("serving");
        _ = await systemd.ReceiveAsync();
        long before = (long)_clock.GetElapsedTime(0, _clock.GetTimestamp()).TotalMicroseconds;
        manager.Reloading();
        Assert.Equal($"RELOADING=1\nMONOTONIC_USEC={before}", await systemd.ReceiveAsync());
        manager.Reloaded();
        Assert.Equal("READY=1", await systemd.ReceiveAsync());
    }

    [Fact]
    public async Task A_service_manager_that_was_started_again_hears_on()
    {
        using ServiceManager manager = new(_folder["notify"], null, _clock);
        using (DatagramListener first = new(_folder["notify"]))
        {
            manager.Status("first");
            Assert.Equal("STATUS=first", await first.ReceiveAsync());
        }

        File.Delete(_folder["notify"]);
        using DatagramListener second = new(_folder["notify"]);
        manager.Status("second");
        Assert.Equal("STATUS=second", await second.ReceiveAsync());
    }
}
