using System.Threading.Tasks.Sources;
using WgDynamic.Protocol;

namespace WgDynamic.Server;

/// <summary>A request on its way through the lease service and back. One for each session, used again and again.</summary>
internal sealed class PeerRequest : IValueTaskSource<LeaseOutcome>
{
    // The service goes on with its batch while the session writes its answer.
    private ManualResetValueTaskSourceCore<LeaseOutcome> _core = new() { RunContinuationsAsynchronously = true };

    /// <summary>Where it came from: in WireGuard that says who sent it.</summary>
    public IpAddress Source { get; private set; }

    /// <summary>What is asked.</summary>
    public Request Request { get; private set; }

    /// <summary>Fills in the next request; the one before must have been answered.</summary>
    public ValueTask<LeaseOutcome> Begin(IpAddress source, in Request request)
    {
        _core.Reset();
        Source = source;
        Request = request;
        return new ValueTask<LeaseOutcome>(this, _core.Version);
    }

    public void Answer(in LeaseOutcome outcome) => _core.SetResult(outcome);

    LeaseOutcome IValueTaskSource<LeaseOutcome>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<LeaseOutcome>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<LeaseOutcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
