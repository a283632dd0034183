namespace WgDynamic.Netlink.Tests;

internal static class BackendExtensions
{
    /// <summary>The interface with all its peers, the throw-away peer among them.</summary>
    public static async ValueTask<WireGuardDevice> ReadAsync(this IWireGuardBackend backend, InterfaceName name, CancellationToken cancellationToken)
    {
        PeerList peers = new();
        WireGuardDevice device = await backend.ReadAsync(name, peers, cancellationToken);
        return device with { Peers = peers.Peers };
    }

    public static bool HasThrowAwayPeer(this WireGuardDevice device) => device.Peers.Any(peer => peer.PublicKey == ThrowAwayPeer.PublicKey);
}
