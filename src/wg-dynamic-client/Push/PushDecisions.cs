using WgDynamic.Protocol;

namespace WgDynamic.Client;

/// <summary>Whether a reply brings something to put into force, and how long to wait where that failed. Pure, as the machine whose part it is.</summary>
/// <param name="acceptance">What the person lets the server decide.</param>
/// <param name="random">For jitter.</param>
internal sealed class PushDecisions(Acceptance acceptance, Random random)
{
    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(300), random);

    // What was last put into force, or last could not be; neither where that is not known.
    private PushedState? _applied;
    private PushedState? _notApplied;

    /// <summary>What of the last reply is not accepted, and why.</summary>
    public IReadOnlyList<string> Refused { get; private set; } = [];

    /// <summary>Whether routes are in force, as far as is known.</summary>
    public bool HasRoutes => _applied is { Routes.Count: > 0 };

    /// <summary>Judges a reply that grants a lease.</summary>
    /// <returns>What is to be put into force; null if it is already.</returns>
    public PushedState? Next(Reply reply)
    {
        PushedState pushed = PushCheck.Judge(reply, acceptance, out IReadOnlyList<string> refused);
        Refused = refused;
        if (pushed == _applied)
            return null;
        if (pushed != _notApplied)
            _backoff.Reset();
        _notApplied = null;
        return _applied = pushed;
    }

    /// <summary>The last state could not be put into force.</summary>
    /// <returns>How long to wait before it is tried again.</returns>
    public TimeSpan Fail()
    {
        (_applied, _notApplied) = (null, _applied ?? _notApplied);
        return _backoff.Next();
    }

    /// <summary>Nothing is in force any more.</summary>
    public void Forget() => _applied = _notApplied = null;
}
