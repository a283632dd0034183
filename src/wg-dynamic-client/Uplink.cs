using WgDynamic.Daemon;
using WgDynamic.Netlink;
using WgDynamic.Protocol;

namespace WgDynamic.Client;

/// <summary>
/// What the client needs of its interface to talk to the server: one link-local address of its own, a peer that
/// <c>fe80::/128</c> leads to, and a route there. Checks it once, and keeps it in place from then on.
/// </summary>
internal sealed class Uplink
{
    private static readonly IpPrefix _serverPrefix = IpPrefix.Host(WireLimits.ServerAddress);

    private readonly RouteClient _routes;
    private readonly Route _route;
    private bool _routeIsOurs;

    private Uplink(RouteClient routes, Link link, IpAddress address, PublicKey server)
    {
        _routes = routes;
        Link = link;
        Address = address;
        Server = server;
        _route = new Route { Destination = _serverPrefix, InterfaceIndex = link.Index, Scope = RouteScope.Link };
    }

    /// <summary>The interface.</summary>
    public Link Link { get; }

    /// <summary>The client's own address, <c>fe80::…/128</c>, by which the server knows it.</summary>
    public IpAddress Address { get; }

    /// <summary>The peer that the server's address leads to.</summary>
    public PublicKey Server { get; }

    /// <summary>Checks an interface.</summary>
    /// <exception cref="StartupException">It will not do; the message says what to do about it.</exception>
    public static async ValueTask<Uplink> CheckAsync(RouteClient routes, InterfaceName name, CancellationToken cancellationToken)
    {
        Link link = await routes.FindLinkAsync(name, cancellationToken)
            ?? throw new StartupException($"there is no interface {name}; create it first, for instance with: wg-quick up {name}");
        WireGuardDevice device;
        using (IWireGuard wireGuard = await WireGuard.OpenAsync(name, cancellationToken))
            device = await wireGuard.GetDeviceAsync(name, cancellationToken);
        IpAddress address = OwnAddress(name, await routes.GetAddressesAsync(link.Index, cancellationToken));
        return new Uplink(routes, link, address, ServerOf(device));
    }

    /// <summary>Puts back what may be missing: the own address, which the kernel drops when the link goes down, and the route.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    /// <exception cref="StartupException">The host takes the server's address for its own.</exception>
    public async ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        List<InterfaceAddress> addresses = await _routes.GetAddressesAsync(Link.Index, cancellationToken);
        if (!addresses.Any(address => address.Address == Address))
        {
            await _routes.ReplaceAddressAsync(
                new InterfaceAddress { InterfaceIndex = Link.Index, Address = Address, PrefixLength = 128 }, cancellationToken);
        }

        Route? route = await _routes.LookupRouteAsync(WireLimits.ServerAddress, Link.Index, cancellationToken);
        if (route is { Type: RouteType.Local or RouteType.Anycast })
        {
            throw new StartupException(
                $"this host takes {WireLimits.ServerAddress} on {Link.Name} for its own address, so the server cannot be reached; "
                + $"turn forwarding off or remove the address that brings it: ip -6 address show dev {Link.Name}");
        }

        if (route is { Type: RouteType.Unicast } && route.InterfaceIndex == Link.Index)
            return;
        try
        {
            await _routes.AddRouteAsync(_route, cancellationToken);
            _routeIsOurs = true;
        }
        catch (NetlinkException error) when (error.IsExists)
        {
            // Somebody else was faster, and it is theirs.
        }
    }

    /// <summary>Takes back the route that <see cref="EnsureAsync"/> has added, if it has.</summary>
    public async ValueTask RemoveRouteAsync()
    {
        if (_routeIsOurs)
            _ = await _routes.DeleteRouteAsync(_route);
        _routeIsOurs = false;
    }

    /// <summary>The one address of an interface by which the server can know it.</summary>
    /// <exception cref="StartupException">There is none, or more than one.</exception>
    internal static IpAddress OwnAddress(InterfaceName name, IEnumerable<InterfaceAddress> addresses)
    {
        IpAddress[] candidates = [.. addresses.Where(address => address is { PrefixLength: 128, Address: { IsIPv6: true, IsLinkLocal: true } }).Select(address => address.Address)];
        return candidates switch
        {
            [var only] when only == WireLimits.ServerAddress => throw new StartupException(
                $"{name} has {only}/128, which is the server's address; give it one of its own, such as: ip address add fe80::{Suggestion(name)}/128 dev {name}"),
            [var only] => only,
            [] => throw new StartupException(
                $"{name} has no link-local address with prefix length 128, by which the server would know it; "
                + $"add the one that its peer on the server has in AllowedIPs, such as: ip address add fe80::{Suggestion(name)}/128 dev {name}"),
            _ => throw new StartupException(
                $"{name} has {candidates.Length} link-local addresses with prefix length 128 ({string.Join(", ", candidates)}), and only one can be the one that the server knows; remove the others"),
        };
    }

    /// <summary>The peer that the server's address leads to.</summary>
    /// <exception cref="StartupException">There is none.</exception>
    internal static PublicKey ServerOf(WireGuardDevice device)
    {
        // Of several that contain it, WireGuard sends to the longest.
        PublicKey? server = null;
        int longest = -1;
        foreach (WireGuardPeer peer in device.Peers)
        {
            foreach (IpPrefix prefix in peer.AllowedIPs)
            {
                if (prefix.Contains(_serverPrefix) && prefix.Length > longest)
                    (server, longest) = (peer.PublicKey, prefix.Length);
            }
        }

        return server ?? throw new StartupException(
            $"no peer of {device.Name} has {_serverPrefix} in its AllowedIPs, so there is no server to ask; "
            + $"add it to the server's peer: wg set {device.Name} peer KEY allowed-ips +{_serverPrefix} (or list it in the configuration)");
    }

    private static string Suggestion(InterfaceName name) => $"{(ushort)StringComparer.Ordinal.GetHashCode(name.ToString()) | 1:x}";
}
