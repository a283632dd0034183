using WgDynamic.Netlink;

namespace WgDynamic.Server;

/// <summary>
/// The WireGuard device as it was last read, plus what this server has done to it since: which peer holds which
/// prefix, and whose each link-local address is.
/// </summary>
internal sealed class DeviceView
{
    private readonly Dictionary<IpPrefix, PublicKey> _owners = [];
    private readonly HashSet<PublicKey> _peers = [];
    private readonly Dictionary<IpAddress, PublicKey> _identities = [];

    public DeviceView(WireGuardDevice device)
    {
        foreach (WireGuardPeer peer in device.Peers)
        {
            _ = _peers.Add(peer.PublicKey);
            foreach (IpPrefix prefix in peer.AllowedIPs)
            {
                _owners[prefix] = peer.PublicKey;
                // Only a whole address names a peer. A wider prefix also admits what another peer may be given later.
                if (prefix.IsHost && prefix.Address is { IsIPv6: true, IsLinkLocal: true })
                    _identities[prefix.Address] = peer.PublicKey;
            }
        }
    }

    /// <summary>Whose packets come from a link-local address. Never changes once made, so any thread may read it.</summary>
    public IReadOnlyDictionary<IpAddress, PublicKey> Identities => _identities;

    /// <summary>All prefixes with the peers that hold them.</summary>
    public IReadOnlyDictionary<IpPrefix, PublicKey> Owners => _owners;

    public bool HasPeer(PublicKey peer) => _peers.Contains(peer);

    public PublicKey? OwnerOf(IpAddress address) =>
        _owners.TryGetValue(IpPrefix.Host(address), out PublicKey owner) ? owner : null;

    public void Add(IpAddress address, PublicKey owner) => _owners[IpPrefix.Host(address)] = owner;

    public void Remove(IpAddress address) => _ = _owners.Remove(IpPrefix.Host(address));
}
