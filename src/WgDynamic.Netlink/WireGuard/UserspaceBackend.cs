namespace WgDynamic.Netlink;

/// <summary>WireGuard in a process, over the protocol of https://www.wireguard.com/xplatform/: a unix socket for each interface.</summary>
/// <param name="directory">Where the sockets are.</param>
internal sealed class UserspaceBackend(string directory = UserspaceBackend.DefaultDirectory) : IWireGuardBackend
{
    /// <summary>Where wireguard-go and the others put their sockets, and wg(8) looks for them.</summary>
    internal const string DefaultDirectory = "/var/run/wireguard";

    /// <summary>Where the socket of an interface is. The name of an interface has no <c>/</c>.</summary>
    public string PathOf(InterfaceName name) => $"{directory}/{name}.sock";

    public async ValueTask<WireGuardDevice> ReadAsync(InterfaceName name, IPeerSink peers, CancellationToken cancellationToken)
    {
        using UapiConnection connection = await UapiConnection.OpenAsync($"read WireGuard interface {name}", PathOf(name), cancellationToken);
        UapiDeviceReader device = new(name, peers);
        await connection.GetAsync(device.Read, cancellationToken);
        return device.End();
    }

    public async ValueTask ApplyAsync(InterfaceName name, IReadOnlyList<PeerOperation> operations, CancellationToken cancellationToken)
    {
        if (operations.Count == 0)
            return;
        using UapiConnection connection = await UapiConnection.OpenAsync($"configure WireGuard interface {name}", PathOf(name), cancellationToken);
        await connection.SetAsync(operations, cancellationToken);
    }

    public async ValueTask SetFirewallMarkAsync(InterfaceName name, uint mark, CancellationToken cancellationToken)
    {
        using UapiConnection connection = await UapiConnection.OpenAsync($"set fwmark 0x{mark:x} on WireGuard interface {name}", PathOf(name), cancellationToken);
        await connection.SetFirewallMarkAsync(mark, cancellationToken);
    }

    public void Dispose()
    {
        // Nothing is held between requests.
    }
}
