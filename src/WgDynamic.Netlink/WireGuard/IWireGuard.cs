namespace WgDynamic.Netlink;

/// <summary>An implementation of WireGuard, in the kernel or in userspace. Calls may come concurrently.</summary>
public interface IWireGuard : IDisposable
{
    /// <summary>Reads an interface.</summary>
    /// <param name="name">The interface.</param>
    /// <param name="peers">Is given its peers.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NetlinkException">It cannot be read; <see cref="NetlinkException.IsNoSuchDevice"/> if this implementation has no such interface.</exception>
    ValueTask<WireGuardDevice> GetDeviceAsync(InterfaceName name, IPeerSink peers, CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes peers, in order; what is not mentioned stays as it is. This is not atomic: after a failure or a
    /// cancellation some of the changes may have been made.
    /// </summary>
    /// <param name="name">The interface.</param>
    /// <param name="changes">What to change. The same peer may come several times.</param>
    /// <param name="cancellationToken">Gives up between messages.</param>
    /// <exception cref="NetlinkException">A change was refused; <see cref="NetlinkException.IsNoSuchDevice"/> if this implementation has no such interface.</exception>
    ValueTask ConfigureAsync(InterfaceName name, IReadOnlyList<PeerChange> changes, CancellationToken cancellationToken = default);

    /// <summary>Sets the mark of the packets that the tunnel itself sends; they keep it until they leave.</summary>
    /// <param name="name">The interface.</param>
    /// <param name="mark">The mark; 0 for none.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may be made all the same.</param>
    /// <exception cref="NetlinkException">It was refused; <see cref="NetlinkException.IsNoSuchDevice"/> if this implementation has no such interface.</exception>
    ValueTask SetFirewallMarkAsync(InterfaceName name, uint mark, CancellationToken cancellationToken = default);
}
