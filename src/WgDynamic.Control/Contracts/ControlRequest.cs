using System.Text.Json.Serialization;

namespace WgDynamic.Control;

/// <summary>What a daemon is asked. A property that it does not know is refused: what was meant to narrow a request must not widen it.</summary>
public abstract record ControlRequest
{
    /// <summary>What it is, in its line.</summary>
    [JsonPropertyName("request"), JsonPropertyOrder(-1)]
    public string Kind => ControlKinds.Requests.NameOf(this);

    /// <summary><see cref="ControlProtocol.Version"/> of who asks.</summary>
    public int Version { get; init; } = ControlProtocol.Version;

    /// <summary>Whether it changes anything, which not everybody may who may read.</summary>
    [JsonIgnore]
    public bool IsChange => this is ChangeRequest;
}

/// <summary>A request that changes something.</summary>
public abstract record ChangeRequest : ControlRequest;

/// <summary>How is it doing? Both daemons: <see cref="ServerStatusAnswer"/> or <see cref="ClientStatusAnswer"/>.</summary>
public sealed record StatusRequest : ControlRequest;

/// <summary>The leases that fit all of the filters, by address; an empty filter fits all. Both daemons: <see cref="LeaseAnswer"/>s.</summary>
public sealed record LeasesRequest : ControlRequest
{
    /// <summary>Whose.</summary>
    public IReadOnlyList<PublicKey> PublicKeys { get; init => field = value ?? []; } = [];

    /// <summary>In these prefixes or ranges; a single address is one.</summary>
    public IReadOnlyList<IpRange> Addresses { get; init => field = value ?? []; } = [];

    /// <summary>Of one family.</summary>
    public AddressFamilyName? Family { get; init; }

    /// <summary>In which state.</summary>
    public IReadOnlyList<LeaseState> States { get; init => field = value ?? []; } = [];

    /// <summary>In the pools of these names or ranges.</summary>
    public IReadOnlyList<string> Pools { get; init => field = value ?? []; } = [];
}

/// <summary>Takes active leases back that fit both filters; one of them must say something. Server: the <see cref="LeaseAnswer"/>s as they are then.</summary>
public sealed record RevokeRequest : ChangeRequest
{
    /// <summary>Whose.</summary>
    public PublicKey? PublicKey { get; init; }

    /// <summary>Which.</summary>
    public IReadOnlyList<IpAddress> Addresses { get; init => field = value ?? []; } = [];

    /// <summary>Why, for the log and the event; at most 200 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>The reservations. Server: <see cref="ReservationAnswer"/>s.</summary>
public sealed record ReservationsRequest : ControlRequest
{
    /// <summary>For whom.</summary>
    public IReadOnlyList<PublicKey> PublicKeys { get; init => field = value ?? []; } = [];

    /// <summary>In these prefixes or ranges; a single address is one.</summary>
    public IReadOnlyList<IpRange> Addresses { get; init => field = value ?? []; } = [];
}

/// <summary>Keeps an address for a peer. Server: the <see cref="ReservationAnswer"/>.</summary>
public sealed record AddReservationRequest : ChangeRequest
{
    /// <summary>For whom.</summary>
    public required PublicKey PublicKey { get; init; }

    /// <summary>Which address.</summary>
    public required IpAddress Address { get; init; }

    /// <summary>How long its lease lasts; null for the server's time.</summary>
    public TimeSpan? LeaseTime { get; init; }

    /// <summary>For people; at most 200 characters.</summary>
    public string? Description { get; init; }
}

/// <summary>Changes what is said of a reservation; null leaves it. Server: the <see cref="ReservationAnswer"/>.</summary>
public sealed record SetReservationRequest : ChangeRequest
{
    /// <summary>Which.</summary>
    public required IpAddress Address { get; init; }

    /// <summary>For whom from now on.</summary>
    public PublicKey? PublicKey { get; init; }

    /// <summary>How long its lease lasts; zero for the server's time again.</summary>
    public TimeSpan? LeaseTime { get; init; }

    /// <summary>For people; empty for none.</summary>
    public string? Description { get; init; }
}

/// <summary>Ends reservations that fit both filters; one of them must say something. The leases go on. Server: the <see cref="ReservationAnswer"/>s as they were.</summary>
public sealed record RemoveReservationRequest : ChangeRequest
{
    /// <summary>For whom.</summary>
    public PublicKey? PublicKey { get; init; }

    /// <summary>Which.</summary>
    public IpAddress? Address { get; init; }
}

/// <summary>The pools and how full they are. Server: <see cref="PoolAnswer"/>s.</summary>
public sealed record PoolsRequest : ControlRequest
{
    /// <summary>Those of these names or ranges; empty for all.</summary>
    public IReadOnlyList<string> Pools { get; init => field = value ?? []; } = [];
}

/// <summary>Adds a pool. Server: the <see cref="PoolAnswer"/>.</summary>
public sealed record AddPoolRequest : ChangeRequest
{
    /// <summary>From which to which address.</summary>
    public required IpRange Range { get; init; }

    /// <summary>What it is called; null for nothing.</summary>
    public string? Name { get; init; }

    /// <summary>How long its leases last; null for the server's time.</summary>
    public TimeSpan? LeaseTime { get; init; }

    /// <summary>Whether addresses are given out of it at once.</summary>
    public bool Enabled { get; set; } = true;
}

/// <summary>Changes a pool; null leaves it. <see cref="Enabled"/> can be changed of every pool, the rest of those of <see cref="Origin.Runtime"/>. Server: the <see cref="PoolAnswer"/>.</summary>
public sealed record SetPoolRequest : ChangeRequest
{
    /// <summary>Its name or its range.</summary>
    public required string Pool { get; init; }

