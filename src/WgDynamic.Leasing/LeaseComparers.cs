namespace WgDynamic.Leasing;

/// <summary>Finds leases by their addresses in a set: a dictionary would hold each address twice.</summary>
internal sealed class LeaseByAddress : IEqualityComparer<Lease>, IAlternateEqualityComparer<IpAddress, Lease>
{
    public static readonly LeaseByAddress Comparer = new();

    public bool Equals(Lease? x, Lease? y) => x?.Address == y?.Address;

    public int GetHashCode(Lease obj) => obj.Address.GetHashCode();

    public bool Equals(IpAddress alternate, Lease other) => alternate == other.Address;

    public int GetHashCode(IpAddress alternate) => alternate.GetHashCode();

    Lease IAlternateEqualityComparer<IpAddress, Lease>.Create(IpAddress alternate) => throw new NotSupportedException("A lease has a peer as well.");
}

/// <summary>Finds peers by their keys in a set.</summary>
internal sealed class PeerByKey : IEqualityComparer<PeerLeases>, IAlternateEqualityComparer<PublicKey, PeerLeases>
{
    public static readonly PeerByKey Comparer = new();

    public bool Equals(PeerLeases? x, PeerLeases? y) => x?.Peer == y?.Peer;

    public int GetHashCode(PeerLeases obj) => obj.Peer.GetHashCode();

    public bool Equals(PublicKey alternate, PeerLeases other) => alternate == other.Peer;

    public int GetHashCode(PublicKey alternate) => alternate.GetHashCode();

    PeerLeases IAlternateEqualityComparer<PublicKey, PeerLeases>.Create(PublicKey alternate) => new(alternate);
}
