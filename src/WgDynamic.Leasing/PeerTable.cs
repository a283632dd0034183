namespace WgDynamic.Leasing;

/// <summary>The peers that have or had leases, by their keys.</summary>
internal sealed class PeerTable
{
    private readonly HashSet<PeerLeases> _peers = new(PeerByKey.Comparer);
    private readonly HashSet<PeerLeases>.AlternateLookup<PublicKey> _find;

    public PeerTable() => _find = _peers.GetAlternateLookup<PublicKey>();

    public PeerLeases? Find(PublicKey key) => _find.TryGetValue(key, out PeerLeases? peer) ? peer : null;

    /// <summary>The peer of a key, made if it is not known.</summary>
    public PeerLeases Of(PublicKey key)
    {
        if (Find(key) is { } known)
            return known;
        PeerLeases peer = new(key);
        _ = _peers.Add(peer);
        return peer;
    }

    public void Add(PeerLeases peer) => _ = _peers.Add(peer);

    public void ForgetIfEmpty(PeerLeases peer)
    {
        if (peer.IsEmpty)
            _ = _peers.Remove(peer);
    }
}
