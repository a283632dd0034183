namespace WgDynamic.Server;

/// <summary>How much of the server one peer, and all of them, may occupy.</summary>
internal sealed record SessionLimits
{
    /// <summary>Connections of one peer; one more ends its oldest.</summary>
    public int ConnectionsPerPeer { get; init; } = 4;

    /// <summary>Connections of all peers; one more ends the one that has been silent for longest.</summary>
    public int Connections { get; init; } = 20_000;

    /// <summary>From the first byte of a request to its last, and for the peer to take the answer.</summary>
    public TimeSpan RequestTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two requests, and before the first.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(60);
}
