using WgDynamic.Netlink;

namespace WgDynamic.Server.Tests;

/// <summary>A device in memory. A prefix belongs to one peer: who is given it takes it from whoever has it, silently.</summary>
internal sealed class FakeWireGuard : IWireGuard
{
    private readonly Lock _lock = new();
    private readonly HashSet<PublicKey> _peers = [];
    private readonly Dictionary<IpPrefix, PublicKey> _owners = [];
    private int _configureCalls;
    private int _getCalls;

    /// <summary>Pulsed by every call.</summary>
    public Signal Changed { get; } = new();

    /// <summary>An error number that reading fails with; 0 for none.</summary>
    public int GetErrno { get; set; }

    /// <summary>An error number that changing fails with; 0 for none.</summary>
    public int ConfigureErrno { get; set; }

    /// <summary>How many peers are changed before changing fails.</summary>
    public int ConfigureFailsAfter { get; set; }

    public int ConfigureCalls => Volatile.Read(ref _configureCalls);

    public int GetCalls => Volatile.Read(ref _getCalls);

    /// <summary>Every prefix with the peer that has it, sorted.</summary>
    public IReadOnlyList<(IpPrefix Prefix, PublicKey Peer)> AllowedIPs
    {
        get
        {
            lock (_lock)
                return [.. _owners.Select(entry => (entry.Key, entry.Value)).Order()];
        }
    }

    public IReadOnlyList<PublicKey> Peers
    {
        get
        {
            lock (_lock)
                return [.. _peers.Order()];
        }
    }

    public ValueTask SetFirewallMarkAsync(InterfaceName name, uint mark, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A server marks no packets.");

    /// <summary>The operator adds a peer with its link-local address.</summary>
    public void AddPeer(int peer)
    {
        lock (_lock)
            _ = _peers.Add(Names.Key(peer));
        Give(peer, IpPrefix.Host(Names.Id(peer)));
    }

    /// <summary>The operator removes a peer.</summary>
    public void RemovePeer(int peer)
    {
        lock (_lock)
        {
            _ = _peers.Remove(Names.Key(peer));
            foreach (IpPrefix prefix in PrefixesOf(Names.Key(peer)))
                _ = _owners.Remove(prefix);
        }
    }

    /// <summary>The operator gives a peer a prefix.</summary>
    public void Give(int peer, IpPrefix prefix)
    {
        lock (_lock)
            _owners[prefix] = Names.Key(peer);
    }

    /// <summary>The operator takes a prefix from whoever has it.</summary>
    public void Take(IpPrefix prefix)
    {
        lock (_lock)
            _ = _owners.Remove(prefix);
    }

    public PublicKey? OwnerOf(IpPrefix prefix)
    {
        lock (_lock)
            return _owners.TryGetValue(prefix, out PublicKey owner) ? owner : null;
    }

    /// <summary>What a peer has beside its link-local address, sorted, as text.</summary>
    public string Of(int peer)
    {
        lock (_lock)
            return string.Join(" ", PrefixesOf(Names.Key(peer)).Where(prefix => !prefix.Address.IsLinkLocal).Order());
    }

    public ValueTask<WireGuardDevice> GetDeviceAsync(InterfaceName name, IPeerSink peers, CancellationToken cancellationToken = default)
    {
        _ = Interlocked.Increment(ref _getCalls);
        Changed.Pulse();
        if (GetErrno != 0)
            throw new NetlinkException("get the device", GetErrno);
        lock (_lock)
        {
            ILookup<PublicKey, IpPrefix> prefixes = _owners.ToLookup(entry => entry.Value, entry => entry.Key);
            peers.Begin();
            foreach (PublicKey peer in _peers)
                peers.Add(new PeerView(new WireGuardPeer { PublicKey = peer, AllowedIPs = [.. prefixes[peer]] }));
            return ValueTask.FromResult(new WireGuardDevice { Name = name });
        }
    }

    public ValueTask ConfigureAsync(InterfaceName name, IReadOnlyList<PeerChange> changes, CancellationToken cancellationToken = default)
    {
        _ = Interlocked.Increment(ref _configureCalls);
        try
        {
            int done = 0;
            foreach (PeerChange change in changes)
            {
                if (ConfigureErrno != 0 && done++ >= ConfigureFailsAfter)
                    throw new NetlinkException("configure the device", ConfigureErrno);
                Apply(change);
            }

            return ValueTask.CompletedTask;
        }
        finally
        {
            Changed.Pulse();
        }
    }

    public void Dispose()
    {
    }

    private void Apply(PeerChange change)
    {
        lock (_lock)
        {
            if (change.Remove)
            {
                _ = _peers.Remove(change.PublicKey);
                foreach (IpPrefix prefix in PrefixesOf(change.PublicKey))
                    _ = _owners.Remove(prefix);
                return;
            }

            if (!change.UpdateOnly)
                _ = _peers.Add(change.PublicKey);
            if (!_peers.Contains(change.PublicKey))
                return;
            foreach (IpPrefix prefix in change.RemoveAllowedIPs)
            {
                if (_owners.TryGetValue(prefix, out PublicKey owner) && owner == change.PublicKey)
                    _ = _owners.Remove(prefix);
            }

            foreach (IpPrefix prefix in change.AddAllowedIPs)
                _owners[prefix] = change.PublicKey;
        }
    }

    private List<IpPrefix> PrefixesOf(PublicKey peer) => [.. _owners.Where(entry => entry.Value == peer).Select(entry => entry.Key)];
}
