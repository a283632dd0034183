namespace WgDynamic.Netlink;

/// <summary>Puts an interface together from the messages that the kernel tells it in.</summary>
internal sealed class DeviceReader
{
    private readonly PeerStream _peers;
    private InterfaceName _name;
    private PublicKey? _publicKey;
    private ushort _listenPort;
    private uint _firewallMark;

    public DeviceReader(IPeerSink peers) => _peers = new PeerStream(peers);

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
                        PeerReader.Read(peer.Nested, _peers);
                    break;
            }
        }
    }

    /// <summary>Ends the reading: the last peer is whole.</summary>
    public WireGuardDevice End()
    {
        _peers.End();
        return new WireGuardDevice { Name = _name, PublicKey = _publicKey, ListenPort = _listenPort, FirewallMark = _firewallMark };
    }
}
