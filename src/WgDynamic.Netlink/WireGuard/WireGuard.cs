namespace WgDynamic.Netlink;

/// <summary>Finds the implementation of WireGuard that has an interface.</summary>
public static class WireGuard
{
    /// <summary>
    /// Asks the kernel of the calling thread's network namespace first, then the process that listens for the interface in
    /// <c>/var/run/wireguard</c>; and tidies up what a crashed process may have left of a removal.
    /// </summary>
    /// <param name="name">The interface.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The implementation; owned by the caller.</returns>
    /// <exception cref="NetlinkException">The interface cannot be read; <see cref="NetlinkException.IsNoSuchDevice"/> if nobody has a WireGuard interface of this name.</exception>
    public static ValueTask<IWireGuard> OpenAsync(InterfaceName name, CancellationToken cancellationToken = default) =>
        // The socket must be opened before the first await: afterwards the thread may be another.
        OpenAsync(name, NetlinkSocket.Open(NetlinkProtocol.Generic), new UserspaceBackend(), cancellationToken);

    internal static async ValueTask<IWireGuard> OpenAsync(InterfaceName name, INetlinkConnection kernel, UserspaceBackend userspace, CancellationToken cancellationToken)
    {
        if (await KernelBackend.TryOpenAsync(kernel, cancellationToken) is { } backend
            && await TryOpenAsync(backend, name, cancellationToken) is { } inKernel)
            return inKernel;
        return await TryOpenAsync(userspace, name, cancellationToken)
            ?? throw new NetlinkException(
                $"open WireGuard interface {name}",
                Errno.ENODEV,
                $"not a WireGuard interface: neither the kernel's nor that of a process at {userspace.PathOf(name)}");
    }

    // Null: it has no such interface, so the next may be asked.
    private static async ValueTask<IWireGuard?> TryOpenAsync(IWireGuardBackend backend, InterfaceName name, CancellationToken cancellationToken)
    {
        WireGuardClient? client = new(backend);
        try
        {
            await client.TidyAsync(name, cancellationToken);
            (WireGuardClient opened, client) = (client, null);
            return opened;
        }
        catch (NetlinkException e) when (e.IsNoSuchDevice || e.Errno == Errno.EOPNOTSUPP)
        {
            return null;
        }
        finally
        {
            client?.Dispose();
        }
    }
}
