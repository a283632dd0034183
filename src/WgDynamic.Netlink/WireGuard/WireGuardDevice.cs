namespace WgDynamic.Netlink;

/// <summary>A WireGuard interface, as it was when it was read. Private and preshared keys are not part of it.</summary>
public sealed record WireGuardDevice
{
    /// <summary>Its name.</summary>
    public required InterfaceName Name { get; init; }

    /// <summary>Its own public key; null if it has none, or is a userspace implementation, which tells private keys only.</summary>
    public PublicKey? PublicKey { get; init; }

    /// <summary>The UDP port it listens on; 0 if it listens on none.</summary>
    public ushort ListenPort { get; init; }

    /// <summary>The mark of its packets, by which routing rules know them; 0 is none.</summary>
    public uint FirewallMark { get; init; }

    /// <summary>Its peers, in the order in which the implementation has them; none if they went to an <see cref="IPeerSink"/>.</summary>
    public IReadOnlyList<WireGuardPeer> Peers { get; init; } = [];
}
