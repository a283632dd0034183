using WgDynamic.Netlink;

namespace WgDynamic.Server;

/// <summary>Gathers what is to change on the device, to be done in one go; of two wishes for one address the later counts.</summary>
internal sealed class AllowedIPChanges
{
    private readonly Dictionary<IpAddress, (PublicKey Peer, bool Add)> _changes = [];

    public bool IsEmpty => _changes.Count == 0;

    /// <summary>What is to be added, and to whom.</summary>
    public IEnumerable<(IpAddress Address, PublicKey Peer)> Additions =>
        _changes.Where(change => change.Value.Add).Select(change => (change.Key, change.Value.Peer));

    /// <summary>What is to be removed, and from whom.</summary>
    public IEnumerable<(IpAddress Address, PublicKey Peer)> Removals =>
        _changes.Where(change => !change.Value.Add).Select(change => (change.Key, change.Value.Peer));

    public void Add(IpAddress address, PublicKey peer) => _changes[address] = (peer, true);

    public void Remove(IpAddress address, PublicKey peer) => _changes[address] = (peer, false);

    /// <summary>The peer is not to be given the address after all.</summary>
    public void Withdraw(IpAddress address, PublicKey peer)
    {
        if (_changes.TryGetValue(address, out (PublicKey Peer, bool Add) change) && change == (peer, true))
            _ = _changes.Remove(address);
    }

    public bool Contains(IpAddress? address) => address is { } key && _changes.ContainsKey(key);

    public List<PeerChange> ToPeerChanges() =>
        [.. _changes.GroupBy(change => change.Value.Peer).Select(peer => new PeerChange
        {
            PublicKey = peer.Key,
            AddAllowedIPs = [.. peer.Where(change => change.Value.Add).Select(change => IpPrefix.Host(change.Key))],
            RemoveAllowedIPs = [.. peer.Where(change => !change.Value.Add).Select(change => IpPrefix.Host(change.Key))],
        })];

    public void Clear() => _changes.Clear();
}
