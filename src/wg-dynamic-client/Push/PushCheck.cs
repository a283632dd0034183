using WgDynamic.Protocol;

namespace WgDynamic.Client;

/// <summary>What of a reply is accepted, beside its addresses (<see cref="ReplyCheck"/>).</summary>
internal static class PushCheck
{
    // No host has an address here that is the same one elsewhere.
    private static readonly IpPrefix[] _refused =
    [
        IpPrefix.Parse("0.0.0.0/8"), // "this network", RFC 1122
        IpPrefix.Parse("127.0.0.0/8"), // loopback
        IpPrefix.Parse("169.254.0.0/16"), // link-local
        IpPrefix.Parse("224.0.0.0/4"), // multicast
        IpPrefix.Parse("240.0.0.0/4"), // reserved, and the broadcast address
        IpPrefix.Parse("::/96"), // unspecified, loopback, IPv4-compatible
        IpPrefix.Parse("::ffff:0:0/96"), // IPv4-mapped
        IpPrefix.Parse("fe80::/10"), // link-local
        IpPrefix.Parse("ff00::/8"), // multicast
    ];

    /// <summary>Judges.</summary>
    /// <param name="reply">What the server pushes.</param>
    /// <param name="acceptance">What the person accepts.</param>
    /// <param name="refused">What is not accepted, why, and what to do about it: a line each, for the log.</param>
    /// <returns>The rest.</returns>
    public static PushedState Judge(Reply reply, Acceptance acceptance, out IReadOnlyList<string> refused)
    {
        List<string> refusals = [];
        refused = refusals;
        ValueList<IpAddress> dns = Accepted(reply.Dns, address => RefuseDns(address, acceptance), refusals);
        ValueList<string> search = Accepted(reply.Search, domain => RefuseSearch(domain, dns.Count > 0, acceptance), refusals);
        return new PushedState
        {
            Routes = [.. Accepted(reply.Routes, route => RefuseRoute(route, acceptance), refusals).Distinct().Order()],
            Dns = dns,
            Search = search,
            Mtu = Accepted<int>(reply.Mtu is { } pushed ? [pushed] : [], mtu => acceptance.Mtu ? null : $"MTU {mtu}: {NotIn("mtu")}", refusals) is [var mtu] ? mtu : null,
            Addresses = [.. new[] { reply.IPv4, reply.IPv6 }.OfType<IpAddress>()],
        };
    }

    private static string? RefuseRoute(IpPrefix route, Acceptance acceptance)
    {
        if (Acceptance.IsDefaultRoute(route))
        {
            if (!acceptance.DefaultRoute)
                return $"route {route}: {(route.Length == 0 ? "a default route" : "so wide that it is as good as a default route")}, {NotIn("default-route")}";
        }
        else if (!acceptance.Routes)
        {
            return $"route {route}: {NotIn("routes")}";
        }
        else if (_refused.Any(route.Overlaps))
        {
            return $"route {route}: it is loopback, link-local, multicast or reserved, and never goes through a tunnel";
        }

        return acceptance.Within.Count == 0 || acceptance.Within.Any(prefix => prefix.Contains(route))
            ? null
            : $"route {route}: outside of {acceptance.Within}; add --accept-prefix {route} to accept it";
    }

    private static string? RefuseDns(IpAddress address, Acceptance acceptance) =>
        !acceptance.Dns ? $"DNS {address}: {NotIn("dns")}"
        : _refused.Any(prefix => prefix.Contains(address)) ? $"DNS {address}: it is loopback, link-local, multicast or reserved, and no server in the tunnel"
        : null;

    private static string? RefuseSearch(string domain, bool hasDns, Acceptance acceptance) =>
        !acceptance.Dns ? $"search {domain}: {NotIn("dns")}"
        : !hasDns ? $"search {domain}: there is no DNS server to ask about it"
        : null;

    private static string NotIn(string word) => $"add {word} to --accept to accept it";

    private static ValueList<T> Accepted<T>(IEnumerable<T> pushed, Func<T, string?> refuse, List<string> refusals)
    {
        List<T> accepted = [];
        foreach (T item in pushed)
        {
            if (refuse(item) is { } reason)
                refusals.Add(reason);
            else
                accepted.Add(item);
        }

        return [.. accepted];
    }
}
