namespace WgDynamic.Control;

/// <summary>How a server is doing.</summary>
public sealed record ServerStatusAnswer : ControlAnswer
{
    /// <summary>The interface.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>The interface's public key.</summary>
    public PublicKey? PublicKey { get; init; }

    /// <summary>The server's release.</summary>
    public required string Release { get; init; }

    /// <summary>Its process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Since when it serves, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The configuration file, whether it exists or not.</summary>
    public required string ConfigurationPath { get; init; }

    /// <summary>When it was read last, UTC.</summary>
    public DateTimeOffset? ConfigurationRead { get; init; }

    /// <summary>The lease database; null for memory only.</summary>
    public string? DatabasePath { get; init; }

    /// <summary>The end of the history; null without one.</summary>
    public string? HistoryEnd { get; init; }

    /// <summary>Peers on the device.</summary>
    public int Peers { get; init; }

    /// <summary>Open connections of peers.</summary>
    public int Connections { get; init; }

    /// <summary>How many pools there are.</summary>
    public int Pools { get; init; }

    /// <summary>Active leases.</summary>
    public int ActiveLeases { get; init; }

    /// <summary>Ended leases that are remembered.</summary>
    public int EndedLeases { get; init; }

    /// <summary>Why the store fails; null while it works.</summary>
    public string? StoreProblem { get; init; }

    /// <summary>Why the device fails; null while it works.</summary>
    public string? DeviceProblem { get; init; }

    /// <summary>Whether the time of day is what leases need: false when it went back behind the last commit, or runs away from the uptime.</summary>
    public bool ClockIsSane { get; set; } = true;
}

/// <summary>How a client is doing.</summary>
public sealed record ClientStatusAnswer : ControlAnswer
{
    /// <summary>The interface.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>The client's release.</summary>
    public required string Release { get; init; }

    /// <summary>Its process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Since when it runs, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Where it stands.</summary>
    public required ClientPhase State { get; init; }

    /// <summary>The server's public key.</summary>
    public PublicKey? ServerPublicKey { get; init; }

    /// <summary>The interface's own link-local address.</summary>
    public IpAddress? LinkLocalAddress { get; init; }

    /// <summary>The leased addresses.</summary>
    public IReadOnlyList<IpAddress> Addresses { get; init => field = value ?? []; } = [];

    /// <summary>When the lease runs out, UTC; null without one.</summary>
    public DateTimeOffset? LeaseEnd { get; init; }

    /// <summary>When the server is asked next, UTC; null while nothing is due.</summary>
    public DateTimeOffset? NextRequest { get; init; }

    /// <summary>Routes that the server has pushed and that are in force.</summary>
    public IReadOnlyList<IpPrefix> Routes { get; init => field = value ?? []; } = [];

    /// <summary>DNS servers that it has pushed and that are in force.</summary>
    public IReadOnlyList<IpAddress> DnsServers { get; init => field = value ?? []; } = [];

    /// <summary>Search domains that it has pushed and that are in force.</summary>
    public IReadOnlyList<string> SearchDomains { get; init => field = value ?? []; } = [];

    /// <summary>The MTU that it has pushed and that is in force.</summary>
    public int? Mtu { get; init; }

    /// <summary>What of the server's last answer is not accepted, why, and how to accept it: a line each.</summary>
    public IReadOnlyList<string> NotAccepted { get; init => field = value ?? []; } = [];

    /// <summary>How often something that had vanished from the interface was put back.</summary>
    public int Restorations { get; init; }

    /// <summary>What is in the way; null for nothing.</summary>
    public string? Problem { get; init; }
}
