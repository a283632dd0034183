namespace WgDynamic.Netlink;

/// <summary>Takes the peers of an interface as they are read: there may be more than anybody wants in memory at once.</summary>
public interface IPeerSink
{
    /// <summary>The peers come from the first one on. When that happens again, the interface has changed meanwhile, and those that came before are void.</summary>
    void Begin();

    /// <summary>The next peer, whole.</summary>
    /// <param name="peer">The peer; another one after the call.</param>
    void Add(PeerView peer);
}
