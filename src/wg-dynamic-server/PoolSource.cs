using WgDynamic.Netlink;

namespace WgDynamic.Server;

/// <summary>What the interface's routes and the host's addresses say about what may be leased.</summary>
/// <param name="Prefixes">The pools, sorted, none inside another.</param>
/// <param name="OwnAddresses">Addresses of this host, sorted, which nobody may be given.</param>
internal sealed record PoolSource(IReadOnlyList<IpPrefix> Prefixes, IReadOnlyList<IpAddress> OwnAddresses)
{
    public static readonly PoolSource Empty = new([], []);

    /// <summary>Reads them off.</summary>
    /// <param name="interfaceIndex">The WireGuard interface.</param>
    /// <param name="routes">Its routes, of any table.</param>
    /// <param name="addresses">All addresses of the host.</param>
    public static PoolSource From(int interfaceIndex, IEnumerable<Route> routes, IEnumerable<InterfaceAddress> addresses)
    {
        // As the 2019 prototype: every route that leads straight to the interface is a pool. Not a default route,
        // which says where everything goes, not what is ours to give.
        IEnumerable<IpPrefix> prefixes = routes
            .Where(route => route.Type == RouteType.Unicast
                && route.InterfaceIndex == interfaceIndex
                && route.Gateway is null
                && route.Destination.Length > 0
                && route.Destination.Address is { IsLinkLocal: false, IsMulticast: false, IsLoopback: false })
            .Select(route => route.Destination);
        List<IpAddress> own = [];
        foreach (InterfaceAddress address in addresses)
        {
            own.Add(address.Address);
            // With forwarding on, the kernel answers to the lowest address of each of its IPv6 networks itself
            // (the subnet-router anycast address, RFC 4291 section 2.6.1).
            if (address.Address.IsIPv6 && address.PrefixLength < 127)
                own.Add(IpPrefix.Containing(address.Address, address.PrefixLength).Address);
        }

        // One route inside another says nothing new: sorted, the wider comes first.
        List<IpPrefix> widest = [];
        foreach (IpPrefix prefix in prefixes.Order())
        {
            if (widest.Count == 0 || !widest[^1].Contains(prefix))
                widest.Add(prefix);
        }

        return new PoolSource(widest, [.. own.Distinct().Order()]);
    }

    /// <summary>Whether addresses of another one's pools are in none of these.</summary>
    /// <param name="other">The other one.</param>
    public bool Lacks(PoolSource other) => other.Prefixes.Any(theirs => !Prefixes.Any(ours => ours.Contains(theirs)));
}
