using System.Net;
using System.Text;

namespace WgDynamic.Netlink;

/// <summary>A peer while it is read from lines.</summary>
internal sealed class UapiPeer(PublicKey publicKey)
{
    private readonly List<IpPrefix> _allowedIPs = [];
    private IPEndPoint? _endpoint;
    private DateTimeOffset? _lastHandshake;
    private ulong _receivedBytes;
    private ulong _sentBytes;
    private TimeSpan? _persistentKeepalive;

    public void Read(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("allowed_ip"u8))
            _allowedIPs.Add(IpPrefix.TryParse(value, out IpPrefix prefix) ? prefix : throw UapiText.Malformed(value));
        else if (key.SequenceEqual("endpoint"u8))
            _endpoint = IPEndPoint.TryParse(Encoding.UTF8.GetString(value), out IPEndPoint? endpoint) ? endpoint : throw UapiText.Malformed(value);
        else if (key.SequenceEqual("last_handshake_time_sec"u8))
            _lastHandshake = UnixTime.FromSeconds(UapiText.Read<long>(value));
        else if (key.SequenceEqual("last_handshake_time_nsec"u8))
            _lastHandshake = UnixTime.AddNanoseconds(_lastHandshake, UapiText.Read<long>(value));
        else if (key.SequenceEqual("rx_bytes"u8))
            _receivedBytes = UapiText.Read<ulong>(value);
        else if (key.SequenceEqual("tx_bytes"u8))
            _sentBytes = UapiText.Read<ulong>(value);
        else if (key.SequenceEqual("persistent_keepalive_interval"u8))
            _persistentKeepalive = UapiText.Read<ushort>(value) is > 0 and ushort seconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    public WireGuardPeer ToPeer() => new()
    {
        PublicKey = publicKey,
        Endpoint = _endpoint,
        LastHandshake = _lastHandshake,
        ReceivedBytes = _receivedBytes,
        SentBytes = _sentBytes,
        PersistentKeepalive = _persistentKeepalive,
        AllowedIPs = _allowedIPs,
    };
}
