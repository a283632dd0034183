using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using WgDynamic.Control;
using WgDynamic.Protocol;

namespace WgDynamic.Server;

/// <summary>
/// One connection of one peer: reads requests, has the lease service decide them, one after the other, and writes the answers.
/// </summary>
internal sealed class Session : IDisposable
{
    // A request takes some 100 bytes; a longer one is read in pieces. So small that each session can have one of its own:
    // waiting for something to read before renting one is a system call more for each request.
    private const int BufferBytes = 256;

    // What is left unread when a connection is closed makes the kernel send a reset, which may overtake the answer.
    private const int MaxDrainBytes = 64 * 1024;

    private readonly Socket _socket;
    private readonly LeaseService _service;
    private readonly SessionContext _context;
    private readonly RequestReader _reader = new();
    private readonly PeerRequest _request = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly CancellationTokenSource _closed = new();
    private long _deadline;

    public Session(Socket socket, IpAddress source, PublicKey peer, LeaseService service, SessionContext context)
    {
        _socket = socket;
        Source = source;
        Peer = peer;
        _service = service;
        _context = context;
        SetDeadline(context.Limits.IdleTime);
    }

    public IpAddress Source { get; }

    public PublicKey Peer { get; }

    /// <summary>Its place in the session table, while it is there.</summary>
    public LinkedListNode<Session>? Node { get; set; }

    public bool IsOverdue(long now) => now > Volatile.Read(ref _deadline);

    /// <summary>Ends the session from outside.</summary>
    public void Close(string reason)
    {
        _context.Log.Rejected(_context.Interface, Source.ToString(), reason);
        try
        {
            _closed.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    public async Task RunAsync()
    {
        try
        {
            await ServeAsync(_closed.Token);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            // The peer is gone, or had its time: nothing that anybody needs to hear of.
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _socket.Dispose();
        _closed.Dispose();
    }

    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        bool goesOn = true;
        while (goesOn)
        {
            // A request that has begun keeps the deadline that it began with.
            if (!_reader.IsInsideMessage)
                SetDeadline(_context.Limits.IdleTime);
            int received = await _socket.ReceiveAsync(_buffer, SocketFlags.None, cancellationToken);
            _context.Sessions.Touch(this);
            goesOn = received == 0 ? await EndOfStreamAsync(cancellationToken) : await ConsumeAsync(_buffer.AsMemory(0, received), cancellationToken);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ConsumeAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        if (!_reader.IsInsideMessage)
            SetDeadline(_context.Limits.RequestTime);
        while (!input.IsEmpty)
        {
            ReadStatus status = _reader.Read(input.Span, out int consumed);
            input = input[consumed..];
            if (status == ReadStatus.Invalid)
            {
                await RefuseAsync(cancellationToken);
                return false;
            }

            if (status == ReadStatus.Complete && !await AnswerAsync(cancellationToken))
                return false;
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AnswerAsync(CancellationToken cancellationToken)
    {
        // However long the service takes, the peer is not to blame; it is for taking its answer.
        Volatile.Write(ref _deadline, long.MaxValue);
        _context.Counters.AddRequest();
        LeaseOutcome outcome = await _service.AskAsync(_request, Source, _reader.Request, cancellationToken);
        if (outcome.Status != OutcomeStatus.Done)
        {
            _context.Counters.AddRefusal(outcome.Status == OutcomeStatus.UnknownPeer ? RefusalReason.UnknownPeer : RefusalReason.Failed);
            _context.Log.Rejected(_context.Interface, Source.ToString(), outcome.Status == OutcomeStatus.UnknownPeer ? "not a peer any more" : "nothing could be promised");
            return false;
        }

        SetDeadline(_context.Limits.RequestTime);
        await SendAsync(ToReply(outcome), cancellationToken);
        return true;
    }

    private async ValueTask<bool> EndOfStreamAsync(CancellationToken cancellationToken)
    {
        if (!_reader.End())
            await RefuseAsync(cancellationToken);
        else
            _socket.Shutdown(SocketShutdown.Send);
        return false;
    }

    private async ValueTask RefuseAsync(CancellationToken cancellationToken)
    {
        _context.Counters.AddMalformed();
        if (_context.Throttle.Allows("malformed", out int suppressed))
            _context.Log.Malformed(_context.Interface, Source, _reader.Fault.ToString(), suppressed);
        SetDeadline(_context.Limits.RequestTime);
        await SendAsync(new Reply { Error = _reader.Fault.Error }, cancellationToken);
        _socket.Shutdown(SocketShutdown.Send);
        await DrainAsync(cancellationToken);
    }

    private async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        int received, total = 0;
        do
        {
            received = await _socket.ReceiveAsync(_buffer, SocketFlags.None, cancellationToken);
            total += received;
        }
        while (received > 0 && total < MaxDrainBytes);
    }

    private async ValueTask SendAsync(Reply reply, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> writer = _context.RentWriter();
        try
        {
            MessageWriter.Write(writer, reply);
            for (ReadOnlyMemory<byte> left = writer.WrittenMemory; !left.IsEmpty;)
                left = left[await _socket.SendAsync(left, SocketFlags.None, cancellationToken)..];
        }
        finally
        {
            _context.ReturnWriter(writer);
        }
    }

    private static Reply ToReply(in LeaseOutcome outcome)
    {
        bool lease = outcome.IPv4 is not null || outcome.IPv6 is not null;
        return new Reply
        {
            IPv4 = outcome.IPv4,
            IPv6 = outcome.IPv6,
            LeaseStartUnixSeconds = lease ? outcome.Start.ToUnixTimeSeconds() : 0,
            LeaseSeconds = lease ? (uint)outcome.LeaseTime.TotalSeconds : 0,
            RenewAfterSeconds = lease ? (uint)Math.Max(1, outcome.RenewAfter.TotalSeconds) : null,
            Mtu = outcome.Push?.Mtu,
            Routes = outcome.Push?.Routes ?? [],
            Dns = outcome.Push?.Dns ?? [],
            Search = outcome.Push?.Search ?? [],
            Serial = lease ? outcome.Serial : null,
            Error = outcome.IsComplete ? WireError.Success : WireError.AddressUnavailable,
        };
    }

    private void SetDeadline(TimeSpan fromNow) =>
        Volatile.Write(ref _deadline, _context.Clock.GetTimestamp() + (long)(fromNow.TotalSeconds * _context.Clock.TimestampFrequency));
}
