using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace WgDynamic.Daemon;

/// <summary>Tells systemd, if it is there, how the daemon is doing (sd_notify(3)). For any thread, but for <see cref="Alive"/>.</summary>
public sealed class ServiceManager : IDisposable
{
    // Far less than systemd takes.
    private const int MaxStatus = 1000;

    private static readonly TimeSpan _settleTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _nextLook = TimeSpan.FromMilliseconds(200);

    private readonly DatagramTarget? _target;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _watchdog;
    private readonly Action _beforeReady;
    private volatile bool _isReady;
    private string _status = "";
    private TimeSpan _nextSign;

    /// <summary>Tells a service manager.</summary>
    /// <param name="path">Where it listens: a path, or behind <c>@</c> a name in the abstract namespace; null if nobody does.</param>
    /// <param name="watchdog">After how much silence of the daemon's work loop it ends the daemon; null for never.</param>
    /// <param name="clock">systemd counts by CLOCK_MONOTONIC, and so does <see cref="TimeProvider.System"/>.</param>
    /// <param name="beforeReady">What has to be done before anybody hears that the daemon serves.</param>
    public ServiceManager(string? path, TimeSpan? watchdog, TimeProvider clock, Action? beforeReady = null)
    {
        _target = DatagramTarget.TryCreate(path);
        _watchdog = _target is null ? TimeSpan.Zero : watchdog ?? TimeSpan.Zero;
        _clock = clock;
        _beforeReady = beforeReady ?? (() => { });
    }

    /// <summary>Nobody listens.</summary>
    public static ServiceManager None { get; } = new(null, null, TimeProvider.System);

    /// <summary>Whether anybody listens.</summary>
    public bool IsPresent => _target is not null;

    /// <summary>How often at least the daemon's work loop has to come round and call <see cref="Alive"/>; null if nobody waits for that.</summary>
    public TimeSpan? LongestRound => _watchdog > TimeSpan.Zero ? _watchdog / 2 : null;

    private TimeSpan Now => _clock.GetElapsedTime(0, _clock.GetTimestamp());

    /// <summary>Reads what systemd has said in the environment and removes it, so that what the daemon starts does not speak in its name.</summary>
    /// <param name="clock">systemd counts by CLOCK_MONOTONIC, and so does <see cref="TimeProvider.System"/>.</param>
    /// <param name="beforeReady">What has to be done before anybody hears that the daemon serves.</param>
    public static ServiceManager FromEnvironment(TimeProvider clock, Action? beforeReady = null)
    {
        string? path = Take("NOTIFY_SOCKET"), microseconds = Take("WATCHDOG_USEC"), process = Take("WATCHDOG_PID");
        return new ServiceManager(path, Watchdog(microseconds, process), clock, beforeReady);
    }

    /// <summary>
    /// Checks an interface. A service manager starts the daemon as soon as the interface is there, when whoever sets it up may
    /// not have finished: then a check that fails is made again for some seconds.
    /// </summary>
    /// <param name="check">The check.</param>
    /// <param name="log">Hears, for who looks for it, that it is waited for.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="StartupException">What the check has thrown last.</exception>
    public async ValueTask<T> SettledAsync<T>(Func<ValueTask<T>> check, ILogger log, CancellationToken cancellationToken)
    {
        for (TimeSpan waited = TimeSpan.Zero; ; waited += _nextLook)
        {
            try
            {
                return await check();
            }
            catch (StartupException error) when (IsPresent && waited < _settleTime)
            {
                log.NotSetUpYet(error.Message);
            }

            await Task.Delay(_nextLook, _clock, cancellationToken);
        }
    }

    /// <summary>The daemon serves.</summary>
    /// <param name="status">One line for people.</param>
    public void Ready(string status)
    {
        _beforeReady();
        _isReady = true;
        _status = OneLine(status);
        Notify($"READY=1\nSTATUS={_status}\nMAINPID={Environment.ProcessId}");
    }

    /// <summary>What it is doing; told on if it is something else than before.</summary>
    /// <param name="status">One line for people.</param>
    public void Status(string status)
    {
        if (_target is null || OneLine(status) is var line && line == _status)
            return;
        _status = line;
        Notify($"STATUS={line}");
    }

    /// <summary>
    /// Shows that the work loop lives. For the loop itself to call, once a round: nothing else may speak for it. Not every call
    /// is told on.
    /// </summary>
    public void Alive()
    {
        if (_watchdog == TimeSpan.Zero || Now is var now && now < _nextSign)
            return;
        _nextSign = now + (_watchdog / 4);
        Notify("WATCHDOG=1");
    }

    /// <summary>It reads its configuration anew; <see cref="Reloaded"/> ends that. Before it serves this would end its start, and is left out.</summary>
    public void Reloading()
    {
        if (_isReady)
            Notify(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={Now.Ticks / TimeSpan.TicksPerMicrosecond}"));
    }

    /// <summary>It has read its configuration, and goes by it or by the one before.</summary>
    public void Reloaded()
    {
        if (_isReady)
            Notify("READY=1");
    }

    /// <summary>It is about to end.</summary>
    public void Stopping() => Notify("STOPPING=1");

    /// <inheritdoc/>
    public void Dispose() => _target?.Dispose();

    // sd_watchdog_enabled(3)
    internal static TimeSpan? Watchdog(string? microseconds, string? process) =>
        (string.IsNullOrEmpty(process) || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
        && ulong.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out ulong count)
        && count is > 0 and < long.MaxValue / TimeSpan.TicksPerMicrosecond
            ? TimeSpan.FromMicroseconds(count)
            : null;

    private static string? Take(string variable)
    {
        string? value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }

    // A server's words may be in it, and a line of its own would be an order to systemd.
    private static string OneLine(string status) => DaemonLogger.OneLine(status.Length > MaxStatus ? status[..MaxStatus] + "…" : status);

    // A service manager that does not listen is no reason to stop serving.
    private void Notify(string state) => _ = _target?.TrySend(Encoding.UTF8.GetBytes(state));
}
