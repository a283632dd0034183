namespace WgDynamic.Server.Tests;

/// <summary>Wakes those who wait for something to have become true.</summary>
internal sealed class Signal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Something has changed.</summary>
    public void Pulse() =>
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public async Task UntilAsync(Func<bool> condition)
    {
        while (true)
        {
            Task next = Volatile.Read(ref _next).Task;
            if (condition())
                return;
            await next.WaitAsync(Names.Limit, Names.Cancelled);
        }
    }
}
