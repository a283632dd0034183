using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>A running server.</summary>
public sealed class WgDynamicServer
{
    internal WgDynamicServer(ServerStatusAnswer answer)
    {
        Interface = $"{answer.Interface}";
        PublicKey = answer.PublicKey?.ToString();
        Version = answer.Release;
        ProcessId = answer.ProcessId;
        StartTime = answer.Started.LocalDateTime;
        ConfigurationPath = answer.ConfigurationPath;
        ConfigurationTime = answer.ConfigurationRead?.LocalDateTime;
        DatabasePath = answer.DatabasePath;
        HistoryEnd = answer.HistoryEnd;
        Peers = answer.Peers;
        Connections = answer.Connections;
        Pools = answer.Pools;
        ActiveLeases = answer.ActiveLeases;
        EndedLeases = answer.EndedLeases;
        StoreProblem = answer.StoreProblem;
        DeviceProblem = answer.DeviceProblem;
        ClockIsSane = answer.ClockIsSane;
    }

    /// <summary>The interface.</summary>
    public string Interface { get; }

    /// <summary>Running, or Troubled when the store, the device or the clock fails it.</summary>
    public string State => StoreProblem is null && DeviceProblem is null && ClockIsSane ? "Running" : "Troubled";

    /// <summary>The interface's public key.</summary>
    public string? PublicKey { get; }

    /// <summary>The server's release.</summary>
    public string Version { get; }

    /// <summary>Its process.</summary>
    public int ProcessId { get; }

    /// <summary>Since when it serves, local time.</summary>
    public DateTime StartTime { get; }

    /// <summary>The configuration file, whether it exists or not.</summary>
    public string ConfigurationPath { get; }

    /// <summary>When it was read last, local time.</summary>
    public DateTime? ConfigurationTime { get; }

    /// <summary>The lease database; nothing for memory only.</summary>
    public string? DatabasePath { get; }

    /// <summary>The end of the history.</summary>
    public string? HistoryEnd { get; }

    /// <summary>Peers on the interface.</summary>
    public int Peers { get; }

    /// <summary>Open connections of peers.</summary>
    public int Connections { get; }

    /// <summary>How many pools there are.</summary>
    public int Pools { get; }

    /// <summary>Active leases.</summary>
    public int ActiveLeases { get; }

    /// <summary>Ended leases that are remembered.</summary>
    public int EndedLeases { get; }

    /// <summary>Why the store fails.</summary>
    public string? StoreProblem { get; }

    /// <summary>Why the device fails.</summary>
    public string? DeviceProblem { get; }

    /// <summary>Whether the time of day is what leases need.</summary>
    public bool ClockIsSane { get; }

    /// <inheritdoc/>
    public override string ToString() => Interface;
}

/// <summary>What a server has counted.</summary>
public sealed class WgDynamicServerStatistics
{
    internal WgDynamicServerStatistics(StatisticsAnswer answer)
    {
        Interface = $"{answer.Interface}";
        Since = answer.Since.LocalDateTime;
        Requests = answer.Requests;
        Grants = answer.Grants;
        Renewals = answer.Renewals;
        Releases = answer.Releases;
        Expirations = answer.Expirations;
        Revocations = answer.Revocations;
        Refusals = answer.Refusals.Values.Sum();
        RefusalsByReason = answer.Refusals.ToDictionary(StringComparer.OrdinalIgnoreCase);
        Malformed = answer.Malformed;
        Mended = answer.Mended;
        Connections = answer.Connections;
        StoreFailures = answer.StoreFailures;
    }

    /// <summary>The interface.</summary>
    public string Interface { get; }

    /// <summary>Since when, local time.</summary>
    public DateTime Since { get; }

    /// <summary>Requests of peers that could be read.</summary>
    public long Requests { get; }

    /// <summary>Addresses given.</summary>
    public long Grants { get; }

    /// <summary>Leases renewed.</summary>
    public long Renewals { get; }

    /// <summary>Leases given back.</summary>
    public long Releases { get; }

    /// <summary>Leases run out.</summary>
    public long Expirations { get; }

    /// <summary>Leases taken back.</summary>
    public long Revocations { get; }

    /// <summary>Requests that were not, or not wholly, granted.</summary>
    public long Refusals { get; }

    /// <summary>The same by reason; a reason that is not there is zero.</summary>
    public Dictionary<string, long> RefusalsByReason { get; }

    /// <summary>Bytes of a peer that were no request.</summary>
    public long Malformed { get; }

    /// <summary>AllowedIPs that somebody else had removed and that were put back.</summary>
    public long Mended { get; }

    /// <summary>Connections of peers.</summary>
    public long Connections { get; }

    /// <summary>Transactions of the store that failed.</summary>
    public long StoreFailures { get; }

    /// <inheritdoc/>
    public override string ToString() => Interface;
}
