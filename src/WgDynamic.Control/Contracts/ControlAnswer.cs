using System.Text.Json.Serialization;

namespace WgDynamic.Control;

/// <summary>What a daemon answers. A property that is not known is skipped: a newer daemon may say more.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "answer")]
[JsonDerivedType(typeof(HelloAnswer), "hello")]
[JsonDerivedType(typeof(EndAnswer), "end")]
[JsonDerivedType(typeof(ErrorAnswer), "error")]
[JsonDerivedType(typeof(ServerStatusAnswer), "serverStatus")]
[JsonDerivedType(typeof(ClientStatusAnswer), "clientStatus")]
[JsonDerivedType(typeof(LeaseAnswer), "lease")]
[JsonDerivedType(typeof(ReservationAnswer), "reservation")]
[JsonDerivedType(typeof(PoolAnswer), "pool")]
[JsonDerivedType(typeof(ExclusionAnswer), "exclusion")]
[JsonDerivedType(typeof(StatisticsAnswer), "statistics")]
[JsonDerivedType(typeof(ProblemAnswer), "problem")]
[JsonDerivedType(typeof(ContentAnswer), "content")]
[JsonDerivedType(typeof(HistoryAnswer), "history")]
[JsonDerivedType(typeof(EventAnswer), "event")]
public abstract record ControlAnswer;

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
    public bool ClockIsSane { get; init; } = true;
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
    public IReadOnlyList<IpAddress> Addresses { get; init; } = [];

    /// <summary>When the lease runs out, UTC; null without one.</summary>
    public DateTimeOffset? LeaseEnd { get; init; }

    /// <summary>When the server is asked next, UTC; null while nothing is due.</summary>
    public DateTimeOffset? NextRequest { get; init; }

    /// <summary>Routes that the server has pushed and that are in force.</summary>
    public IReadOnlyList<IpPrefix> Routes { get; init; } = [];

    /// <summary>DNS servers that it has pushed and that are in force.</summary>
    public IReadOnlyList<IpAddress> DnsServers { get; init; } = [];

    /// <summary>Search domains that it has pushed and that are in force.</summary>
    public IReadOnlyList<string> SearchDomains { get; init; } = [];

    /// <summary>The MTU that it has pushed and that is in force.</summary>
    public int? Mtu { get; init; }

    /// <summary>How often something that had vanished from the interface was put back.</summary>
    public int Restorations { get; init; }

    /// <summary>What is in the way; null for nothing.</summary>
    public string? Problem { get; init; }
}

/// <summary>A lease: one address, one peer.</summary>
public sealed record LeaseAnswer : ControlAnswer
{
    /// <summary>The interface.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>From which end this is seen.</summary>
    public required DaemonRole Role { get; init; }

    /// <summary>Whose it is, or was; on the client: the server's key, with which the client has the lease.</summary>
    public required PublicKey PublicKey { get; init; }

    /// <summary>The address.</summary>
    public required IpAddress Address { get; init; }

    /// <summary>What became of it.</summary>
    public required LeaseState State { get; init; }

    /// <summary>Whether the address is reserved for this peer.</summary>
    public bool Reserved { get; init; }

    /// <summary>When the peer got it, UTC.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>When it runs out, or when it ended, UTC.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>For how long a renewal is, or was.</summary>
    public required TimeSpan LeaseTime { get; init; }

    /// <summary>For how long yet, by a clock that no step moves; zero when it has ended.</summary>
    public required TimeSpan Remaining { get; init; }

    /// <summary>The name of its pool, or else its range; null if it is in none.</summary>
    public string? Pool { get; init; }

    /// <summary>What the peer's machine calls itself; null if it did not say.</summary>
    public string? HostName { get; init; }

    /// <summary>When the peer's last handshake was, as of the last look at the device, UTC; null for never, or if it is not on the device.</summary>
    public DateTimeOffset? LastHandshake { get; init; }

    /// <summary>Where the peer's packets come from, as of the last look at the device, such as 192.0.2.7:51820; null if not known.</summary>
    public string? Endpoint { get; init; }
}

/// <summary>An address that is kept for a peer.</summary>
public sealed record ReservationAnswer : ControlAnswer
{
    /// <summary>The interface.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>For whom.</summary>
    public required PublicKey PublicKey { get; init; }

    /// <summary>Which address.</summary>
    public required IpAddress Address { get; init; }

    /// <summary>How long its lease lasts; null for the server's time.</summary>
    public TimeSpan? LeaseTime { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>Who can change it.</summary>
    public required Origin Origin { get; init; }

    /// <summary>Whether the peer has it now.</summary>
    public bool InUse { get; init; }

    /// <summary>Why the peer could not have it; null if it can.</summary>
    public string? Problem { get; init; }
}

/// <summary>A pool and how full it is.</summary>
public sealed record PoolAnswer : ControlAnswer
{
    /// <summary>The interface.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>What it is called; null if it has no name.</summary>
    public string? Name { get; init; }

    /// <summary>From which to which address.</summary>
    public required IpRange Range { get; init; }

    /// <summary>How long its leases last.</summary>
    public required TimeSpan LeaseTime { get; init; }

    /// <summary>Who can change it.</summary>
    public required Origin Origin { get; init; }

    /// <summary>Whether new leases are given out of it.</summary>
    public required bool Enabled { get; init; }

    /// <summary>How many addresses can be leased: without exclusions, network and broadcast.</summary>
    public required UInt128 Size { get; init; }

    /// <summary>How many of those are leased.</summary>
    public required UInt128 InUse { get; init; }

    /// <summary>How many of those are kept for a peer that has not leased them now.</summary>
    public required UInt128 Reserved { get; init; }

    /// <summary>How many anybody could get: neither leased nor reserved. What is only remembered for a peer whose lease has ended counts as free.</summary>
    public required UInt128 Free { get; init; }
}

/// <summary>Addresses that are not leased.</summary>
public sealed record ExclusionAnswer : ControlAnswer
{
    /// <summary>The interface.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>Which.</summary>
    public required IpRange Range { get; init; }

    /// <summary>The name or the range of the pool from which it takes them; null if it overlaps none (any more).</summary>
    public string? Pool { get; init; }

    /// <summary>Who can change it.</summary>
    public required Origin Origin { get; init; }

    /// <summary>The peer that has them by AllowedIPs, if that is why.</summary>
    public PublicKey? PublicKey { get; init; }
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
    public IReadOnlyDictionary<string, long> Refusals { get; init; } = new Dictionary<string, long>();

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
