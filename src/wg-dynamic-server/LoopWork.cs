using System.Diagnostics.CodeAnalysis;
using WgDynamic.Control;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>What others want done by the lease service's loop, between two batches. Handing in is for any thread, the rest for the loop.</summary>
internal sealed class LoopWork
{
    private readonly Lock _lock = new();
    private readonly List<Item> _done = [];
    private Queue<Item>? _waiting = [];

    /// <summary>Hands something in.</summary>
    /// <returns>What it gives, once what it has changed is where it belongs.</returns>
    public Task<T> Add<T>(Func<Moment, ValueTask<T>> work)
    {
        Item<T> item = new(work);
        lock (_lock)
        {
            if (_waiting is null)
                item.Fail(Ending());
            else
                _waiting.Enqueue(item);
        }

        return item.Result;
    }

    /// <summary>Does all that waits.</summary>
    public async ValueTask RunAsync(Moment now)
    {
        while (TryTake(out Item? item))
        {
            _done.Add(item);
            await item.RunAsync(now);
        }
    }

    /// <summary>What was done is stored and on the device: now its results are told.</summary>
    public void Tell()
    {
        foreach (Item item in _done)
            item.Tell();
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
            catch (Exception error) when (error is ControlException or LeaseStoreException)
            {
                _error = error;
            }
        }

        public override void Tell() => _ = _error is null ? _result.TrySetResult(_value!) : _result.TrySetException(_error);

        public override void Fail(Exception error) => _ = _result.TrySetException(error);
    }
}
