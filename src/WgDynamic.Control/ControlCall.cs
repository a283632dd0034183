using System.Runtime.CompilerServices;
using System.Text.Json;

namespace WgDynamic.Control;

/// <summary>Answers requests. Many calls may be under way at once.</summary>
public interface IControlHandler
{
    /// <summary>Answers one. Returning ends the answers; whoever may not ask this has been refused before.</summary>
    /// <param name="call">What is asked, and where answers go.</param>
    /// <param name="cancellationToken">The caller of a <see cref="WatchRequest"/> has gone, or the daemon ends.</param>
    /// <exception cref="ControlException">What is answered instead of the end.</exception>
    ValueTask HandleAsync(ControlCall call, CancellationToken cancellationToken);
}

/// <summary>A request that is being answered.</summary>
public sealed class ControlCall
{
    // Who has read nothing for so long reads no more.
    private static readonly TimeSpan _longestStall = TimeSpan.FromSeconds(30);

    private readonly ControlLines _lines;
    private readonly TimeProvider _clock;

    internal ControlCall(ControlRequest request, ControlCaller caller, ControlLines lines, TimeProvider clock)
    {
        Request = request;
        Caller = caller;
        _lines = lines;
        _clock = clock;
    }

    /// <summary>What is asked.</summary>
    public ControlRequest Request { get; }

    /// <summary>Who asks.</summary>
    public ControlCaller Caller { get; }

    internal long Count { get; private set; }

    /// <summary>Writes an answer. Waits for a slow reader, and gives up on a dead one: never from where others wait.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The caller has gone, or reads no more.</exception>
    public ValueTask WriteAsync(ControlAnswer answer, CancellationToken cancellationToken)
    {
        Count++;
        return SendAsync(answer, cancellationToken);
    }

    /// <summary>Sends what has been written, which else waits for more or for the end.</summary>
    /// <inheritdoc cref="WriteAsync"/>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource stalled = new(_longestStall, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stalled.Token, cancellationToken);
        try
        {
            await _lines.FlushAsync(either.Token);
        }
        catch (OperationCanceledException) when (stalled.IsCancellationRequested)
        {
            throw new IOException($"the reader has read nothing for {_longestStall.TotalSeconds} seconds");
        }
    }

    /// <summary>The file that follows the request.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its parts as they come; each is good until the next.</returns>
    /// <exception cref="ControlException">Something else follows, or the caller has gone or stalls.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> UploadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            using CancellationTokenSource stalled = new(_longestStall, _clock);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stalled.Token, cancellationToken);
            ControlRequest? next;
            try
            {
                next = await _lines.ReadAsync(ControlKinds.Requests, either.Token);
            }
            catch (OperationCanceledException) when (stalled.IsCancellationRequested)
            {
                throw new ControlException(ControlError.TimedOut, "the file does not come");
            }
            catch (JsonException error)
            {
                throw new ControlException(ControlError.InvalidRequest, $"this is no part of a file: {error.Message}");
            }

            if (next is not UploadRequest { Content: { Length: <= ControlProtocol.MaxContent } content })
                throw new ControlException(ControlError.InvalidRequest, next is null ? "the file breaks off" : "this is no part of a file, or too much at once");
            if (content.IsEmpty)
                yield break;
            yield return content;
        }
    }

    internal async ValueTask SendAsync(ControlAnswer answer, CancellationToken cancellationToken)
    {
        if (_lines.Append(answer, ControlKinds.Answers))
            await FlushAsync(cancellationToken);
    }
}
