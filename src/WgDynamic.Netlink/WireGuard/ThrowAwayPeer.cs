namespace WgDynamic.Netlink;

/// <summary>
/// The peer that prefixes are moved to when an implementation cannot remove them: a prefix belongs to one peer at
/// most, so giving it to this one takes it from the other, and removing this one removes it.
/// </summary>
/// <remarks>
/// Its public key is always the same, so that one that was left behind (by a crash between two messages) is known
/// and removed. The key is the SHA-256 of a sentence: nobody has found the private key that belongs to it, nor can
/// have chosen it, so nobody can be this peer while it exists.
/// </remarks>
internal static class ThrowAwayPeer
{
    /// <summary>SHA-256 of <c>WgDynamic throw-away peer: nobody holds its private key</c>. Computing it here would load OpenSSL, which is a third of a daemon's memory.</summary>
    public static readonly PublicKey PublicKey = PublicKey.Parse("/I4UQCtOPl4Li2HAgSZ9K3rCmGCKTDJX66R4bZEE+qk=");

    /// <summary>Takes prefixes from whoever has them.</summary>
    public static PeerOperation Take(IReadOnlyList<AllowedIPOperation> prefixes) => new(PublicKey) { AllowedIPs = prefixes };

    /// <summary>Removes it, and with it what it took. That it is not there is fine.</summary>
    public static PeerOperation Discard { get; } = new(PublicKey) { Remove = true };

    /// <summary>Hands on the peers that should be seen: all but this one.</summary>
    internal sealed class Filter(IPeerSink next) : IPeerSink
    {
        /// <summary>Whether it was there.</summary>
        public bool Seen { get; private set; }

        public void Begin() => next.Begin();

        public void Add(PeerView peer)
        {
            if (peer.PublicKey == PublicKey)
                Seen = true;
            else
                next.Add(peer);
        }
    }
}
