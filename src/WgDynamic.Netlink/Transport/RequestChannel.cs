namespace WgDynamic.Netlink;

/// <summary>What to do with one message of an answer.</summary>
/// <param name="result">What the answer has come to so far.</param>
/// <param name="message">The message; a view that ends with the call.</param>
internal delegate void ReplyHandler<in T>(T result, NetlinkMessage message);

/// <summary>
/// Requests and their answers over one connection, one at a time; calls may come concurrently and queue up.
/// Owns the connection.
/// </summary>
/// <param name="connection">Where to send.</param>
/// <param name="holdsSecrets">Whether answers carry keys, which must not stay behind in pooled memory.</param>
internal sealed class RequestChannel(INetlinkConnection connection, bool holdsSecrets = false) : IDisposable
{
    /// <summary>How often a dump is begun anew when things change while it is being read.</summary>
    internal const int MaxAttempts = 10;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private uint _sequence;

    /// <summary>Sends a request whose answer is only whether it succeeded.</summary>
    /// <exception cref="NetlinkException">It did not.</exception>
    public async ValueTask ExecuteAsync(NetlinkRequest request, CancellationToken cancellationToken) =>
        _ = await QueryAsync<object?>(request, static () => null, static (_, _) => { }, cancellationToken);

    /// <summary>Sends a request and reads its whole answer, however many datagrams it is.</summary>
    /// <param name="request">The request; a dump is sent again when its answer was inconsistent.</param>
    /// <param name="start">Makes an empty result, for each attempt.</param>
    /// <param name="handle">Adds a message to the result.</param>
    /// <param name="cancellationToken">Gives the answer up; what still comes of it is passed over later.</param>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public async ValueTask<T> QueryAsync<T>(NetlinkRequest request, Func<T> start, ReplyHandler<T> handle, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            using ReceiveBuffer buffer = new(holdsSecrets);
            for (int attempt = 0; attempt < MaxAttempts; attempt++)
            {
                T result = start();
                if (await TryQueryAsync(request, result, handle, buffer, cancellationToken))
                    return result;
            }
        }
        finally
        {
            _ = _gate.Release();
        }

        throw new NetlinkException(request.Operation, Errno.EINTR, $"things changed during each of {MaxAttempts} attempts to read them");
    }

    public void Dispose()
    {
        connection.Dispose();
        _gate.Dispose();
    }

    // Whether the result is one whole; else it may lack something, or have it twice.
    private async ValueTask<bool> TryQueryAsync<T>(NetlinkRequest request, T result, ReplyHandler<T> handle, ReceiveBuffer buffer, CancellationToken cancellationToken)
    {
        uint sequence = NextSequence();
        connection.Send(request.Finish(sequence, connection.PortId));
        Exchange<T> exchange = new(request, sequence, connection.PortId, result, handle);
        while (!exchange.IsOver)
        {
            try
            {
                ReceivedDatagram datagram = await connection.ReceiveAsync(buffer, cancellationToken);
                if (datagram.Sender == 0)
                    exchange.Read(buffer.Datagram(datagram));
            }
            catch (NetlinkException e) when (e.IsOverrun && request.IsDump)
            {
                return false;
            }
        }

        return exchange.IsConsistent;
    }

    // Zero is what the kernel's own notifications carry.
    private uint NextSequence() => ++_sequence == 0 ? ++_sequence : _sequence;
}
