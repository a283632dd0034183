using System.Runtime.InteropServices;
using WgDynamic.Netlink;

namespace WgDynamic.Server;

/// <summary>
/// The WireGuard device as it was last read, plus what this server has done to it since: which peers there are, which
/// prefix is whose, and which of that is this server's doing. Each look is read into the same tables, so that it leaves
/// little behind and tells whether anything is different. Has one owner; only <see cref="TryIdentify"/> is for any thread.
/// </summary>
internal sealed class DeviceView : IPeerSink
{
    // A table that has become too large is made smaller: it may have been that of ten times as many peers.
    private const double MostRoom = 1.5, UsualRoom = 1.1;

    private readonly HashSet<DevicePeer> _peers = new(DevicePeer.ByKey);
    private readonly HashSet<DevicePeer>.AlternateLookup<PublicKey> _find;
    private readonly Dictionary<IpPrefix, Holding> _holdings = [];
    private readonly Lock _lock = new();

    // Tells what was seen in this look from what was only seen in earlier ones.
    private int _look;
    private int _peersSeen;
    private int _holdingsSeen;
    private bool _isDifferent;

    public DeviceView() => _find = _peers.GetAlternateLookup<PublicKey>();

    /// <summary>What is not this server's doing.</summary>
    public IEnumerable<(IpPrefix Prefix, PublicKey Peer)> Foreign =>
        _holdings.Where(entry => !entry.Value.IsOurs).Select(entry => (entry.Key, entry.Value.Peer.PublicKey));

    /// <summary>What is.</summary>
    public IEnumerable<(IpAddress Address, PublicKey Peer)> Ours =>
        _holdings.Where(entry => entry.Value.IsOurs).Select(entry => (entry.Key.Address, entry.Value.Peer.PublicKey));

    /// <inheritdoc/>
    public void Begin()
    {
        _look++;
        _peersSeen = _holdingsSeen = 0;
    }

    /// <inheritdoc/>
    public void Add(PeerView peer)
    {
        lock (_lock)
        {
            if (!_find.TryGetValue(peer.PublicKey, out DevicePeer? known))
            {
                known = new DevicePeer(peer.PublicKey);
                _ = _peers.Add(known);
                _isDifferent = true;
            }

            _peersSeen += known.Look == _look ? 0 : 1;
            known.Look = _look;
            (known.Endpoint, known.LastHandshake) = (peer.Endpoint, peer.LastHandshake);
            foreach (IpPrefix prefix in peer.AllowedIPs)
            {
                ref Holding holding = ref CollectionsMarshal.GetValueRefOrAddDefault(_holdings, prefix, out _);
                _holdingsSeen += holding.Look == _look ? 0 : 1;
                _isDifferent |= holding.Peer != known;
                holding = new Holding(known, _look, holding.Peer == known && holding.IsOurs);
            }
        }
    }

    /// <summary>Ends a look: what it did not show is gone.</summary>
    /// <returns>Whether the device is another than it was believed to be, at this look or at earlier ones that were broken off.</returns>
    public bool End()
    {
        lock (_lock)
        {
            if (_peersSeen != _peers.Count)
                _isDifferent |= _peers.RemoveWhere(peer => peer.Look != _look) > 0;
            if (_holdingsSeen != _holdings.Count)
            {
                foreach ((IpPrefix prefix, Holding holding) in _holdings)
                {
                    if (holding.Look != _look)
                        _isDifferent |= _holdings.Remove(prefix);
                }
            }

            if (_holdings.Capacity > _holdings.Count * MostRoom)
                _holdings.TrimExcess((int)(_holdings.Count * UsualRoom));
            if (_peers.Capacity > _peers.Count * MostRoom)
                _peers.TrimExcess((int)(_peers.Count * UsualRoom));
        }

        bool isDifferent = _isDifferent;
        _isDifferent = false;
        return isDifferent;
    }

    /// <summary>Whose packets come from a link-local address. For any thread.</summary>
    /// <param name="source">The address.</param>
    /// <param name="peer">The peer.</param>
    /// <returns>Whether it is a peer's: only a whole address names one, since a wider prefix also admits what another peer may be given later.</returns>
    public bool TryIdentify(IpAddress source, out PublicKey peer)
    {
        lock (_lock)
        {
            bool isKnown = _holdings.TryGetValue(IpPrefix.Host(source), out Holding holding) && source is { IsIPv6: true, IsLinkLocal: true };
            peer = isKnown ? holding.Peer.PublicKey : default;
            return isKnown;
        }
    }

    /// <summary>When a peer's last handshake was, and where its packets come from.</summary>
    public (DateTimeOffset? LastHandshake, string? Endpoint) SeenOf(PublicKey peer) =>
        _find.TryGetValue(peer, out DevicePeer? known) ? (known.LastHandshake, known.Endpoint?.ToString()) : (null, null);

    /// <summary>How many peers there are.</summary>
    public int Peers => _peers.Count;

    public bool HasPeer(PublicKey peer) => _find.Contains(peer);

    public PublicKey? OwnerOf(IpAddress address) =>
        _holdings.TryGetValue(IpPrefix.Host(address), out Holding holding) ? holding.Peer.PublicKey : null;

    /// <summary>Whether the peer has the address, and by this server's doing.</summary>
    public bool IsOurs(IpAddress address, PublicKey peer) =>
        _holdings.TryGetValue(IpPrefix.Host(address), out Holding holding) && holding.IsOurs && holding.Peer.PublicKey == peer;

    /// <summary>Notes that it is this server's doing if the peer has the address.</summary>
    public void Claim(IpAddress address, PublicKey peer)
    {
        if (_holdings.TryGetValue(IpPrefix.Host(address), out Holding holding) && holding.Peer.PublicKey == peer)
            _holdings[IpPrefix.Host(address)] = holding with { IsOurs = true };
    }

    /// <summary>Notes that this server gave a peer an address, taking it from whoever had it.</summary>
    public void Give(IpAddress address, PublicKey peer)
    {
        lock (_lock)
        {
            if (_find.TryGetValue(peer, out DevicePeer? known))
                _holdings[IpPrefix.Host(address)] = new Holding(known, _look, IsOurs: true);
        }
    }

    /// <summary>Notes that this server took an address from a peer.</summary>
    public void Take(IpAddress address, PublicKey peer)
    {
        lock (_lock)
        {
            if (OwnerOf(address) == peer)
                _ = _holdings.Remove(IpPrefix.Host(address));
        }
    }

    private readonly record struct Holding(DevicePeer Peer, int Look, bool IsOurs);

    /// <summary>One object for all that a peer holds: its key is eight times as long as a reference.</summary>
    private sealed class DevicePeer(PublicKey publicKey)
    {
        public static readonly Comparer ByKey = new();

        public PublicKey PublicKey => publicKey;

        public int Look { get; set; }

        public PeerEndpoint? Endpoint { get; set; }

        public DateTimeOffset? LastHandshake { get; set; }

        internal sealed class Comparer : IEqualityComparer<DevicePeer>, IAlternateEqualityComparer<PublicKey, DevicePeer>
        {
            public bool Equals(DevicePeer? x, DevicePeer? y) => x?.PublicKey == y?.PublicKey;

            public int GetHashCode(DevicePeer obj) => obj.PublicKey.GetHashCode();

            public bool Equals(PublicKey alternate, DevicePeer other) => alternate == other.PublicKey;

            public int GetHashCode(PublicKey alternate) => alternate.GetHashCode();

            DevicePeer IAlternateEqualityComparer<PublicKey, DevicePeer>.Create(PublicKey alternate) => new(alternate);
        }
    }
}
