using System.Text.Json.Serialization;

namespace WgDynamic.Control;

/// <summary>What a daemon answers. A property that is not known is skipped: a newer daemon may say more.</summary>
public abstract record ControlAnswer
{
    /// <summary>What it is, in its line.</summary>
    [JsonPropertyName("answer"), JsonPropertyOrder(-1)]
    public string Kind => ControlKinds.Answers.NameOf(this);
}

/// <summary>The first line, before anything is asked.</summary>
public sealed record HelloAnswer : ControlAnswer
{
    /// <summary><see cref="ControlProtocol.Version"/> of the daemon.</summary>
    public required int Version { get; init; }

    /// <summary>Which daemon.</summary>
    public required DaemonRole Role { get; init; }

    /// <summary>Of which interface.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>The daemon's release, such as 0.1.0.</summary>
    public required string Release { get; init; }
}

/// <summary>The last line, when all went well.</summary>
public sealed record EndAnswer : ControlAnswer
{
    /// <summary>How many answers came before it.</summary>
    public long Count { get; init; }
}

/// <summary>The last line, when it did not.</summary>
public sealed record ErrorAnswer : ControlAnswer
{
    /// <summary>For programs.</summary>
    public required ControlError Code { get; init; }

    /// <summary>What is wrong, and with what.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it; null if that is plain.</summary>
    public string? Remedy { get; init; }
}

/// <summary>What has been counted since the start or the last reset.</summary>
public sealed record StatisticsAnswer : ControlAnswer
{
    /// <summary>The interface.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>Since when, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Requests of peers that could be read.</summary>
    public long Requests { get; init; }

    /// <summary>Addresses given.</summary>
    public long Grants { get; init; }

    /// <summary>Leases renewed.</summary>
    public long Renewals { get; init; }

    /// <summary>Leases given back.</summary>
    public long Releases { get; init; }

    /// <summary>Leases run out.</summary>
    public long Expirations { get; init; }

    /// <summary>Leases taken back.</summary>
    public long Revocations { get; init; }

    /// <summary>Requests not, or not wholly, granted, by reason; those that are not named are zero.</summary>
    public IReadOnlyDictionary<string, long> Refusals { get; init => field = value ?? new Dictionary<string, long>(); } = new Dictionary<string, long>();

    /// <summary>Bytes of a peer that were no request.</summary>
    public long Malformed { get; init; }

    /// <summary>AllowedIPs entries that somebody else had removed and that were put back.</summary>
    public long Mended { get; init; }

    /// <summary>Connections of peers.</summary>
    public long Connections { get; init; }

    /// <summary>Transactions of the store that failed.</summary>
    public long StoreFailures { get; init; }
}

/// <summary>A problem of the configuration file.</summary>
public sealed record ProblemAnswer : ControlAnswer
{
    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>The line, from 1; 0 for the file as a whole.</summary>
    public required int Line { get; init; }

    /// <summary>How bad it is.</summary>
    public required ProblemSeverity Severity { get; init; }

    /// <summary>What is wrong.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it; null if that is plain.</summary>
    public string? Remedy { get; init; }
}

/// <summary>A part of a file.</summary>
public sealed record ContentAnswer : ControlAnswer
{
    /// <summary>At most <see cref="ControlProtocol.MaxContent"/> bytes, as base64.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }
}

/// <summary>Who had an address, from when to when.</summary>
public sealed record HistoryAnswer : ControlAnswer
{
    /// <summary>The address.</summary>
    public required IpAddress Address { get; init; }

    /// <summary>Who.</summary>
    public required PublicKey PublicKey { get; init; }

    /// <summary>From when, UTC.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Until when, UTC; null for until now.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>How it ended.</summary>
    public required LeaseState State { get; init; }

    /// <summary>What the peer's machine called itself.</summary>
    public string? HostName { get; init; }
}

/// <summary>Something that happened.</summary>
public sealed record EventAnswer : ControlAnswer
{
    /// <summary>Counts from 1 with the daemon's start; 0 for those that only this reader is told (<see cref="EventType.Current"/>, <see cref="EventType.Lagged"/>).</summary>
    public long Sequence { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The interface.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>Which daemon tells it.</summary>
    public required DaemonRole Role { get; init; }

    /// <summary>What.</summary>
    public required EventType Type { get; init; }

    /// <summary>Which peer; null if it is about none.</summary>
    public PublicKey? PublicKey { get; init; }

    /// <summary>Which address; null if it is about none.</summary>
    public IpAddress? Address { get; init; }

    /// <summary>Why it was refused, if it was.</summary>
    public RefusalReason? Refusal { get; init; }

    /// <summary>How many events are missing here, for <see cref="EventType.Lagged"/>.</summary>
    public long? Lost { get; init; }

    /// <summary>The same for people.</summary>
    public required string Message { get; init; }
}
