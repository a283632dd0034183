using System.Net;
using System.Text;

namespace WgDynamic.Netlink;

/// <summary>Reads a peer from its lines.</summary>
internal static class UapiPeer
{
    public static void Read(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, PeerView peer)
    {
        if (key.SequenceEqual("allowed_ip"u8))
            peer.Add(IpPrefix.TryParse(value, out IpPrefix prefix) ? prefix : throw UapiText.Malformed(value));
        else if (key.SequenceEqual("endpoint"u8))
            peer.Endpoint = IPEndPoint.TryParse(Encoding.UTF8.GetString(value), out IPEndPoint? endpoint) ? PeerEndpoint.From(endpoint) : throw UapiText.Malformed(value);
        else if (key.SequenceEqual("last_handshake_time_sec"u8))
            peer.LastHandshake = UnixTime.FromSeconds(UapiText.Read<long>(value));
        else if (key.SequenceEqual("last_handshake_time_nsec"u8))
            peer.LastHandshake = UnixTime.AddNanoseconds(peer.LastHandshake, UapiText.Read<long>(value));
        else if (key.SequenceEqual("rx_bytes"u8))
            peer.ReceivedBytes = UapiText.Read<ulong>(value);
        else if (key.SequenceEqual("tx_bytes"u8))
            peer.SentBytes = UapiText.Read<ulong>(value);
        else if (key.SequenceEqual("persistent_keepalive_interval"u8))
            peer.PersistentKeepalive = UapiText.Read<ushort>(value) is > 0 and ushort seconds ? TimeSpan.FromSeconds(seconds) : null;
    }
}
