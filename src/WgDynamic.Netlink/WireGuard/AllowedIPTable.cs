namespace WgDynamic.Netlink;

/// <summary>Who has which prefix: what a device would say after each step of a configuration, without asking it again.</summary>
internal sealed class AllowedIPTable
{
    private readonly Dictionary<IpPrefix, PublicKey> _owners = [];

    // Each peer there is, with all it was ever given, some of which others may have by now.
    private readonly Dictionary<PublicKey, List<IpPrefix>> _peers = [];

    public AllowedIPTable(WireGuardDevice device)
    {
        foreach (WireGuardPeer peer in device.Peers)
        {
            _peers[peer.PublicKey] = [];
            Give(peer.PublicKey, peer.AllowedIPs);
        }
    }

    /// <summary>Whether the peer is there.</summary>
    public bool Has(PublicKey peer) => _peers.ContainsKey(peer);

    /// <summary>Whether the prefix is the peer's.</summary>
    public bool Has(PublicKey peer, IpPrefix prefix) => _owners.TryGetValue(prefix, out PublicKey owner) && owner == peer;

    /// <summary>Follows a change.</summary>
    /// <returns>The prefixes that it really takes from its peer by removing them.</returns>
    public List<IpPrefix> Apply(PeerChange change)
    {
        if (change.Remove)
        {
            if (_peers.Remove(change.PublicKey, out List<IpPrefix>? given))
                _ = Take(change.PublicKey, given);
            return [];
        }

        List<IpPrefix> removed = Take(change.PublicKey, change.RemoveAllowedIPs);
        if (!change.UpdateOnly)
            _ = _peers.TryAdd(change.PublicKey, []);
        if (Has(change.PublicKey))
            Give(change.PublicKey, change.AddAllowedIPs);
        return removed;
    }

    private void Give(PublicKey peer, IReadOnlyList<IpPrefix> prefixes)
    {
        foreach (IpPrefix prefix in prefixes)
            _owners[prefix] = peer;
        _peers[peer].AddRange(prefixes);
    }

    private List<IpPrefix> Take(PublicKey peer, IReadOnlyList<IpPrefix> prefixes)
    {
        List<IpPrefix> taken = [];
        foreach (IpPrefix prefix in prefixes)
        {
            if (Has(peer, prefix) && _owners.Remove(prefix))
                taken.Add(prefix);
        }

        return taken;
    }
}
