namespace WgDynamic.Control;

/// <summary>Which of the two daemons.</summary>
public enum DaemonRole
{
    /// <summary>wg-dynamic-server.</summary>
    Server,

    /// <summary>wg-dynamic-client.</summary>
    Client,
}

/// <summary>What became of a lease.</summary>
public enum LeaseState
{
    /// <summary>The peer may use the address.</summary>
    Active,

    /// <summary>It ran out without a renewal.</summary>
    Expired,

    /// <summary>The peer gave it back, or moved to another address.</summary>
    Released,

    /// <summary>The server or its operator took it back.</summary>
    Revoked,
}

/// <summary>An address family.</summary>
public enum AddressFamilyName
{
    /// <summary>32 bits.</summary>
    IPv4,

    /// <summary>128 bits.</summary>
    IPv6,
}

/// <summary>Where a pool, a reservation or an exclusion comes from, and with it who can change it.</summary>
public enum Origin
{
    /// <summary>The configuration file: change it there, and reload.</summary>
    File,

    /// <summary>The control socket: kept in the store, changed by the control socket.</summary>
    Runtime,

    /// <summary>A route that leads straight to the interface.</summary>
    Route,

    /// <summary>What the device has: the server's own addresses, and what the operator has put into a peer's AllowedIPs.</summary>
    Device,
}

/// <summary>What happened.</summary>
public enum EventType
{
    /// <summary>A peer got an address; on the client: the interface got it.</summary>
    Granted,

    /// <summary>A lease goes on.</summary>
    Renewed,

    /// <summary>A lease ran out.</summary>
    Expired,

    /// <summary>A peer gave an address back.</summary>
    Released,

    /// <summary>A lease was taken back.</summary>
    Revoked,

    /// <summary>A request was not, or not wholly, granted; on the client: the server refused, or did not answer.</summary>
    Refused,

    /// <summary>Somebody sent what is no request.</summary>
    Malformed,

    /// <summary>The device or the interface was not as it should be, and has been mended.</summary>
    Mended,

    /// <summary>A pool, a reservation or an exclusion was added, changed or removed by the control socket.</summary>
    PlanChanged,

    /// <summary>The configuration was read anew.</summary>
    Reloaded,

    /// <summary>The store or the device fails, or works again.</summary>
    Trouble,

    /// <summary>On the client: the interface is up or down.</summary>
    LinkChanged,

    /// <summary>On the client: routes, DNS or MTU that the server pushes have changed.</summary>
    PushChanged,

    /// <summary>The daemon serves, or is about to end.</summary>
    Daemon,

    /// <summary>A lease as it is, for who asked to begin with those (<see cref="WatchRequest.IncludeCurrent"/>).</summary>
    Current,

    /// <summary>The reader was too slow, or asks for what is not kept any more: <see cref="EventAnswer.Lost"/> events are missing here.</summary>
    Lagged,
}

/// <summary>Why a request of a peer was not granted.</summary>
public enum RefusalReason
{
    /// <summary>No address is free.</summary>
    PoolExhausted,

    /// <summary>The address that was asked for is not to be had.</summary>
    AddressUnavailable,

    /// <summary>There is no pool of the family.</summary>
    NoPool,

    /// <summary>The peer has had too many new addresses lately: GrantInterval.</summary>
    TooOften,

    /// <summary>The source address is no peer's.</summary>
    UnknownPeer,

    /// <summary>The store or the device failed.</summary>
    Failed,
}

/// <summary>Where a client stands.</summary>
public enum ClientPhase
{
    /// <summary>The interface is down.</summary>
    Waiting,

    /// <summary>It has no lease and asks for one.</summary>
    Requesting,

    /// <summary>It has a lease.</summary>
    Bound,

    /// <summary>It has a lease and is renewing it.</summary>
    Renewing,

    /// <summary>Its lease ran out, and it asks for another.</summary>
    Expired,

    /// <summary>It is about to end.</summary>
    Stopping,
}

/// <summary>How bad a problem of a configuration file is.</summary>
public enum ProblemSeverity
{
    /// <summary>The file cannot be used.</summary>
    Error,

    /// <summary>It can be used, but hardly does what is meant.</summary>
    Warning,
}

/// <summary>Why a request at the control socket failed.</summary>
public enum ControlError
{
    /// <summary>The line is no request, or not one that this daemon knows.</summary>
    InvalidRequest,

    /// <summary>The two ends speak different versions of the protocol.</summary>
    VersionMismatch,

    /// <summary>The caller may read, but not change.</summary>
    AccessDenied,

    /// <summary>The other daemon of the interface answers this, or none in its present state.</summary>
    NotSupported,

    /// <summary>No lease fits.</summary>
    LeaseNotFound,

    /// <summary>No reservation fits.</summary>
    ReservationNotFound,

    /// <summary>The peer or the address has a reservation already.</summary>
    ReservationExists,

    /// <summary>No pool is called so or lies there.</summary>
    PoolNotFound,

    /// <summary>It overlaps a pool or an exclusion that exists.</summary>
    PoolExists,

    /// <summary>No address is free.</summary>
    PoolExhausted,

    /// <summary>Leases of the pool are active.</summary>
    PoolInUse,

    /// <summary>No exclusion is there.</summary>
    ExclusionNotFound,

    /// <summary>Another peer has the address.</summary>
    AddressInUse,

    /// <summary>The address is in no pool, or may never be leased.</summary>
    AddressNotInPool,

    /// <summary>It comes from the configuration file or the device, and is changed there.</summary>
    ReadOnly,

    /// <summary>The configuration file has errors: each is a <see cref="ProblemAnswer"/> before this.</summary>
    ConfigurationInvalid,

    /// <summary>The store, the device or a file says no.</summary>
    Failed,

    /// <summary>It did not happen in the time that was given.</summary>
    TimedOut,

    /// <summary>Too many are connected.</summary>
    Busy,
}
