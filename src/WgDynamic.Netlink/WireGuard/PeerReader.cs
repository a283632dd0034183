using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>Reads a peer from the kernel's messages. Its preshared key is not looked at.</summary>
internal static class PeerReader
{
    /// <summary>struct __kernel_timespec, linux/time_types.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>
    /// Reads a peer, or the continuation of the one before: a peer whose prefixes do not fit one message goes on in the
    /// next, with its key and the rest of them (linux/wireguard.h).
    /// </summary>
    /// <exception cref="NetlinkException">The attributes cannot be read.</exception>
    public static void Read(AttributeReader attributes, PeerStream peers)
    {
        PublicKey publicKey = ReadKey(attributes);
        PeerView peer = peers.Current is { } current && current.PublicKey == publicKey ? current : peers.Begin(publicKey);
        foreach (NetlinkAttribute attribute in attributes)
            Read(attribute, peer);
    }

    private static PublicKey ReadKey(AttributeReader attributes)
    {
        foreach (NetlinkAttribute attribute in attributes)
        {
            if (attribute.TypeAs<PeerAttribute>() == PeerAttribute.PublicKey)
                return attribute.AsPublicKey();
        }

        throw NetlinkException.Malformed("a peer without a public key");
    }

    private static void Read(NetlinkAttribute attribute, PeerView peer)
    {
        switch (attribute.TypeAs<PeerAttribute>())
        {
            case PeerAttribute.Endpoint:
                peer.Endpoint = SocketAddress.Read(attribute.Value);
                break;
            case PeerAttribute.PersistentKeepalive:
                peer.PersistentKeepalive = attribute.AsUInt16() is > 0 and ushort seconds ? TimeSpan.FromSeconds(seconds) : null;
                break;
            case PeerAttribute.LastHandshake:
                Time time = attribute.As<Time>();
                peer.LastHandshake = UnixTime.AddNanoseconds(UnixTime.FromSeconds(time.Seconds), time.Nanoseconds);
                break;
            case PeerAttribute.ReceivedBytes:
                peer.ReceivedBytes = attribute.AsUInt64();
                break;
            case PeerAttribute.SentBytes:
                peer.SentBytes = attribute.AsUInt64();
                break;
            case PeerAttribute.AllowedIPs:
                foreach (NetlinkAttribute allowedIP in attribute.Nested)
                    peer.Add(ReadAllowedIP(allowedIP.Nested));
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
