using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace WgDynamic.Control;

/// <summary>
/// Where a daemon's events go: into a ring of the last ones, and to everybody who watches. Telling one never waits and makes no
/// objects while nobody watches; who is too slow misses some, and is told how many. For any thread.
/// </summary>
/// <param name="name">The interface.</param>
/// <param name="role">Which daemon.</param>
/// <param name="clock">For the time of day.</param>
public sealed class EventHub(InterfaceName name, DaemonRole role, TimeProvider clock)
{
    /// <summary>How many events that are over are kept.</summary>
    public const int Kept = 1024;

    /// <summary>How many events wait for one who watches.</summary>
    public const int Waiting = 1024;

    private readonly Lock _lock = new();
    private readonly Happened[] _ring = new Happened[Kept];
    private readonly List<Watcher> _watchers = [];
    private long _last;

    /// <summary>Tells what happens.</summary>
    public void Publish(in ControlEvent happens)
    {
        lock (_lock)
        {
            Happened happened = new(++_last, clock.GetUtcNow(), happens);
            _ring[happened.Sequence % Kept] = happened;
            foreach (Watcher watcher in _watchers)
                watcher.Offer(happened);
        }
    }

    /// <summary>Answers an <see cref="EventsRequest"/> or a <see cref="WatchRequest"/>.</summary>
    /// <param name="call">The request.</param>
    /// <param name="current">The active leases, for who asks to begin with them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">The caller has gone, or reads no more.</exception>
    public async ValueTask AnswerAsync(ControlCall call, Func<CancellationToken, IAsyncEnumerable<LeaseAnswer>> current, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(current);
        if (call.Request is EventsRequest events)
        {
            foreach (EventAnswer answer in Recent(events))
                await call.WriteAsync(answer, cancellationToken);
        }
        else if (call.Request is WatchRequest watch)
        {
            await foreach (EventAnswer answer in WatchAsync(watch, current, cancellationToken))
            {
                await call.WriteAsync(answer, cancellationToken);
                await call.FlushAsync(cancellationToken);
            }
        }
    }

    /// <summary>Events that are over, the oldest first. One of <see cref="EventType.Lagged"/> is before them if some of those that were asked for are not kept any more.</summary>
    /// <param name="request">Which.</param>
    public IReadOnlyList<EventAnswer> Recent(EventsRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        List<EventAnswer> answers = Answers(request.After, new EventFilter(request.Types, request.PublicKeys));
        return request.Newest is { } newest && newest < answers.Count ? answers[^Math.Max(0, newest)..] : answers;
    }

    /// <summary>Events as they happen, until it is cancelled.</summary>
    /// <param name="request">Which.</param>
    /// <param name="current">The active leases, for who asks to begin with them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<EventAnswer> WatchAsync(
        WatchRequest request, Func<CancellationToken, IAsyncEnumerable<LeaseAnswer>> current, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(current);
        EventFilter filter = new(request.Types, request.PublicKeys);
        Watcher watcher = new(filter);
        List<EventAnswer> before;
        lock (_lock)
        {
            before = request.After is { } after ? Answers(after, filter) : [];
            _watchers.Add(watcher);
        }

        try
        {
            if (request.IncludeCurrent)
            {
                await foreach (LeaseAnswer lease in current(cancellationToken))
                {
                    if (filter.OfPeer(lease.PublicKey))
                        yield return new ControlEvent(EventType.Current, lease.PublicKey, lease.Address).ToAnswer(0, clock.GetUtcNow(), name, role);
                }
            }

            foreach (EventAnswer answer in before)
                yield return answer;
            while (true)
            {
                // Nothing waits, and yet something is missing: say so now and not when something happens again.
                if (!watcher.Queue.Reader.TryRead(out Happened happened))
                {
                    long lost;
                    lock (_lock)
                        lost = watcher.Queue.Reader.Count == 0 ? watcher.TakeLost() : 0;
                    if (lost > 0)
                        yield return Lagged(lost);
                    else
                        _ = await watcher.Queue.Reader.WaitToReadAsync(cancellationToken);
                    continue;
                }

                yield return happened.Lost > 0 ? Lagged(happened.Lost) : happened.Event.ToAnswer(happened.Sequence, happened.Time, name, role);
            }
        }
        finally
        {
            lock (_lock)
                _ = _watchers.Remove(watcher);
        }
    }

    private List<EventAnswer> Answers(long? after, EventFilter filter)
    {
        List<EventAnswer> answers = [];
        lock (_lock)
        {
            long oldest = Math.Max(1, _last - Kept + 1), first = Math.Max(oldest, (after ?? 0) + 1);
            // Also what is asked for from a daemon before this one: its numbers were others.
            if (after is { } known && known + 1 < oldest)
                answers.Add(Lagged(oldest - known - 1));
            for (long sequence = first; sequence <= _last; sequence++)
            {
                Happened happened = _ring[sequence % Kept];
                if (filter.Fits(happened.Event))
                    answers.Add(happened.Event.ToAnswer(sequence, happened.Time, name, role));
            }
        }

        return answers;
    }

    private EventAnswer Lagged(long lost) => new()
    {
        Time = clock.GetUtcNow(),
        Interface = name,
        Role = role,
        Type = EventType.Lagged,
        Lost = lost,
        Message = lost == 1 ? "1 event is missing here" : $"{lost} events are missing here",
    };

    private readonly record struct Happened(long Sequence, DateTimeOffset Time, ControlEvent Event, long Lost = 0);

    private sealed class EventFilter(IReadOnlyList<EventType> types, IReadOnlyList<PublicKey> peers)
    {
        private readonly HashSet<EventType> _types = [.. types];
        private readonly HashSet<PublicKey> _peers = [.. peers];

        public bool OfPeer(PublicKey? peer) => _peers.Count == 0 || (peer is { } key && _peers.Contains(key));

        public bool Fits(in ControlEvent happens) => (_types.Count == 0 || _types.Contains(happens.Type)) && OfPeer(happens.PublicKey);
    }

    private sealed class Watcher(EventFilter filter)
    {
        private long _lost;

        public Channel<Happened> Queue { get; } = Channel.CreateBounded<Happened>(new BoundedChannelOptions(Waiting) { SingleReader = true, SingleWriter = true });

        public long TakeLost()
        {
            long lost = _lost;
            _lost = 0;
            return lost;
        }

        public void Offer(in Happened happened)
        {
            if (!filter.Fits(happened.Event))
                return;
            // What is missing is told where it is missing.
            if ((_lost > 0 && !Queue.Writer.TryWrite(happened with { Lost = _lost })) || !TryWriteNext(happened))
                _lost++;
        }

        private bool TryWriteNext(in Happened happened)
        {
            _lost = 0;
            return Queue.Writer.TryWrite(happened);
        }
    }
}
