using WgDynamic.Control;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>Something that the lease service's loop does between two batches of peers' requests, for who asks at the control socket.</summary>
/// <param name="needsFreshLook">Whether the device is to be looked at first, unless that was done a moment ago.</param>
internal abstract class LoopWork(bool needsFreshLook)
{
    public bool NeedsFreshLook => needsFreshLook;

    /// <summary>Does it; never throws.</summary>
    public abstract ValueTask RunAsync(Moment now);

    /// <summary>What it has changed is stored and on the device, or is not.</summary>
    public abstract void Complete(bool isDone);

    /// <summary>The loop has ended before it came to this.</summary>
    public abstract void Abandon();
}

/// <inheritdoc/>
internal sealed class LoopWork<T>(Func<Moment, ValueTask<T>> work, bool needsFreshLook) : LoopWork(needsFreshLook)
{
    // The loop goes on while the answer is written.
    private readonly TaskCompletionSource<Finished<T>> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _failure;

    public Task<Finished<T>> Task => _finished.Task;

    public override async ValueTask RunAsync(Moment now)
    {
        try
        {
            _result = await work(now);
        }
        catch (Exception error)
        {
            _failure = error;
        }
    }

    public override void Complete(bool isDone)
    {
        if (_failure is not null)
            _finished.SetException(_failure);
        else
            _finished.SetResult(new Finished<T>(_result!, isDone));
    }

    public override void Abandon() => _finished.SetException(new ControlException(ControlError.Failed, "the server is ending"));
}

/// <summary>What came of a <see cref="LoopWork{T}"/>.</summary>
/// <param name="Result">What it gave.</param>
/// <param name="IsDone">Whether all that the book has changed is stored and on the device; if not, it will be tried again until it is.</param>
internal readonly record struct Finished<T>(T Result, bool IsDone);
