namespace WgDynamic.Netlink;

/// <summary>Puts an interface together from the messages that the kernel tells it in.</summary>
internal sealed class DeviceReader
{
    private readonly IPeerSink _peers;
    private PeerReader? _peer;
    private InterfaceName _name;
    private PublicKey? _publicKey;
    private ushort _listenPort;
    private uint _firewallMark;

    public DeviceReader(IPeerSink peers)
    {
        _peers = peers;
        peers.Begin();
    }

    /// <summary>Reads one message.</summary>
    /// <exception cref="NetlinkException">The message cannot be read.</exception>
    public void Read(NetlinkMessage message)
    {
        foreach (NetlinkAttribute attribute in GenericNetlink.Attributes(message))
        {
            switch (attribute.TypeAs<DeviceAttribute>())
            {
                case DeviceAttribute.InterfaceName:
                    _ = InterfaceName.TryParse(attribute.AsText(), out _name);
                    break;
                case DeviceAttribute.PublicKey:
                    _publicKey = attribute.AsPublicKey();
                    break;
                case DeviceAttribute.ListenPort:
                    _listenPort = attribute.AsUInt16();
                    break;
                case DeviceAttribute.FirewallMark:
                    _firewallMark = attribute.AsUInt32();
                    break;
                case DeviceAttribute.Peers:
                    foreach (NetlinkAttribute peer in attribute.Nested)
                        Add(PeerReader.Read(peer.Nested));
                    break;
            }
        }
    }

    /// <summary>Ends the reading: the last peer is whole.</summary>
    public WireGuardDevice End()
    {
        HandOn();
        return new WireGuardDevice { Name = _name, PublicKey = _publicKey, ListenPort = _listenPort, FirewallMark = _firewallMark };
    }

    // A peer whose prefixes do not fit one message goes on in the next, with its key and the rest of them (linux/wireguard.h).
    private void Add(PeerReader peer)
    {
        if (_peer is { } last && last.PublicKey == peer.PublicKey)
        {
            last.Continue(peer);
            return;
        }

        HandOn();
        _peer = peer;
    }

    private void HandOn()
    {
        if (_peer is not null)
            _peers.Add(_peer.ToPeer());
        _peer = null;
    }
}
