using WgDynamic.Netlink;

namespace WgDynamic.Client;

/// <summary>
/// Takes a leased address off an interface and nothing else. With the last IPv4 address of an interface Linux drops
/// all IPv4 routes through it (fib_disable_ip(), net/ipv4/fib_frontend.c), those of the operator and of wg-quick too.
/// </summary>
internal static class AddressRemoval
{
    // RTPROT_KERNEL, linux/rtnetlink.h: routes that come and go with an address.
    private const int Kernel = 2;

    /// <summary>Removes the address, if it is there.</summary>
    /// <exception cref="NetlinkException">The kernel refused; there may be no such interface.</exception>
    public static async ValueTask RemoveAsync(RouteClient routes, int interfaceIndex, IpAddress address)
    {
        List<Route> before = address.IsIPv6 ? [] : await IPv4RoutesAsync(routes, interfaceIndex);
        _ = await routes.DeleteAddressAsync(interfaceIndex, address, address.BitLength);
        if (before.Count == 0)
            return;
        List<Route> left = await IPv4RoutesAsync(routes, interfaceIndex);
        // What goes by a gateway needs the route to the gateway first.
        foreach (Route route in before.Except(left).Where(route => route.PreferredSource != address).OrderBy(route => route.Gateway is not null))
            await TryAddAsync(routes, route);
    }

    private static async ValueTask<List<Route>> IPv4RoutesAsync(RouteClient routes, int interfaceIndex) =>
        [.. (await routes.GetRoutesAsync(interfaceIndex)).Where(route => !route.Destination.Address.IsIPv6 && route.Protocol != Kernel && route.NextHops.Count == 0)];

    private static async ValueTask TryAddAsync(RouteClient routes, Route route)
    {
        try
        {
            await routes.AddRouteAsync(route);
        }
        catch (NetlinkException)
        {
            // The link is down, or somebody else was faster.
        }
    }
}
