using System.Text;

namespace WgDynamic.EndToEnd;

/// <summary>
/// A hub and its clients: machines with a wire from each client to the hub, WireGuard over it, and the pools
/// 192.168.4.0/28 and 2001:db8:1234::/124 as routes of the hub's interface, unless told otherwise.
/// </summary>
internal sealed class Network : IAsyncDisposable
{
    public const string Pool4 = "192.168.4.0/28";
    public const string Pool6 = "2001:db8:1234::/124";

    private readonly List<Host> _clients = [];

    private Network(Host hub) => Hub = hub;

    public Host Hub { get; }

    public IReadOnlyList<Host> Clients => _clients;

    public Host Client => _clients[0];

    /// <summary>Builds it, with tunnels up and no daemon running.</summary>
    /// <param name="clients">How many clients.</param>
    /// <param name="pool4">The IPv4 pool; the hub has its first address.</param>
    /// <param name="pool6">The IPv6 pool; the hub has its first address.</param>
    /// <param name="isUnprivileged">Whether the daemons are to run as <see cref="Unprivileged"/>.</param>
    public static async Task<Network> CreateAsync(int clients = 1, string pool4 = Pool4, string pool6 = Pool6, bool isUnprivileged = false)
    {
        Backend.Require();
        KeyPair[] keys = await KeyPair.GenerateAsync(clients + 1);
        Network network = new(await Host.CreateAsync("hub", keys[0], isUnprivileged));
        try
        {
            for (int i = 0; i < clients; i++)
                network._clients.Add(await Host.CreateAsync($"c{i}", keys[i + 1], isUnprivileged));
            await network.ConnectAsync(pool4, pool6);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public static string LinkLocal(int client) => $"fe80::c:{client + 1:x}";

    public async ValueTask DisposeAsync()
    {
        foreach (Host client in _clients)
            await client.DisposeAsync();
        await Hub.DisposeAsync();
    }

    private async Task ConnectAsync(string pool4, string pool6)
    {
        StringBuilder hub = new($"[Interface]\nPrivateKey = {Hub.Keys.Private}\nListenPort = 51820\n");
        List<string> wires = [];
        for (int i = 0; i < _clients.Count; i++)
        {
            wires.Add($"link add v{i} type veth peer name wire netns {_clients[i].Network.Name}");
            wires.Add($"address add 10.255.0.1 peer {Underlay(i)} dev v{i}");
            wires.Add($"link set v{i} up");
            hub.Append($"[Peer]\nPublicKey = {_clients[i].Keys.Public}\nAllowedIPs = {LinkLocal(i)}/128\n");
        }

        await Hub.IpAsync(wires);
        await Hub.ConfigureAsync(hub.ToString());
        await Hub.IpAsync([
            $"address add fe80::/64 dev {Hub.Interface}",
            $"link set {Hub.Interface} up",
            $"address add {First(pool4)} dev {Hub.Interface}",
            $"address add {First(pool6)} dev {Hub.Interface}",
        ]);
        for (int i = 0; i < _clients.Count; i++)
        {
            Host client = _clients[i];
            await client.ConfigureAsync($"""
                [Interface]
                PrivateKey = {client.Keys.Private}
                [Peer]
                PublicKey = {Hub.Keys.Public}
                Endpoint = 10.255.0.1:51820
                AllowedIPs = fe80::/128, {pool4}, {pool6}
                """);
            await client.IpAsync([
                $"address add {Underlay(i)} peer 10.255.0.1 dev wire",
                "link set wire up",
                $"address add {LinkLocal(i)}/128 dev {client.Interface}",
                $"link set {client.Interface} up",
                $"route add {pool4} dev {client.Interface}",
                $"route add {pool6} dev {client.Interface}",
            ]);
        }
    }

    private static string Underlay(int client) => $"10.200.{client >> 8}.{(client & 255) + 1}";

    private static string First(string pool)
    {
        IpPrefix prefix = IpPrefix.Parse(pool);
        return $"{prefix[1]}/{prefix.Length}";
    }
}
