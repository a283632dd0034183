namespace WgDynamic.Control;

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

    /// <summary>Why it is not, or not wholly, what was added by the control socket; null if it is.</summary>
    public string? Problem { get; init; }
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
