using System.Net;

namespace WgDynamic.Netlink;

/// <summary>A peer of a WireGuard interface, as it was when it was read.</summary>
public sealed class WireGuardPeer
{
    /// <summary>Who it is.</summary>
    public required PublicKey PublicKey { get; init; }

    /// <summary>Where its packets came from last, or were told to go; null if neither.</summary>
    public IPEndPoint? Endpoint { get; init; }

    /// <summary>When the last handshake was completed, by the time of day; null if there was none.</summary>
    public DateTimeOffset? LastHandshake { get; init; }

    /// <summary>Bytes received from it, since it was added.</summary>
    public ulong ReceivedBytes { get; init; }

    /// <summary>Bytes sent to it, since it was added.</summary>
    public ulong SentBytes { get; init; }

    /// <summary>How often something is sent to keep firewalls open; null is never.</summary>
    public TimeSpan? PersistentKeepalive { get; init; }

    /// <summary>The prefixes it may send from and that are sent to it. No prefix belongs to two peers.</summary>
    public IReadOnlyList<IpPrefix> AllowedIPs { get; init; } = [];
}
