using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>A cmdlet that Ctrl+C ends, whatever it waits for, and whose errors say what to do.</summary>
public abstract class WgCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();

    // Elsewhere than in the cmdlet only so that its parameters stay its public properties.
    internal TimeProvider Clock { get; } = TimeProvider.System;

    internal CancellationToken Cancellation => _cancellation.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends it.</summary>
    /// <param name="disposing">Not by the collector.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            _cancellation.Dispose();
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _cancellation.Cancel();

    // Work for an item of the pipeline: an error is the item's, unless there is nobody left to ask.
    internal void ForItem(object? target, Action work)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (ControlException error)
        {
            Report(WgDynamicException.From(error), target);
        }
        catch (WgDynamicException error)
        {
            Report(error, target);
        }
    }

    internal void Report(WgDynamicException error, object? target)
    {
        if (error.IsFatal)
            ThrowTerminatingError(error.ToRecord(target));
        WriteError(error.ToRecord(target));
    }

    internal bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    // What it waits for, so that who watches is told after a second.
    internal ProgressMeter? Meter { get; set; }

    // Nothing but this thread may write, so this thread waits, and looks up now and then.
    internal T AwaitHere<T>(Task<T> task)
    {
        if (Meter is { } meter)
        {
            while (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(ProgressMeter.Pause))
                meter.Tick();
        }

        return Await(task);
    }

    internal T AwaitHere<T>(ValueTask<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : AwaitHere(task.AsTask());

    internal void During(string activity, Action work)
    {
        using ProgressMeter meter = new(this, activity);
        Meter = meter;
        try
        {
            work();
        }
        finally
        {
            Meter = null;
        }
    }

    internal static T Await<T>(Task<T> task) => task.GetAwaiter().GetResult();

    internal static void Await(Task task) => task.GetAwaiter().GetResult();

    internal static void Await(ValueTask task)
    {
        if (task.IsCompleted)
            task.GetAwaiter().GetResult();
        else
            task.AsTask().GetAwaiter().GetResult();
    }

    // As Get-Item gives it.
    internal void WriteFile(string path) => WriteObject(InvokeProvider.Item.Get([path], force: true, literalPath: true), enumerateCollection: true);

    internal string PathOf(string path) => SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _) is var resolved && provider.Name == "FileSystem"
        ? resolved
        : throw new WgDynamicException("WgConfigurationInvalid", ErrorCategory.InvalidArgument, $"'{path}' is no path of a file", "Give the path of a file.", path);
}
