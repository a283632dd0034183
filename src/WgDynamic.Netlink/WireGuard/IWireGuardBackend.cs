namespace WgDynamic.Netlink;

/// <summary>
/// What an implementation of WireGuard can do as it is. What all of them shall do alike is built on that in <see cref="WireGuardClient"/>.
/// </summary>
internal interface IWireGuardBackend : IDisposable
{
    /// <summary>Reads an interface, and hands on whatever peers it has.</summary>
    /// <exception cref="NetlinkException">ENODEV: there is no such interface here.</exception>
    ValueTask<WireGuardDevice> ReadAsync(InterfaceName name, IPeerSink peers, CancellationToken cancellationToken);

    /// <summary>Carries operations out, in order. After a failure some of them have been.</summary>
    /// <exception cref="NetlinkException">ENODEV: there is no such interface here. EINVAL: it does not know what it is asked for.</exception>
    ValueTask ApplyAsync(InterfaceName name, IReadOnlyList<PeerOperation> operations, CancellationToken cancellationToken);

    /// <summary>Sets the mark of the packets that the tunnel itself sends.</summary>
    /// <exception cref="NetlinkException">ENODEV: there is no such interface here.</exception>
    ValueTask SetFirewallMarkAsync(InterfaceName name, uint mark, CancellationToken cancellationToken);
}
