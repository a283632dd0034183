using System.Threading.Channels;

namespace WgDynamic.Client;

/// <summary>
/// What lies between the client's loop and all others: events go in, and how the loop was doing last comes out. For any
/// thread; the loop waits for nobody.
/// </summary>
internal sealed class ClientInbox
{
    private readonly Channel<ClientEvent> _events = Channel.CreateBounded<ClientEvent>(new BoundedChannelOptions(64) { SingleReader = true });
    private readonly HashSet<TaskCompletionSource<string?>> _renewals = [];
    private ClientEvent.Stop? _stop;
    private volatile ClientSnapshot _snapshot = ClientSnapshot.None;
    private bool _hasEnded;

    /// <summary>How the client is doing; the loop's to set.</summary>
    public ClientSnapshot Snapshot
    {
        get => _snapshot;
        set => _snapshot = value;
    }

    /// <summary>Tells the loop what happens; waits while it has much to do.</summary>
    public ValueTask WriteAsync(ClientEvent change, CancellationToken cancellationToken) => _events.Writer.WriteAsync(change, cancellationToken);

    /// <summary>Wakes the loop, if it is not busy anyway.</summary>
    public void Wake() => _ = _events.Writer.TryWrite(new ClientEvent.TimerDue());

    /// <summary>Has the loop end; never waits. The first who calls it says how.</summary>
    /// <param name="release">Whether to give the lease back first; null for what the client was started with.</param>
    public void Stop(bool? release)
    {
        // Beside the events, of which there may be as many as can wait.
        _ = Interlocked.CompareExchange(ref _stop, new ClientEvent.Stop(release), null);
        Wake();
    }

    /// <summary>Asks the server now, and waits for its answer; one that is awaited already will do.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the asking.</param>
    /// <returns>Null once the lease goes on; else why it does not.</returns>
    public async Task<string?> RenewAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<string?> renewal = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_renewals)
        {
            if (_hasEnded)
                return "the client ends";
            _ = _renewals.Add(renewal);
        }

        try
        {
            await WriteAsync(new ClientEvent.Renew(), cancellationToken);
            return await renewal.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_renewals)
                _ = _renewals.Remove(renewal);
        }
    }

    /// <summary>For the loop: the next event.</summary>
    public ValueTask<ClientEvent> ReadAsync() => _events.Reader.ReadAsync(CancellationToken.None);

    /// <summary>For the loop: whether it is to end; null if not, or if it has been told before.</summary>
    public ClientEvent.Stop? TakeStop() => Interlocked.Exchange(ref _stop, null);

    /// <summary>For the loop: what comes of the renewals that are waited for.</summary>
    /// <param name="problem">Null if the lease goes on; else why not.</param>
    public void EndRenewals(string? problem)
    {
        lock (_renewals)
        {
            foreach (TaskCompletionSource<string?> renewal in _renewals)
                _ = renewal.TrySetResult(problem);
        }
    }

    /// <summary>For the loop: it ends.</summary>
    public void End()
    {
        lock (_renewals)
            _hasEnded = true;
        EndRenewals("the client ends");
    }
}
