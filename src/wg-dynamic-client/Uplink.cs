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
            ?? throw new StartupException(InterfaceNeeds.Missing(name).ToString());
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
            throw new StartupException(InterfaceNeeds.ServerIsHere(Link.Name).ToString());
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
        InterfaceProblem? problem = InterfaceNeeds.FindOwnAddress(name, addresses, out IpAddress own);
        return problem is null ? own : throw new StartupException(problem.ToString());
    }

    /// <summary>The peer that the server's address leads to.</summary>
    /// <exception cref="StartupException">There is none.</exception>
    internal static PublicKey ServerOf(WireGuardDevice device)
    {
        InterfaceProblem? problem = InterfaceNeeds.FindServer(device, out WireGuardPeer? server);
        return problem is null ? server!.PublicKey : throw new StartupException(problem.ToString());
    }
}
