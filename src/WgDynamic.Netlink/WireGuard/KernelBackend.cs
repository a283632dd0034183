namespace WgDynamic.Netlink;

/// <summary>WireGuard in the kernel, over generic netlink.</summary>
internal sealed class KernelBackend : IWireGuardBackend
{
    /// <summary>WG_GENL_NAME and WG_GENL_VERSION, linux/wireguard.h.</summary>
    private const string FamilyName = "wireguard";
    private const byte Version = 1;

    // A nest cannot be longer than 65,535 bytes, and the kernel holds its locks for the length of a message.
    private const int MaxMessageSize = 32 * 1024;

    private readonly RequestChannel _channel;
    private readonly ushort _family;

    internal KernelBackend(RequestChannel channel, ushort family)
    {
        _channel = channel;
        _family = family;
    }

    /// <summary>Looks for WireGuard in the kernel.</summary>
    /// <param name="connection">A generic netlink socket; owned by the result, or closed.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The implementation, or null if the kernel has none.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public static async ValueTask<KernelBackend?> TryOpenAsync(INetlinkConnection connection, CancellationToken cancellationToken)
    {
        RequestChannel channel = new(connection, holdsSecrets: true);
        KernelBackend? backend = null;
        try
        {
            if (await FindFamilyAsync(channel, cancellationToken) is { } family)
                backend = new KernelBackend(channel, family);
            return backend;
        }
        finally
        {
            if (backend is null)
                channel.Dispose();
        }
    }

    public async ValueTask<WireGuardDevice> ReadAsync(InterfaceName name, IPeerSink peers, CancellationToken cancellationToken)
    {
        using NetlinkRequest request = Begin($"read WireGuard interface {name}", WireGuardCommand.GetDevice, name, MessageFlags.Dump);
        DeviceReader device = await _channel.QueryAsync(
            request,
            () => new DeviceReader(peers),
            static (device, message) => device.Read(message),
            cancellationToken);
        return device.End();
    }

    public async ValueTask ApplyAsync(InterfaceName name, IReadOnlyList<PeerOperation> operations, CancellationToken cancellationToken)
    {
        DeviceWriter writer = new(operations);
        while (!writer.IsFinished)
        {
            using NetlinkRequest request = Begin($"configure WireGuard interface {name}", WireGuardCommand.SetDevice, name, MessageFlags.None);
            writer.Fill(request);
            await _channel.ExecuteAsync(request, cancellationToken);
        }
    }

    public async ValueTask SetFirewallMarkAsync(InterfaceName name, uint mark, CancellationToken cancellationToken)
    {
        using NetlinkRequest request = Begin($"set fwmark 0x{mark:x} on WireGuard interface {name}", WireGuardCommand.SetDevice, name, MessageFlags.None);
        request.Write(DeviceAttribute.FirewallMark, mark);
        await _channel.ExecuteAsync(request, cancellationToken);
    }

    public void Dispose() => _channel.Dispose();

    private NetlinkRequest Begin(string operation, WireGuardCommand command, InterfaceName name, MessageFlags flags)
    {
        NetlinkRequest request = new(operation, _family, flags, MaxMessageSize);
        request.WriteHeader(new GenericNetlink.Header { Command = (byte)command, Version = Version });
        request.Write(DeviceAttribute.InterfaceName, name.ToString());
        return request;
    }

    internal static async ValueTask<ushort?> FindFamilyAsync(RequestChannel channel, CancellationToken cancellationToken)
    {
        using NetlinkRequest request = GenericNetlink.GetFamily(FamilyName);
        try
        {
            ushort?[] family = await channel.QueryAsync(
                request,
                static () => new ushort?[1],
                static (family, message) => family[0] = GenericNetlink.ReadFamilyId(message),
                cancellationToken);
            return family[0];
        }
        catch (NetlinkException e) when (e.IsNotFound)
        {
            return null;
        }
    }
}
