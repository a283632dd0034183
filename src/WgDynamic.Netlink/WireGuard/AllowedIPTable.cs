namespace WgDynamic.Netlink;

/// <summary>
/// Who has which prefix, as far as a configuration is concerned with it: what a device would say after each step, without
/// asking it again. What it says before is read into it.
/// </summary>
internal sealed class AllowedIPTable : IPeerSink
{
    private readonly Dictionary<IpPrefix, PublicKey> _owners = [];
    private readonly HashSet<PublicKey> _peers = [];

    // Of a device with 100,000 peers a configuration names a few.
    private readonly HashSet<IpPrefix> _namedPrefixes;
    private readonly HashSet<PublicKey> _namedPeers;

    /// <param name="changes">The configuration.</param>
    public AllowedIPTable(IReadOnlyList<PeerChange> changes)
    {
        _namedPrefixes = [.. changes.SelectMany(change => change.AddAllowedIPs.Concat(change.RemoveAllowedIPs))];
        _namedPeers = [.. changes.Select(change => change.PublicKey)];
    }

    public void Begin()
    {
        _owners.Clear();
        _peers.Clear();
    }

    public void Add(PeerView peer)
    {
        if (_namedPeers.Contains(peer.PublicKey))
            _ = _peers.Add(peer.PublicKey);
        foreach (IpPrefix prefix in peer.AllowedIPs)
        {
            if (_namedPrefixes.Contains(prefix))
                _owners[prefix] = peer.PublicKey;
        }
    }

    /// <summary>Whether the peer is there.</summary>
    public bool Has(PublicKey peer) => _peers.Contains(peer);

    /// <summary>Whether the prefix is the peer's.</summary>
    public bool Has(PublicKey peer, IpPrefix prefix) => _owners.TryGetValue(prefix, out PublicKey owner) && owner == peer;

    /// <summary>Follows a change.</summary>
    /// <returns>The prefixes that it really takes from its peer by removing them.</returns>
    public List<IpPrefix> Apply(PeerChange change)
    {
        if (change.Remove)
        {
            _ = _peers.Remove(change.PublicKey);
            foreach ((IpPrefix prefix, PublicKey owner) in _owners)
            {
                if (owner == change.PublicKey)
                    _ = _owners.Remove(prefix);
            }

            return [];
        }

        List<IpPrefix> removed = Take(change.PublicKey, change.RemoveAllowedIPs);
        if (!change.UpdateOnly)
            _ = _peers.Add(change.PublicKey);
        if (Has(change.PublicKey))
        {
            foreach (IpPrefix prefix in change.AddAllowedIPs)
                _owners[prefix] = change.PublicKey;
        }

        return removed;
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
