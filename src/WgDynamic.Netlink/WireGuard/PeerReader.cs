using System.Net;
using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>A peer while it is read from the kernel's messages. Its preshared key is not looked at.</summary>
internal sealed class PeerReader
{
    private readonly List<IpPrefix> _allowedIPs = [];
    private PublicKey? _publicKey;
    private IPEndPoint? _endpoint;
    private DateTimeOffset? _lastHandshake;
    private ulong _receivedBytes;
    private ulong _sentBytes;
    private TimeSpan? _persistentKeepalive;

    /// <summary>struct __kernel_timespec, linux/time_types.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }

    public PublicKey PublicKey => _publicKey ?? throw NetlinkException.Malformed("a peer without a public key");

    /// <summary>Reads a peer, or a continuation of one.</summary>
    /// <exception cref="NetlinkException">The attributes cannot be read.</exception>
    public static PeerReader Read(AttributeReader attributes)
    {
        PeerReader peer = new();
        foreach (NetlinkAttribute attribute in attributes)
            peer.Read(attribute);
        _ = peer.PublicKey;
        return peer;
    }

    /// <summary>Takes over the prefixes of a continuation.</summary>
    public void Continue(PeerReader continuation) => _allowedIPs.AddRange(continuation._allowedIPs);

    public WireGuardPeer ToPeer() => new()
    {
        PublicKey = PublicKey,
        Endpoint = _endpoint,
        LastHandshake = _lastHandshake,
        ReceivedBytes = _receivedBytes,
        SentBytes = _sentBytes,
        PersistentKeepalive = _persistentKeepalive,
        AllowedIPs = _allowedIPs,
    };

    private void Read(NetlinkAttribute attribute)
    {
        switch (attribute.TypeAs<PeerAttribute>())
        {
            case PeerAttribute.PublicKey:
                _publicKey = attribute.AsPublicKey();
                break;
            case PeerAttribute.Endpoint:
                _endpoint = SocketAddress.Read(attribute.Value);
                break;
            case PeerAttribute.PersistentKeepalive:
                _persistentKeepalive = attribute.AsUInt16() is > 0 and ushort seconds ? TimeSpan.FromSeconds(seconds) : null;
                break;
            case PeerAttribute.LastHandshake:
                Time time = attribute.As<Time>();
                _lastHandshake = UnixTime.AddNanoseconds(UnixTime.FromSeconds(time.Seconds), time.Nanoseconds);
                break;
            case PeerAttribute.ReceivedBytes:
                _receivedBytes = attribute.AsUInt64();
                break;
            case PeerAttribute.SentBytes:
                _sentBytes = attribute.AsUInt64();
                break;
            case PeerAttribute.AllowedIPs:
                foreach (NetlinkAttribute allowedIP in attribute.Nested)
                    _allowedIPs.Add(ReadAllowedIP(allowedIP.Nested));
                break;
        }
    }

    private static IpPrefix ReadAllowedIP(AttributeReader attributes)
    {
        IpAddress? address = null;
        int length = -1;
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.TypeAs<AllowedIPAttribute>())
            {
                case AllowedIPAttribute.Address:
                    address = attribute.AsAddress();
                    break;
                case AllowedIPAttribute.PrefixLength:
                    length = attribute.AsByte();
                    break;
            }
        }

        return address is { } some && length >= 0 && length <= some.BitLength
            ? IpPrefix.Containing(some, length)
            : throw NetlinkException.Malformed($"an allowed IP of address {address?.ToString() ?? "(none)"} and length {length}");
    }
}
