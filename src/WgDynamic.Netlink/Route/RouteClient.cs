namespace WgDynamic.Netlink;

/// <summary>
/// Reads and changes links, addresses, routes and routing rules of the network namespace it was opened in.
/// Calls may come concurrently; they are carried out one at a time.
/// </summary>
public sealed class RouteClient : IDisposable
{
    /// <summary>
    /// The protocol number (<c>rtm_protocol</c>) that marks routes as ours. From 4 (RTPROT_STATIC) up the kernel only passes it on;
    /// this one is used by nobody in linux/rtnetlink.h or iproute2's rt_protos.
    /// </summary>
    public const int RouteProtocol = 0xD9;

    private readonly RequestChannel _channel;

    internal RouteClient(INetlinkConnection connection) => _channel = new RequestChannel(connection);

    /// <summary>Opens a client in the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkException">The kernel gives no socket.</exception>
    public static RouteClient Open() => new(NetlinkSocket.Open(NetlinkProtocol.Route));

    /// <summary>Finds a link by name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The link, or null if there is none of this name.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public async ValueTask<Link?> FindLinkAsync(InterfaceName name, CancellationToken cancellationToken = default)
    {
        using NetlinkRequest request = LinkMessage.Get(name);
        try
        {
            List<Link> links = await ListAsync(request, static message => LinkMessage.Read(message), cancellationToken);
            return links is [{ } link, ..] ? link : null;
        }
        catch (NetlinkException e) when (e.IsNoSuchDevice)
        {
            return null;
        }
    }

    /// <summary>Reads all links.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public async ValueTask<List<Link>> GetLinksAsync(CancellationToken cancellationToken = default)
    {
        using NetlinkRequest request = LinkMessage.Get(name: null);
        return await ListAsync(request, static message => LinkMessage.Read(message), cancellationToken);
    }

    /// <summary>Sets a link up or down.</summary>
    /// <param name="index">The link.</param>
    /// <param name="up">Whether it shall be up.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may be made all the same.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public ValueTask SetLinkUpAsync(int index, bool up, CancellationToken cancellationToken = default) =>
        ExecuteAsync(LinkMessage.SetUp(index, up), cancellationToken);

    /// <summary>Sets the largest packet that a link carries.</summary>
    /// <param name="index">The link.</param>
    /// <param name="mtu">The size, in bytes.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may be made all the same.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public ValueTask SetLinkMtuAsync(int index, int mtu, CancellationToken cancellationToken = default) =>
        ExecuteAsync(LinkMessage.SetMtu(index, mtu), cancellationToken);

    /// <summary>Reads addresses, IPv4 and IPv6.</summary>
    /// <param name="interfaceIndex">The interface; 0 for all.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NetlinkException">The kernel refused; there may be no such interface.</exception>
    public async ValueTask<List<InterfaceAddress>> GetAddressesAsync(int interfaceIndex, CancellationToken cancellationToken = default)
    {
        using NetlinkRequest request = AddressMessage.GetAll(interfaceIndex);
        List<InterfaceAddress> addresses = await ListAsync(request, static message => AddressMessage.Read(message), cancellationToken);
        // Kernels before 5.0 know no filter.
        if (interfaceIndex != 0)
            _ = addresses.RemoveAll(address => address.InterfaceIndex != interfaceIndex);
        return addresses;
    }

    /// <summary>Adds an address, or gives the one that is there new lifetimes and flags. IPv6 addresses are usable at once.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may be made all the same.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public ValueTask ReplaceAddressAsync(InterfaceAddress address, CancellationToken cancellationToken = default) =>
        ExecuteAsync(AddressMessage.Add(address, MessageFlags.Replace), cancellationToken);

    /// <summary>Adds an address. IPv6 addresses are usable at once.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may be made all the same.</param>
    /// <exception cref="NetlinkException">The kernel refused; <see cref="NetlinkException.IsExists"/> if it is there.</exception>
    public ValueTask AddAddressAsync(InterfaceAddress address, CancellationToken cancellationToken = default) =>
        ExecuteAsync(AddressMessage.Add(address, MessageFlags.Exclusive), cancellationToken);

    /// <summary>Removes an address that has no <see cref="InterfaceAddress.Peer"/>.</summary>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">Its prefix length: one address may be there with several.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may be made all the same.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="NetlinkException">The kernel refused; there may be no such interface.</exception>
    public ValueTask<bool> DeleteAddressAsync(int interfaceIndex, IpAddress address, int prefixLength, CancellationToken cancellationToken = default) =>
        TryExecuteAsync(AddressMessage.Delete(interfaceIndex, address, prefixLength), cancellationToken);

