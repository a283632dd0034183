namespace WgDynamic.Netlink;

/// <summary>For who wants them all.</summary>
internal sealed class PeerList : IPeerSink
{
    private readonly List<WireGuardPeer> _peers = [];

    public IReadOnlyList<WireGuardPeer> Peers => _peers;

    public void Begin() => _peers.Clear();

    public void Add(PeerView peer) => _peers.Add(peer.ToPeer());
}
