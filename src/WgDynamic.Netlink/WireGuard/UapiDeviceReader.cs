namespace WgDynamic.Netlink;

/// <summary>
/// Puts an interface together from the lines of a "get" answer (https://www.wireguard.com/xplatform/). Lines with private and
/// preshared keys are passed over, like those that are unknown.
/// </summary>
internal sealed class UapiDeviceReader
{
    private readonly InterfaceName _name;
    private readonly PeerStream _peers;
    private ushort _listenPort;
    private uint _firewallMark;

    public UapiDeviceReader(InterfaceName name, IPeerSink peers)
    {
        _name = name;
        _peers = new PeerStream(peers);
    }

    /// <summary>Reads one line.</summary>
    /// <exception cref="NetlinkException">The line cannot be read.</exception>
    public void Read(ReadOnlySpan<byte> line)
    {
        (ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) = UapiText.Split(line);
        if (key.SequenceEqual("public_key"u8))
            _ = _peers.Begin(UapiText.ReadKey(value));
        else if (_peers.Current is { } peer)
            UapiPeer.Read(key, value, peer);
        else if (key.SequenceEqual("listen_port"u8))
            _listenPort = UapiText.Read<ushort>(value);
        else if (key.SequenceEqual("fwmark"u8))
            _firewallMark = UapiText.Read<uint>(value);
    }

    /// <summary>Ends the reading: the last peer is whole.</summary>
    public WireGuardDevice End()
    {
        _peers.End();
        return new WireGuardDevice { Name = _name, ListenPort = _listenPort, FirewallMark = _firewallMark };
    }
}