    /// <summary>Reads routes, IPv4 and IPv6, of all tables.</summary>
    /// <param name="interfaceIndex">The interface they use; 0 for all.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NetlinkException">The kernel refused; there may be no such interface.</exception>
    public async ValueTask<List<Route>> GetRoutesAsync(int interfaceIndex, CancellationToken cancellationToken = default)
    {
        List<Route> routes = [];
        foreach (byte family in AddressFamilyNumber.Both)
        {
            using NetlinkRequest request = RouteRequest.GetAll(family, interfaceIndex);
            routes.AddRange(await ListAsync(request, static message => RouteMessage.Read(message), cancellationToken));
        }

        // Kernels before 5.0 know no filter.
        if (interfaceIndex != 0)
            _ = routes.RemoveAll(route => !route.Uses(interfaceIndex));
        return routes;
    }

    /// <summary>Adds a route.</summary>
    /// <param name="route">The route.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may be made all the same.</param>
    /// <exception cref="NetlinkException">The kernel refused; <see cref="NetlinkException.IsExists"/> if one to the same destination with the same priority is there.</exception>
    public ValueTask AddRouteAsync(Route route, CancellationToken cancellationToken = default) =>
        ExecuteAsync(RouteRequest.Add(route), cancellationToken);

    /// <summary>Removes a route.</summary>
    /// <param name="route">The route: all that it says must fit, the protocol too.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may be made all the same.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public ValueTask<bool> DeleteRouteAsync(Route route, CancellationToken cancellationToken = default) =>
        TryExecuteAsync(RouteRequest.Delete(route), cancellationToken);

    /// <summary>Reads the rules that say in which table routes are looked up, IPv4 and IPv6.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public async ValueTask<List<RoutingRule>> GetRulesAsync(CancellationToken cancellationToken = default)
    {
        List<RoutingRule> rules = [];
        foreach (byte family in AddressFamilyNumber.Both)
        {
            using NetlinkRequest request = RuleMessage.GetAll(family);
            rules.AddRange(await ListAsync(request, static message => RuleMessage.Read(message), cancellationToken));
        }

        return rules;
    }

    /// <summary>Adds a routing rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may be made all the same.</param>
    /// <exception cref="NetlinkException">The kernel refused; <see cref="NetlinkException.IsExists"/> if it is there.</exception>
    public ValueTask AddRuleAsync(RoutingRule rule, CancellationToken cancellationToken = default) =>
        ExecuteAsync(RuleMessage.Add(rule), cancellationToken);

    /// <summary>Removes a routing rule.</summary>
    /// <param name="rule">The rule: all that it says must fit. The protocol does not count on kernels that do not look at it.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may be made all the same.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public ValueTask<bool> DeleteRuleAsync(RoutingRule rule, CancellationToken cancellationToken = default) =>
        TryExecuteAsync(RuleMessage.Delete(rule), cancellationToken);

    /// <summary>Looks up the route that the kernel would use.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="interfaceIndex">The interface it must leave by; 0 for any.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The route as it is in its table, or null if none leads there.</returns>
    /// <exception cref="NetlinkException">The kernel refused; there may be no such interface.</exception>
    public async ValueTask<Route?> LookupRouteAsync(IpAddress destination, int interfaceIndex, CancellationToken cancellationToken = default)
    {
        using NetlinkRequest request = RouteRequest.Lookup(destination, interfaceIndex);
        try
        {
            List<Route> routes = await ListAsync(request, static message => RouteMessage.Read(message), cancellationToken);
            return routes is [{ Type: not (RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit) } route, ..] ? route : null;
        }
        catch (NetlinkException e) when (e.IsNetworkUnreachable || IsRefusalByRoute(e))
        {
            return null;
        }
    }

    /// <summary>Closes the socket; a call that waits fails.</summary>
    public void Dispose() => _channel.Dispose();

    // What routes of the types prohibit and blackhole answer with (fib_props[], net/ipv4/fib_semantics.c);
    // a request that is wrong itself is EINVAL as well, but explains itself.
    private static bool IsRefusalByRoute(NetlinkException e) => e.Errno is Errno.EACCES or Errno.EINVAL && e.KernelMessage is null;

    private delegate T? MessageParser<T>(NetlinkMessage message);

    private ValueTask<List<T>> ListAsync<T>(NetlinkRequest request, MessageParser<T> parse, CancellationToken cancellationToken)
        where T : class =>
        _channel.QueryAsync(
            request,
            static () => new List<T>(),
            (items, message) =>
            {
                if (parse(message) is { } item)
                    items.Add(item);
            },
            cancellationToken);

    private async ValueTask ExecuteAsync(NetlinkRequest request, CancellationToken cancellationToken)
    {
        using (request)
            await _channel.ExecuteAsync(request, cancellationToken);
    }

    private async ValueTask<bool> TryExecuteAsync(NetlinkRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(request, cancellationToken);
            return true;
        }
        catch (NetlinkException e) when (e.IsNotFound)
        {
            return false;
        }
    }
}
