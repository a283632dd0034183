using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Brings the events of several daemons to the one thread that may write objects, by a bounded queue: who reads slowly is told by the daemon's Lagged.</summary>
internal sealed class EventPump : IDisposable
{
    private const int Capacity = 256;

    private readonly CancellationTokenSource _ending;
    private readonly Channel<(ControlSocket Socket, EventAnswer Event)> _queue = Channel.CreateBounded<(ControlSocket, EventAnswer)>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Task _readers;

    // Each socket is asked its own request: sequences are a daemon's own.
    public EventPump(IReadOnlyList<(ControlSocket Socket, WatchRequest Request)> watches, Func<string, CancellationToken, Task<ControlConnection>> connect, CancellationToken cancellationToken)
    {
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _readers = ReadAllAsync([.. watches.Select(watch => Task.Run(() => ReadAsync(watch.Socket, watch.Request, connect, _ending.Token), _ending.Token))]);
    }

    // The next event; null when all daemons have ended, or the time is over.
    public (ControlSocket Socket, EventAnswer Event)? Next(WgCmdlet cmdlet, CancellationToken cancellationToken)
    {
        try
        {
            return cmdlet.AwaitHere(_queue.Reader.ReadAsync(cancellationToken));
        }
        catch (ChannelClosedException closed) when (closed.InnerException is null)
        {
            return null;
        }
        catch (ChannelClosedException closed)
        {
            ExceptionDispatchInfo.Throw(closed.InnerException!);
            throw;
        }
    }

    public void Dispose()
    {
        _ending.Cancel();
        WgCmdlet.Await(_readers);
        _ending.Dispose();
    }

    private async Task ReadAllAsync(Task[] readers)
    {
        try
        {
            await Task.WhenAll(readers);
            _ = _queue.Writer.TryComplete();
        }
        catch (OperationCanceledException)
        {
            _ = _queue.Writer.TryComplete();
        }
        catch (Exception error)
        {
            _ = _queue.Writer.TryComplete(error);
        }
    }

    private async Task ReadAsync(ControlSocket socket, WatchRequest request, Func<string, CancellationToken, Task<ControlConnection>> connect, CancellationToken cancellationToken)
    {
        try
        {
            await using ControlConnection connection = await connect(socket.Path, cancellationToken);
            await foreach (ControlAnswer answer in connection.AskAsync(request, cancellationToken))
            {
                if (answer is EventAnswer happened)
                    await _queue.Writer.WriteAsync((socket, happened), cancellationToken);
            }
        }
        catch (ControlException error)
        {
            // Whoever reads learns of it now, and not when the last of the others has ended.
            _ = _queue.Writer.TryComplete(error);
        }
    }
}
