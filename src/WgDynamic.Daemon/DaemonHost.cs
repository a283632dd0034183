using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace WgDynamic.Daemon;

/// <summary>What a daemon is called and how it is to run.</summary>
public sealed record DaemonSettings
{
    /// <summary>The program's name: in front of its messages, and in syslog.</summary>
    public required string Identifier { get; init; }

    /// <summary>"client" or "server".</summary>
    public required string Kind { get; init; }

    /// <summary>The interface that it is for.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>Stay where it was started, and log to standard error.</summary>
    public bool Foreground { get; init; }

    /// <summary>The least important level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Where its lock lies.</summary>
    public required string RuntimeDirectory { get; init; }

    /// <summary>Its arguments, for starting it again in the background.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Puts a failure that is no defect into words; null for one that is.</summary>
    public required Func<Exception, string?> Explain { get; init; }

    /// <summary>setsid(2).</summary>
    public required Action LeaveTerminal { get; init; }

    /// <summary>dup2(2) of /dev/null over the standard streams.</summary>
    public required Action CloseStandardStreams { get; init; }

    /// <summary>Opens or makes a file and locks it: <see cref="InstanceLock.TryTake"/>.</summary>
    public required Func<string, SafeFileHandle?> TryLock { get; init; }

    /// <summary>The clock of the service manager, which counts by CLOCK_MONOTONIC.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>
/// What both daemons do around their work: go to the background, hold the lock, catch signals, tell who waits that
/// they serve, and turn what fails into a message and an exit code.
/// </summary>
public static class DaemonHost
{
    /// <summary>The exit code of a daemon that could not start, or had to give up.</summary>
    public const int Failure = 1;

    /// <summary>The exit code where a configuration file has errors, and starting again mends nothing: EX_CONFIG, sysexits.h.</summary>
    public const int ConfigurationFailure = 78;

    /// <summary>Runs a daemon.</summary>
    /// <param name="settings">How.</param>
    /// <param name="body">
    /// The work: checks, calls <see cref="ServiceManager.Ready"/> once it serves, and goes on until the token is
    /// cancelled or there is nothing left to serve. A <see cref="StartupException"/> is a message, not a defect.
    /// </param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(DaemonSettings settings, Func<DaemonLogger, ServiceManager, CancellationToken, Task> body)
    {
        Background.Detect(settings.LeaveTerminal);
        if (!settings.Foreground && !Background.IsDetached)
            return await Background.StartAsync(settings.Arguments, Console.Error);

        using DaemonLogger log = new(settings.LogLevel, settings.Identifier, settings.Interface);
        using ServiceManager serviceManager = ServiceManager.FromEnvironment(settings.Clock, () => GoToBackground(settings, log));
        using StopSignal stop = new();
        try
        {
            using InstanceLock instance = TakeLock(settings);
            await body(log, serviceManager, stop.Token);
            serviceManager.Stopping();
            return 0;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            serviceManager.Stopping();
            return 0;
        }
        catch (Exception error)
        {
            if ((error as StartupException)?.Message is { } problem || (problem = settings.Explain(error)) is not null)
                log.CannotServe(settings.Identifier, problem);
            else
                log.Failed(settings.Identifier, error);
            serviceManager.Status(problem ?? error.Message);
            return (error as StartupException)?.ExitCode ?? Failure;
        }
    }

    private static InstanceLock TakeLock(DaemonSettings settings)
    {
        try
        {
            return InstanceLock.TryTake(settings.RuntimeDirectory, settings.Interface, settings.Kind, settings.TryLock)
                ?? throw new StartupException($"{settings.Interface} has a {settings.Kind} already; end it first, for instance with: pkill -f '{settings.Identifier}.* {settings.Interface}'");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot make a lock in {settings.RuntimeDirectory}: {error.Message}; run as root or as the user wg-dynamic, or name another directory with --runtime-directory");
        }
    }

    private static void GoToBackground(DaemonSettings settings, DaemonLogger log)
    {
        if (!Background.IsDetached)
            return;
        // Messages go to the journal or syslog before standard error is gone, so that none is lost in between.
        log.LeaveStandardError();
        Background.ReportReady(settings.CloseStandardStreams);
    }
}

internal static partial class HostLog
{
    [LoggerMessage(100, LogLevel.Critical, "{Identifier}: {Problem}")]
    public static partial void CannotServe(this ILogger log, string identifier, string problem);

    [LoggerMessage(101, LogLevel.Critical, "{Identifier}: unexpected failure, please report it")]
    public static partial void Failed(this ILogger log, string identifier, Exception error);

    [LoggerMessage(102, LogLevel.Debug, "not set up yet: {Problem}")]
    public static partial void NotSetUpYet(this ILogger log, string problem);
}
