using System.Net;

namespace WgDynamic.Netlink;

/// <summary>One step of a configuration, as implementations take them.</summary>
/// <param name="PublicKey">The peer.</param>
internal sealed record PeerOperation(PublicKey PublicKey)
{
    /// <summary>Remove it, if it is there; nothing else counts then.</summary>
    public bool Remove { get; init; }

    /// <summary>Do nothing unless it is there.</summary>
    public bool UpdateOnly { get; init; }

    public IPEndPoint? Endpoint { get; init; }

    public ushort? PersistentKeepalive { get; init; }

    public IReadOnlyList<AllowedIPOperation> AllowedIPs { get; init; } = [];
}

/// <summary>Gives a prefix to the peer, or takes it from it.</summary>
/// <param name="Prefix">The prefix.</param>
/// <param name="Remove">Take it, if the peer has it; not all implementations know how.</param>
internal readonly record struct AllowedIPOperation(IpPrefix Prefix, bool Remove = false);
