using WgDynamic.Control;

namespace WgDynamic.Client;

/// <summary>How the client was doing when it last did something. Times are times since boot.</summary>
internal sealed record ClientSnapshot
{
    /// <summary>Before it has done anything.</summary>
    public static readonly ClientSnapshot None = new();

    /// <summary>Where it stands.</summary>
    public ClientPhase State { get; init; } = ClientPhase.Waiting;

    /// <summary>The leased addresses.</summary>
    public IReadOnlyList<HeldAddress> Held { get; init; } = [];

    /// <summary>When their lease runs out.</summary>
    public TimeSpan Expiry { get; init; }

    /// <summary>How long it was when the server last granted it; null if an earlier client got it.</summary>
    public TimeSpan? LeaseTime { get; init; }

    /// <summary>When the server is asked next; null if that is not known.</summary>
    public TimeSpan? NextRequest { get; init; }

    /// <summary>What is in force beside the addresses.</summary>
    public IReadOnlyList<Effect> Effects { get; init; } = [];

    /// <summary>What of the server's last answer is not accepted.</summary>
    public IReadOnlyCollection<string> NotAccepted { get; init; } = [];

    /// <summary>How often something was put back.</summary>
    public int Restorations { get; init; }

    /// <summary>What is in the way; empty for nothing.</summary>
    public string Problem { get; init; } = "";
}
