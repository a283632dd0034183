namespace WgDynamic.Netlink;

/// <summary>What can be had of any implementation of WireGuard.</summary>
public static class WireGuardExtensions
{
    /// <summary>Reads an interface with all its peers.</summary>
    /// <param name="wireGuard">The implementation that has it.</param>
    /// <param name="name">The interface.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NetlinkException">It cannot be read; <see cref="NetlinkException.IsNoSuchDevice"/> if this implementation has no such interface.</exception>
    public static async ValueTask<WireGuardDevice> GetDeviceAsync(this IWireGuard wireGuard, InterfaceName name, CancellationToken cancellationToken = default)
    {
        PeerList peers = new();
        WireGuardDevice device = await wireGuard.GetDeviceAsync(name, peers, cancellationToken);
        return device with { Peers = peers.Peers };
    }
}
