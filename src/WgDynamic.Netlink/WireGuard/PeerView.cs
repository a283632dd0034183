using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>
/// A peer as an <see cref="IPeerSink"/> gets it. The next one comes in the same object: what is to be kept must be copied.
/// So reading 100,000 peers again and again makes no objects.
/// </summary>
public sealed class PeerView
{
    private readonly List<IpPrefix> _allowedIPs = [];

    /// <summary>A view of a peer that is known already.</summary>
    /// <param name="peer">The peer.</param>
    public PeerView(WireGuardPeer peer)
    {
        PublicKey = peer.PublicKey;
        (Endpoint, LastHandshake, PersistentKeepalive) = (peer.Endpoint is { } endpoint ? PeerEndpoint.From(endpoint) : null, peer.LastHandshake, peer.PersistentKeepalive);
        (ReceivedBytes, SentBytes) = (peer.ReceivedBytes, peer.SentBytes);
        _allowedIPs.AddRange(peer.AllowedIPs);
    }

    internal PeerView()
    {
    }

    /// <summary>Who it is.</summary>
    public PublicKey PublicKey { get; private set; }

    /// <summary>The prefixes it may send from and that are sent to it.</summary>
    public ReadOnlySpan<IpPrefix> AllowedIPs => CollectionsMarshal.AsSpan(_allowedIPs);

    /// <summary>Where its packets come from; null if not known.</summary>
    public PeerEndpoint? Endpoint { get; internal set; }

    /// <summary>When its last handshake was, UTC; null for never.</summary>
    public DateTimeOffset? LastHandshake { get; internal set; }

    internal ulong ReceivedBytes { get; set; }

    internal ulong SentBytes { get; set; }

    internal TimeSpan? PersistentKeepalive { get; set; }

    /// <summary>A copy that lasts.</summary>
    public WireGuardPeer ToPeer() => new()
    {
        PublicKey = PublicKey,
        Endpoint = Endpoint?.ToIPEndPoint(),
        LastHandshake = LastHandshake,
        ReceivedBytes = ReceivedBytes,
        SentBytes = SentBytes,
        PersistentKeepalive = PersistentKeepalive,
        AllowedIPs = [.. _allowedIPs],
    };

    internal void Begin(PublicKey publicKey)
    {
        PublicKey = publicKey;
        (Endpoint, LastHandshake, PersistentKeepalive) = (null, null, null);
        ReceivedBytes = SentBytes = 0;
        _allowedIPs.Clear();
    }

    internal void Add(IpPrefix allowedIP) => _allowedIPs.Add(allowedIP);
}
