namespace WgDynamic.TestKit;

/// <summary>A WireGuard interface made by wireguard-go, in a namespace. It ends with the namespace; disposing removes its socket.</summary>
public sealed class WireGuardGo : IDisposable
{
    private WireGuardGo(InterfaceName name) => Name = name;

    /// <summary>The interface.</summary>
    public InterfaceName Name { get; }

    /// <summary>Why there is none here; null if there is.</summary>
    public static string? WhyNot =>
        NetworkNamespace.WhyNot
        ?? (!Command.Exists("wireguard-go") ? "needs wireguard-go"
            : !File.Exists("/dev/net/tun") ? "needs /dev/net/tun, for wireguard-go"
            : null);

    /// <summary>Makes an interface, without a key and down.</summary>
    /// <param name="network">Where.</param>
    /// <param name="through">What becomes wireguard-go in the end, and whose user has its socket then: it ends when that is given to another.</param>
    public static async Task<WireGuardGo> StartAsync(NetworkNamespace network, params string[] through)
    {
        WireGuardGo created = new(RandomName.Interface());
        // It goes to the background once its socket is open.
        string[] command = [.. through, "wireguard-go", created.Name.ToString()];
        await network.ExecAsync(command[0], command[1..]);
        return created;
    }

    /// <summary>Removes the socket, which a killed process leaves behind.</summary>
    public void Dispose() => File.Delete($"/var/run/wireguard/{Name}.sock");
}