    /// <summary>What it is called from now on; empty for nothing.</summary>
    public string? Name { get; init; }

    /// <summary>From which to which address from now on.</summary>
    public IpRange? Range { get; init; }

    /// <summary>How long its leases last; zero for the server's time again.</summary>
    public TimeSpan? LeaseTime { get; init; }

    /// <summary>Whether new leases are given out of it; those that exist are renewed in any case.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>Removes a pool of <see cref="Origin.Runtime"/>. Server: the <see cref="PoolAnswer"/> as it was.</summary>
public sealed record RemovePoolRequest : ChangeRequest
{
    /// <summary>Its name or its range.</summary>
    public required string Pool { get; init; }

    /// <summary>Also when leases of it are active, which are revoked then.</summary>
    public bool Force { get; init; }
}

/// <summary>What is excluded from the pools. Server: <see cref="ExclusionAnswer"/>s.</summary>
public sealed record ExclusionsRequest : ControlRequest
{
    /// <summary>Of the pools of these names or ranges; empty for all.</summary>
    public IReadOnlyList<string> Pools { get; init => field = value ?? []; } = [];
}

/// <summary>Excludes addresses from all pools. Leases there go on until they end. Server: the <see cref="ExclusionAnswer"/>.</summary>
public sealed record AddExclusionRequest : ChangeRequest
{
    /// <summary>Which; must overlap a pool.</summary>
    public required IpRange Range { get; init; }
}

/// <summary>Ends an exclusion of <see cref="Origin.Runtime"/>. Server: the <see cref="ExclusionAnswer"/> as it was.</summary>
public sealed record RemoveExclusionRequest : ChangeRequest
{
    /// <summary>Which: exactly as it was added.</summary>
    public required IpRange Range { get; init; }
}

/// <summary>What has been counted. Server: <see cref="StatisticsAnswer"/>.</summary>
public sealed record StatisticsRequest : ControlRequest
{
    /// <summary>Since the server's start, however often it was reset: what metrics need, which never go back.</summary>
    public bool SinceStart { get; init; }
}

/// <summary>Counts from zero again. Server: the <see cref="StatisticsAnswer"/> as it was. Metrics go on counting.</summary>
public sealed record ResetStatisticsRequest : ChangeRequest;

/// <summary>Reads the configuration anew. Server: <see cref="ProblemAnswer"/>s, then the <see cref="ServerStatusAnswer"/>, or the error if there are errors.</summary>
public sealed record ReloadRequest : ChangeRequest;

/// <summary>A copy of the lease database, while it is used. Server: <see cref="ContentAnswer"/>s. It names all peers and when they were there: not for everybody who may read.</summary>
public sealed record BackupRequest : ChangeRequest;

/// <summary>
/// Puts a backup in the database's place; what follows are <see cref="UploadRequest"/>s. The server checks it first, and begins anew with it.
/// Server: the <see cref="ServerStatusAnswer"/> afterwards.
/// </summary>
public sealed record RestoreRequest : ChangeRequest;

/// <summary>A part of a file, after <see cref="RestoreRequest"/>; an empty one is the end.</summary>
public sealed record UploadRequest : ControlRequest
{
    /// <summary>At most <see cref="ControlProtocol.MaxContent"/> bytes, as base64.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }
}

/// <summary>Who had an address, the last first. Server: <see cref="HistoryAnswer"/>s.</summary>
public sealed record HistoryRequest : ControlRequest
{
    /// <summary>Which address.</summary>
    public required IpAddress Address { get; init; }

    /// <summary>Only who had it then; null for all.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>Events that are over and still kept, the oldest first. Both daemons: <see cref="EventAnswer"/>s.</summary>
public sealed record EventsRequest : ControlRequest
{
    /// <summary>Those after this <see cref="EventAnswer.Sequence"/>; null for all.</summary>
    public long? After { get; init; }

    /// <summary>Only the last so many; null for all.</summary>
    public int? Newest { get; init; }

    /// <summary>Of these types; empty for all.</summary>
    public IReadOnlyList<EventType> Types { get; init => field = value ?? []; } = [];

    /// <summary>Of these peers; empty for all.</summary>
    public IReadOnlyList<PublicKey> PublicKeys { get; init => field = value ?? []; } = [];
}

/// <summary>Events as they happen, until the caller goes or the daemon ends. Both daemons: <see cref="EventAnswer"/>s.</summary>
public sealed record WatchRequest : ControlRequest
{
    /// <summary>Of these types; empty for all.</summary>
    public IReadOnlyList<EventType> Types { get; init => field = value ?? []; } = [];

    /// <summary>Of these peers; empty for all.</summary>
    public IReadOnlyList<PublicKey> PublicKeys { get; init => field = value ?? []; } = [];

    /// <summary>Begin with an event of <see cref="EventType.Current"/> for each active lease.</summary>
    public bool IncludeCurrent { get; init; }

    /// <summary>Begin with those after this <see cref="EventAnswer.Sequence"/> that are still kept; null for none.</summary>
    public long? After { get; init; }
}

/// <summary>Asks the server for a renewal now. Client: the <see cref="LeaseAnswer"/>s once it has answered, or <see cref="ControlError.TimedOut"/>.</summary>
public sealed record RenewRequest : ChangeRequest
{
    /// <summary>How long to wait for that; null for ten seconds, zero for not at all, which gives the leases as they are.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>Ends the daemon: this is answered when it has begun to. Both daemons: nothing but the end.</summary>
public sealed record StopRequest : ChangeRequest
{
    /// <summary>Client: give the lease back first. Null for what the client was started with.</summary>
    public bool? Release { get; init; }
}
