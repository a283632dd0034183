using System.Diagnostics;
using WgDynamic.Netlink;
using WgDynamic.TestKit;

namespace WgDynamic.Daemon.Tests;

/// <summary>A daemon that does nothing, as a process: what it says, what it leaves, and how it ends.</summary>
public class BackgroundTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_starter_ends_with_success_when_the_daemon_serves_in_the_background()
    {
        using Folder folder = new();
        (int status, string error) = await RunAsync(null, "serve", folder.Path);
        using Process daemon = DaemonOf(folder);
        try
        {
            Assert.Equal((0, "about to serve\n"), (status, error));
            Assert.NotEqual(Environment.ProcessId, daemon.Id);
            Assert.False(daemon.HasExited);

            // It is the only one.
            (status, error) = await RunAsync(null, "serve", folder.Path);
            Assert.Equal(1, status);
            Assert.Contains("wg0 has a server already", error, StringComparison.Ordinal);
        }
        finally
        {
            await StopAsync(daemon);
        }

        using InstanceLock? free = InstanceLock.TryTake(folder.Path, InterfaceName.Parse("wg0"), "server", SharedFile.TryLock);
        Assert.NotNull(free);
    }

    [Fact]
    public async Task A_daemon_that_cannot_start_says_why_through_its_starter_which_fails_as_it_does()
    {
        using Folder folder = new();
        (int status, string error) = await RunAsync(null, "refuse", folder.Path);
        Assert.Equal((1, "about to refuse\nerror: host: there is no interface wg0\n"), (status, error));
    }

    [Fact]
    public async Task A_defect_is_called_one()
    {
        using Folder folder = new();
        (int status, string error) = await RunAsync(null, "-f", "crash", folder.Path);
        Assert.Equal((1, "error: host: unexpected failure, please report it: a defect\n"), (status, error));
    }

    [Fact]
    public async Task The_service_manager_hears_from_the_daemon_itself_that_it_serves_and_that_it_ends()
    {
        using Folder folder = new();
        using DatagramListener manager = new(folder["notify"]);
        (int status, _) = await RunAsync(folder["notify"], "serve", folder.Path);
        Assert.Equal(0, status);
        using Process daemon = DaemonOf(folder);
        Assert.Equal($"READY=1\nSTATUS=serving\nMAINPID={daemon.Id}", await manager.ReceiveAsync());
        await StopAsync(daemon);
        Assert.Equal("STOPPING=1", await manager.ReceiveAsync());
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task In_the_foreground_a_signal_ends_it_in_order(string signal)
    {
        using Folder folder = new();
        using DatagramListener manager = new(folder["notify"]);
        using Process daemon = Start(folder["notify"], "-f", "serve", folder.Path);
        Assert.StartsWith("READY=1", await manager.ReceiveAsync(), StringComparison.Ordinal);
        await SignalAsync(daemon, signal);
        await daemon.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(_limit, TestContext.Current.CancellationToken);
        Assert.Equal(0, daemon.ExitCode);
        Assert.Equal("STOPPING=1", await manager.ReceiveAsync());
    }

    private static async Task<(int Status, string Error)> RunAsync(string? notifySocket, params string[] arguments)
    {
        using Process process = Start(notifySocket, arguments);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(_limit, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(_limit, TestContext.Current.CancellationToken);
        return (process.ExitCode, error);
    }

    private static Process Start(string? notifySocket, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "WgDynamic.Daemon.Host"), arguments) { RedirectStandardError = true };
        start.Environment["NOTIFY_SOCKET"] = notifySocket;
        _ = start.Environment.Remove("JOURNAL_STREAM");
        return Process.Start(start)!;
    }

    private static Process DaemonOf(Folder folder) => Process.GetProcessById(Folder.HolderOf(folder.Path));

    private static async Task StopAsync(Process daemon)
    {
        await SignalAsync(daemon, "TERM");
        // It is nobody's child, and where no init collects it (process 1 of a container) it stays as a zombie.
        using CancellationTokenSource limit = new(_limit);
        while (IsRunning(daemon.Id))
            await Task.Delay(20, limit.Token);
    }

    private static bool IsRunning(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
