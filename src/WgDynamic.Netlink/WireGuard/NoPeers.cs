namespace WgDynamic.Netlink;

/// <summary>For who wants none of them, but the interface.</summary>
public sealed class NoPeers : IPeerSink
{
    /// <summary>The only one there needs to be.</summary>
    public static readonly NoPeers Instance = new();

    private NoPeers()
    {
    }

    /// <inheritdoc/>
    public void Begin()
    {
    }

    /// <inheritdoc/>
    public void Add(PeerView peer)
    {
    }
}
