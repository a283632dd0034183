using System.Diagnostics.CodeAnalysis;
using WgDynamic.Control;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>What others want done by the lease service's loop, between two batches. Handing in is for any thread, the rest for the loop.</summary>
internal sealed class LoopWork
{
    // Peers come first.
    private const int MostAtOnce = 8;

    private readonly Lock _lock = new();
    private readonly List<Item> _done = [];
    private Queue<Item>? _waiting = [];

    /// <summary>Whether something waits that wants the device to be looked at before.</summary>
    public bool NeedsFreshLook
    {
        get
        {
            lock (_lock)
                return _waiting?.Any(item => item.IsChange) == true;
        }
    }

    /// <summary>Hands something in.</summary>
    /// <param name="work">It; is given the time.</param>
    /// <param name="isChange">Whether it changes leases.</param>
    /// <returns>What it gives, once what it has changed is where it belongs.</returns>
    public Task<T> Add<T>(Func<Moment, ValueTask<T>> work, bool isChange)
    {
        Item<T> item = new(work) { IsChange = isChange };
        lock (_lock)
        {
            if (_waiting is null)
                item.Fail(Ending());
            else
                _waiting.Enqueue(item);
        }

        return item.Result;
    }

    /// <summary>Does what waits, or the first of it.</summary>
    /// <returns>Whether more may be waiting.</returns>
    public async ValueTask<bool> RunAsync(Moment now)
    {
        while (_done.Count < MostAtOnce && TryTake(out Item? item))
        {
            _done.Add(item);
            await item.RunAsync(now);
        }

        return _done.Count == MostAtOnce;
    }

    /// <summary>The round is over: now results are told.</summary>
    /// <param name="isDone">Whether what has changed is stored and on the device.</param>
    public void Tell(bool isDone)
    {
        foreach (Item item in _done)
        {
            if (isDone || !item.IsChange)
                item.Tell();
            else
                item.Fail(new ControlException(ControlError.Failed, "it is done, but that is not stored, or not on the device yet", "the server tries again until it is; see why: wg-dynamic show"));
        }

        _done.Clear();
    }

    /// <summary>The loop has ended.</summary>
    public void End()
    {
        Queue<Item> left;
        lock (_lock)
        {
            left = _waiting ?? [];
            _waiting = null;
        }

        foreach (Item item in _done.Concat(left))
            item.Fail(Ending());
    }

    private bool TryTake([NotNullWhen(true)] out Item? item)
    {
        lock (_lock)
        {
            item = null;
            return _waiting?.TryDequeue(out item) ?? false;
        }
    }

    private static ControlException Ending() => new(ControlError.Failed, "the server is ending");

    private abstract class Item
    {
        public bool IsChange { get; init; }

        public abstract ValueTask RunAsync(Moment now);

        public abstract void Tell();

        public abstract void Fail(Exception error);
    }

    private sealed class Item<T>(Func<Moment, ValueTask<T>> work) : Item
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Exception? _error;
        private T? _value;

        public Task<T> Result => _result.Task;

        public override async ValueTask RunAsync(Moment now)
        {
            try
            {
                _value = await work(now);
            }
            catch (Exception error)
            {
                // Also if it is a defect: whoever asked hears of it, and the loop goes on.
                _error = error;
            }
        }

        public override void Tell() => _ = _error is null ? _result.TrySetResult(_value!) : _result.TrySetException(_error);

        public override void Fail(Exception error) => _ = _result.TrySetException(error);
    }
}
