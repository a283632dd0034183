namespace WgDynamic.Netlink;

/// <summary>Hands peers on to a sink, each when it is whole: when the next one begins, or the last one ends.</summary>
internal sealed class PeerStream
{
    private readonly IPeerSink _sink;
    private readonly PeerView _view = new();

    public PeerStream(IPeerSink sink)
    {
        _sink = sink;
        sink.Begin();
    }

    /// <summary>The peer that is being read; null before the first one.</summary>
    public PeerView? Current { get; private set; }

    /// <summary>Begins another peer.</summary>
    public PeerView Begin(PublicKey publicKey)
    {
        End();
        _view.Begin(publicKey);
        return Current = _view;
    }

    /// <summary>Ends the one that is being read.</summary>
    public void End()
    {
        if (Current is not null)
            _sink.Add(Current);
        Current = null;
    }
}
