namespace WgDynamic.Netlink;

/// <summary>
/// Puts an interface together from the lines of a "get" answer (https://www.wireguard.com/xplatform/). Lines with private and
/// preshared keys are passed over, like those that are unknown.
/// </summary>
internal sealed class UapiDeviceReader(InterfaceName name)
{
    private readonly List<UapiPeer> _peers = [];
    private ushort _listenPort;
    private uint _firewallMark;

    /// <summary>Reads one line.</summary>
    /// <exception cref="NetlinkException">The line cannot be read.</exception>
    public void Read(ReadOnlySpan<byte> line)
    {
        (ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) = UapiText.Split(line);
        if (key.SequenceEqual("public_key"u8))
            _peers.Add(new UapiPeer(UapiText.ReadKey(value)));
        else if (_peers is [.., { } peer])
            peer.Read(key, value);
        else if (key.SequenceEqual("listen_port"u8))
            _listenPort = UapiText.Read<ushort>(value);
        else if (key.SequenceEqual("fwmark"u8))
            _firewallMark = UapiText.Read<uint>(value);
    }

    /// <summary>The interface as far as it was read.</summary>
    public WireGuardDevice ToDevice() => new()
    {
        Name = name,
        ListenPort = _listenPort,
        FirewallMark = _firewallMark,
        Peers = _peers.ConvertAll(static peer => peer.ToPeer()),
    };
}
