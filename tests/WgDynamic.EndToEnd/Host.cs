using System.Text.Json;
using WgDynamic.Control;
using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>A machine of the test's own: a network namespace with a WireGuard interface.</summary>
internal sealed class Host : IAsyncDisposable
{
    private readonly WireGuardGo? _userspace;

    private Host(NetworkNamespace network, WireGuardGo? userspace, InterfaceName name, KeyPair keys)
    {
        Network = network;
        _userspace = userspace;
        Interface = name;
        Keys = keys;
    }

    public NetworkNamespace Network { get; }

    public InterfaceName Interface { get; }

    public KeyPair Keys { get; }

    /// <summary>Where its daemons keep files, and its test may.</summary>
    public string RuntimeDirectory { get; } = Directory.CreateTempSubdirectory("wgd-e2e-").FullName;

    /// <summary>Makes it.</summary>
    /// <param name="label">A word in its name.</param>
    /// <param name="keys">Its keys, which it does not have yet.</param>
    /// <param name="isUnprivileged">Whether its files and its userspace WireGuard are <see cref="Unprivileged"/>'s.</param>
    public static async Task<Host> CreateAsync(string label, KeyPair keys, bool isUnprivileged = false)
    {
        NetworkNamespace network = await NetworkNamespace.CreateAsync(label);
        if (!Backend.IsKernel)
        {
            WireGuardGo userspace = await WireGuardGo.StartAsync(network, isUnprivileged ? Unprivileged.Become : []);
            return await PrepareAsync(new Host(network, userspace, userspace.Name, keys), isUnprivileged);
        }

        InterfaceName name = RandomName.Interface();
        await Command.RunAsync("ip", "-n", network.Name, "link", "add", name.ToString(), "type", "wireguard");
        return await PrepareAsync(new Host(network, null, name, keys), isUnprivileged);
    }

    private static async Task<Host> PrepareAsync(Host host, bool isUnprivileged)
    {
        if (isUnprivileged)
            await Unprivileged.GiveAsync(host.RuntimeDirectory);
        return host;
    }

    /// <summary>ip(8) in the namespace.</summary>
    public Task<string> IpAsync(string arguments) => Command.RunAsync("ip", ["-n", Network.Name, .. arguments.Split(' ')]);

    /// <summary>Many commands of ip(8) in the namespace, in one process: starting one takes its time in the virtual machine.</summary>
    public async Task IpAsync(IEnumerable<string> commands)
    {
        string file = Path.Combine(RuntimeDirectory, "ip.batch");
        await File.WriteAllLinesAsync(file, commands);
        await IpAsync($"-batch {file}");
    }

    /// <summary>wg(8) in the namespace.</summary>
    public Task<string> WgAsync(string arguments) => Network.ExecAsync("wg", arguments.Split(' '));

    /// <summary>wg setconf, with the private key in a file that only this test can read.</summary>
    public async Task ConfigureAsync(string configuration)
    {
        string file = Path.Combine(RuntimeDirectory, "wg.conf");
        await File.WriteAllTextAsync(file, configuration);
        await WgAsync($"setconf {Interface} {file}");
    }

    /// <summary>The control socket of one of its daemons.</summary>
    public string SocketOf(DaemonRole role) => ControlSocket.PathOf(RuntimeDirectory, Interface, role);

    /// <summary>Asks one of its daemons.</summary>
    public async Task<T[]> AskAsync<T>(DaemonRole role, ControlRequest request, Stream? upload = null)
        where T : ControlAnswer
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using ControlConnection connection = await ControlConnection.ConnectAsync(SocketOf(role), token);
        return [.. (await connection.AskAsync(request, upload, token).ToListAsync(token)).Select(answer => Assert.IsAssignableFrom<T>(answer))];
    }

    public DaemonProcess StartServer(params string[] arguments) => Start("wg-dynamic-server", [.. arguments.Contains("--database") ? [] : new[] { "--database", Database }, .. arguments]);

    /// <summary>Where this host's server keeps its leases.</summary>
    public string Database => Path.Combine(RuntimeDirectory, "leases.db");

    public DaemonProcess StartClient(params string[] arguments) => Start("wg-dynamic-client", arguments);

    /// <summary>Starts a client by another program: <see cref="DaemonProcess.StartThrough"/>.</summary>
    public DaemonProcess StartClientThrough(IReadOnlyList<string> through, params string[] arguments) =>
        DaemonProcess.StartThrough(Network, through, "wg-dynamic-client", ["--foreground", "--log-level", "debug", "--runtime-directory", RuntimeDirectory, .. arguments, Interface.ToString()]);

    /// <summary>Starts a daemon for this host's interface, in the foreground.</summary>
    public DaemonProcess Start(string program, params string[] arguments) =>
        DaemonProcess.Start(Network, program, ["--foreground", "--log-level", "debug", "--runtime-directory", RuntimeDirectory, .. arguments, Interface.ToString()]);

    /// <summary>Starts a daemon as it is without options, which goes to the background.</summary>
    public DaemonProcess StartInBackground(string program) =>
        DaemonProcess.Start(Network, program, [.. program == "wg-dynamic-server" ? new[] { "--ephemeral" } : [], "--runtime-directory", RuntimeDirectory, Interface.ToString()]);

    /// <summary>The addresses of the interface but for link-local ones, sorted, each as address/length.</summary>
    public Task<string[]> AddressesAsync() => AddressesAsync(Interface.ToString());

    /// <summary>The same of any interface; none where it is not there.</summary>
    public async Task<string[]> AddressesAsync(string interfaceName)
    {
        using JsonDocument json = JsonDocument.Parse(await IpAsync("-j address show"));
        return
        [
            .. from link in json.RootElement.EnumerateArray()
               where link.TryGetProperty("ifname", out JsonElement name) && name.GetString() == interfaceName
               from address in link.GetProperty("addr_info").EnumerateArray()
               where address.TryGetProperty("scope", out JsonElement scope) && scope.GetString() == "global"
               orderby address.GetProperty("family").GetString()
               select $"{address.GetProperty("local").GetString()}/{address.GetProperty("prefixlen").GetInt32()}",
        ];
    }

    /// <summary>How long the kernel will keep the shortest-lived of them.</summary>
    public async Task<TimeSpan> ShortestLifetimeAsync()
    {
        using JsonDocument json = JsonDocument.Parse(await IpAsync($"-j address show dev {Interface}"));
        return TimeSpan.FromSeconds((from link in json.RootElement.EnumerateArray()
                                     where link.TryGetProperty("addr_info", out _)
                                     from address in link.GetProperty("addr_info").EnumerateArray()
                                     where address.TryGetProperty("scope", out JsonElement scope) && scope.GetString() == "global"
                                     select address.GetProperty("valid_life_time").GetInt64()).Min());
    }

    /// <summary>What a peer may send from and be sent to, as the device has it, sorted.</summary>
    public async Task<string[]> AllowedIPsAsync(Host peer) =>
        [.. (await WgAsync($"show {Interface} allowed-ips")).Split('\n')
            .Select(line => line.Split('\t'))
            .Where(parts => parts[0] == peer.Keys.Public && parts.Length > 1 && parts[1] != "(none)")
            .SelectMany(parts => parts[1].Split(' '))
            .Order(StringComparer.Ordinal)];

    public Task PingAsync(string destination, string source) =>
        Network.ExecAsync("ping", "-n", "-c", "1", "-W", "10", "-I", source, destination);

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        _userspace?.Dispose();
        Directory.Delete(RuntimeDirectory, recursive: true);
    }
}
