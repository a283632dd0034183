using System.Net;

namespace WgDynamic.Netlink;

/// <summary>A change of one peer. What is not said stays as it is.</summary>
public sealed class PeerChange
{
    /// <summary>Which peer.</summary>
    public required PublicKey PublicKey { get; init; }

    /// <summary>Removes the peer; nothing else of the change counts then.</summary>
    public bool Remove { get; init; }

    /// <summary>Changes the peer only if it is there; when false, adds it if it is not.</summary>
    public bool UpdateOnly { get; init; } = true;

    /// <summary>Prefixes to give it. One that another peer has is taken from that peer without a word.</summary>
    public IReadOnlyList<IpPrefix> AddAllowedIPs { get; init; } = [];

    /// <summary>Prefixes to take from it, before others are given. One that it does not have is left where it is.</summary>
    public IReadOnlyList<IpPrefix> RemoveAllowedIPs { get; init; } = [];

    /// <summary>Where to send to; null leaves it alone.</summary>
    public IPEndPoint? Endpoint { get; init; }

    /// <summary>How often to send something, in seconds; 0 is never, null leaves it alone.</summary>
    public ushort? PersistentKeepalive { get; init; }
}
