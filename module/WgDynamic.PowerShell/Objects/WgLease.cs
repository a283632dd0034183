using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>A lease: one address of one peer.</summary>
public sealed class WgLease
{
    private readonly TimeProvider _clock;
    private readonly DateTimeOffset _end;

    internal WgLease(LeaseAnswer answer, TimeProvider clock)
    {
        _clock = clock;
        _end = answer.End;
        Interface = $"{answer.Interface}";
        PublicKey = $"{answer.PublicKey}";
        IPAddress = $"{answer.Address}";
        PrefixLength = answer.Address.BitLength;
        AddressFamily = FamilyOf(answer.Address);
        State = $"{answer.State}";
        Expired = answer.State == LeaseState.Expired;
        Reserved = answer.Reserved;
        LeaseStartTime = answer.Start.LocalDateTime;
        LeaseExpiryTime = answer.End.LocalDateTime;
        LeaseDuration = answer.LeaseTime;
        Pool = answer.Pool;
        HostName = answer.HostName;
        LastHandshake = answer.LastHandshake?.LocalDateTime;
        Endpoint = answer.Endpoint;
        Role = $"{answer.Role}";
    }

    /// <summary>The interface.</summary>
    public string Interface { get; }

    /// <summary>The peer's public key; on the client, the server's.</summary>
    public string PublicKey { get; }

    /// <summary>The address.</summary>
    public string IPAddress { get; }

    /// <summary>32 or 128: a lease is one address.</summary>
    public int PrefixLength { get; }

    /// <summary>IPv4 or IPv6.</summary>
    public string AddressFamily { get; }

    /// <summary>Active, Expired, Released or Revoked.</summary>
    public string State { get; }

    /// <summary>Whether it has run out without a renewal.</summary>
    public bool Expired { get; }

    /// <summary>Whether the address is reserved for this peer.</summary>
    public bool Reserved { get; }

    /// <summary>When the peer got it, local time.</summary>
    public DateTime LeaseStartTime { get; }

    /// <summary>When it runs out, or when it ended, local time.</summary>
    public DateTime LeaseExpiryTime { get; }

    /// <summary>For how long a renewal is.</summary>
    public TimeSpan LeaseDuration { get; }

    /// <summary>How long it lasts yet when this is read; zero once it has ended.</summary>
    public TimeSpan TimeRemaining
    {
        get
        {
            TimeSpan remaining = State == nameof(LeaseState.Active) ? _end - _clock.GetUtcNow() : default;
            return remaining > TimeSpan.Zero ? new TimeSpan(remaining.Ticks - (remaining.Ticks % TimeSpan.TicksPerSecond)) : TimeSpan.Zero;
        }
    }

    /// <summary>The pool: its name, or else its range.</summary>
    public string? Pool { get; }

    /// <summary>What the peer's machine calls itself.</summary>
    public string? HostName { get; }

    /// <summary>The peer's last handshake, local time.</summary>
    public DateTime? LastHandshake { get; }

    /// <summary>Where the peer's packets come from.</summary>
    public string? Endpoint { get; }

    /// <summary>Which daemon says so: Server or Client.</summary>
    public string Role { get; }

    /// <inheritdoc/>
    public override string ToString() => IPAddress;

    internal static string FamilyOf(IpAddress address) => $"{(address.IsIPv6 ? AddressFamilyName.IPv6 : AddressFamilyName.IPv4)}";
}
