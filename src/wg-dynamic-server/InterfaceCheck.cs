using WgDynamic.Daemon;
using WgDynamic.Netlink;
using WgDynamic.Protocol;

namespace WgDynamic.Server;

/// <summary>Whether an interface is one that can be served, and if not, what to do about it.</summary>
internal static class InterfaceCheck
{
    private const int AssignedPrefixLength = 64;

    /// <summary>Finds the interface.</summary>
    /// <exception cref="StartupException">It does not exist.</exception>
    public static async ValueTask<Link> FindAsync(RouteClient routes, InterfaceName name, CancellationToken cancellationToken) =>
        await routes.FindLinkAsync(name, cancellationToken)
            ?? throw new StartupException(InterfaceNeeds.Missing(name).ToString());

    /// <summary>Checks that the interface has the server's address, and puts it there if that is wanted.</summary>
    /// <returns>Whether it had the address.</returns>
    /// <exception cref="StartupException">It does not have it.</exception>
    public static async ValueTask<bool> RequireServerAddressAsync(RouteClient routes, Link link, bool assign, CancellationToken cancellationToken)
    {
        if (await HasServerAddressAsync(routes, link.Index, cancellationToken))
            return true;
        if (!assign)
            throw new StartupException(InterfaceNeeds.NoServerAddress(link.Name).ToString());
        await AssignServerAddressAsync(routes, link.Index, cancellationToken);
        return false;
    }

    public static async ValueTask<bool> HasServerAddressAsync(RouteClient routes, int interfaceIndex, CancellationToken cancellationToken) =>
        (await routes.GetAddressesAsync(interfaceIndex, cancellationToken)).Any(address => address.Address == WireLimits.ServerAddress);

    public static ValueTask AssignServerAddressAsync(RouteClient routes, int interfaceIndex, CancellationToken cancellationToken) =>
        routes.ReplaceAddressAsync(
            new InterfaceAddress { InterfaceIndex = interfaceIndex, Address = WireLimits.ServerAddress, PrefixLength = AssignedPrefixLength },
            cancellationToken);
}
