using WgDynamic.Protocol;

namespace WgDynamic.Client;

/// <summary>What a client accepts from its server: the tunnel says who the server is, not that it means well.</summary>
internal static class ReplyCheck
{
    private static readonly IpPrefix[] _refused =
    [
        IpPrefix.Parse("0.0.0.0/8"), // "this network", RFC 1122
        IpPrefix.Parse("240.0.0.0/4"), // reserved, and the broadcast address
        IpPrefix.Parse("::/96"), // unspecified, loopback, IPv4-compatible
        IpPrefix.Parse("::ffff:0:0/96"), // IPv4-mapped
    ];

    /// <summary>Finds what cannot be accepted.</summary>
    /// <returns>What is wrong, for the log; null if nothing is.</returns>
    public static string? FindFault(Reply reply)
    {
        foreach (IpAddress? granted in (ReadOnlySpan<IpAddress?>)[reply.IPv4, reply.IPv6])
        {
            if (granted is not { } address)
                continue;
            if (address.IsLinkLocal || address.IsMulticast || address.IsLoopback || _refused.Any(prefix => prefix.Contains(address)))
                return $"the server leased {address}, which is no address for a host";
        }

        return null;
    }
}
