namespace WgDynamic.Netlink.Tests;

/// <summary>What an implementation makes of the wish to remove a prefix.</summary>
public enum Removal
{
    /// <summary>Removes it: Linux 6.16, newer wireguard-go.</summary>
    Known,

    /// <summary>Refuses it: Linux since 5.2, older wireguard-go.</summary>
    Refused,

    /// <summary>Gives the peer the prefix instead, and says that all is well.</summary>
    Overlooked,
}

/// <summary>WireGuard's rules about peers and prefixes, in memory; it can fail on demand.</summary>
internal sealed class SimulatedBackend(Removal removal) : IWireGuardBackend
{
    private readonly Lock _lock = new();
    private readonly List<PublicKey> _peers = [];
    private readonly Dictionary<IpPrefix, PublicKey> _owners = [];
    private readonly Dictionary<PublicKey, PeerOperation> _settings = [];

    public InterfaceName Name { get; } = InterfaceName.Parse("simulated");

    /// <summary>All that was asked for, in order.</summary>
    public List<PeerOperation> Applied { get; } = [];

    public int Reads { get; private set; }

    private uint Mark { get; set; } = WireGuardTests.FirewallMark;

    /// <summary>Operations until one fails; null for never.</summary>
    public int? FailsAfter { get; set; }

    public ValueTask<WireGuardDevice> ReadAsync(InterfaceName name, IPeerSink peers, CancellationToken cancellationToken)
    {
        CheckName(name);
        lock (_lock)
        {
            Reads++;
            ILookup<PublicKey, IpPrefix> prefixes = _owners.ToLookup(pair => pair.Value, pair => pair.Key);
            peers.Begin();
            foreach (PublicKey key in _peers)
            {
                peers.Add(new PeerView(new WireGuardPeer
                {
                    PublicKey = key,
                    Endpoint = _settings[key].Endpoint,
                    PersistentKeepalive = _settings[key].PersistentKeepalive is > 0 and ushort seconds ? TimeSpan.FromSeconds(seconds) : null,
                    AllowedIPs = [.. prefixes[key]],
                }));
            }

            return ValueTask.FromResult(new WireGuardDevice { Name = Name, ListenPort = WireGuardTests.ListenPort, FirewallMark = Mark });
        }
    }

    public ValueTask ApplyAsync(InterfaceName name, IReadOnlyList<PeerOperation> operations, CancellationToken cancellationToken)
    {
        CheckName(name);
        foreach (PeerOperation operation in operations)
        {
            if (FailsAfter-- == 0)
                throw new NetlinkException("configure", Errno.EIO);
            lock (_lock)
                Apply(operation);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask SetFirewallMarkAsync(InterfaceName name, uint mark, CancellationToken cancellationToken)
    {
        CheckName(name);
        Mark = mark;
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
    }

    private void Apply(PeerOperation operation)
    {
        PublicKey key = operation.PublicKey;
        Applied.Add(operation);
        if (operation.Remove)
        {
            if (_settings.Remove(key))
                _ = _peers.Remove(key);
            foreach (IpPrefix prefix in _owners.Where(pair => pair.Value == key).Select(pair => pair.Key).ToList())
                _ = _owners.Remove(prefix);
            return;
        }

        if (!_settings.TryGetValue(key, out PeerOperation? settings))
        {
            if (operation.UpdateOnly)
                return;
            _peers.Add(key);
            settings = operation;
        }

        _settings[key] = operation with
        {
            Endpoint = operation.Endpoint ?? settings.Endpoint,
            PersistentKeepalive = operation.PersistentKeepalive ?? settings.PersistentKeepalive,
        };
        foreach ((IpPrefix prefix, bool remove) in operation.AllowedIPs)
        {
            if (!remove || removal == Removal.Overlooked)
                _owners[prefix] = key;
            else if (removal == Removal.Refused)
                throw new NetlinkException("configure", Errno.EINVAL);
            else if (_owners.TryGetValue(prefix, out PublicKey owner) && owner == key)
                _ = _owners.Remove(prefix);
        }
    }

    private void CheckName(InterfaceName name)
    {
        if (name != Name)
            throw new NetlinkException($"find {name}", Errno.ENODEV);
    }
}
