namespace WgDynamic.EndToEnd;

/// <summary>A hub whose server answers what the test says, and one client of it, whose leased addresses are 192.168.4.2 and 2001:db8:1234::2.</summary>
internal sealed class PushingHub : IAsyncDisposable
{
    public const string Leased4 = "192.168.4.2";
    public const string Leased6 = "2001:db8:1234::2";

    private readonly Network _network;
    private readonly List<DaemonProcess> _processes = [];

    private PushingHub(Network network) => _network = network;

    public Host Client => _network.Client;

    public Host Hub => _network.Hub;

    /// <summary>The server that runs.</summary>
    public DaemonProcess Server => _processes[^1];

    /// <summary>Builds it, and starts the server.</summary>
    /// <param name="pushed">What it pushes: <see cref="PushAsync"/>.</param>
    /// <param name="isUnprivileged">Whether the client is to run as <see cref="Unprivileged"/>.</param>
    public static async Task<PushingHub> CreateAsync(string pushed, bool isUnprivileged = false)
    {
        PushingHub created = new(await Network.CreateAsync(isUnprivileged: isUnprivileged));
        try
        {
            // What a real server would do.
            await created.Hub.WgAsync($"set {created.Hub.Interface} peer {created.Client.Keys.Public} allowed-ips {Network.LinkLocal(0)}/128,{Leased4}/32,{Leased6}/128");
            // Somewhere behind the hub.
            await created.Hub.IpAsync(["address add 198.51.100.1/32 dev lo", "address add 203.0.113.53/32 dev lo", "address add 2001:db8:ffff::1/128 dev lo"]);
            await created.PushAsync(pushed);
            await created.StartServerAsync();
            return created;
        }
        catch
        {
            await created.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server, again if need be.</summary>
    public async Task StartServerAsync()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "WgDynamic.ScriptedServer");
        _processes.Add(DaemonProcess.Start(Hub.Network, program, Hub.Interface.ToString(), ReplyFile, "203.0.113.53"));
        await Server.WaitForLineAsync("serving");
    }

    /// <summary>What the server pushes from now on.</summary>
    /// <param name="pushed">Lines of a reply, with spaces between: <c>route=10.0.0.0/8 mtu=1380</c>.</param>
    /// <param name="renewAfter">When the client shall ask again, in seconds.</param>
    /// <param name="lease">How long its lease is, in seconds.</param>
    public async Task PushAsync(string pushed, int renewAfter = 1, int lease = 3600)
    {
        string text = string.Join('\n', [$"ip={Leased4}/32", $"ip={Leased6}/128", "leasestart=1", $"leasetime={lease}", $"renewafter={renewAfter}", .. pushed.Split(' ', StringSplitOptions.RemoveEmptyEntries), "errno=0", "", ""]);
        await File.WriteAllTextAsync(ReplyFile + ".new", text);
        File.Move(ReplyFile + ".new", ReplyFile, overwrite: true);
    }

    /// <summary>
    /// <see cref="EverythingAsync"/> but for what is left of a killed client (the route to the server), and what goes with
    /// an interface's last IPv4 address where not the client takes that off (its IPv4 routes).
    /// </summary>
    public static string WithoutKernels(string everything) => string.Join('\n', everything.Split('\n')
        .Where(line => !line.StartsWith("fe80:: ", StringComparison.Ordinal) && !line.StartsWith($"{Network.Pool4} dev", StringComparison.Ordinal)));

    /// <summary>All of the client's machine that pushes may change, sorted: routes, rules, marks, the MTU, AllowedIPs, tables of nft, src_valid_mark.</summary>
    public async Task<string> EverythingAsync()
    {
        List<string> lines =
        [
            .. (await Client.IpAsync("-4 route show table all")).Split('\n'),
            .. (await Client.IpAsync("-6 route show table all")).Split('\n'),
            .. (await RulesAsync("-4")).Select(rule => "4 " + rule),
            .. (await RulesAsync("-6")).Select(rule => "6 " + rule),
            .. (await Client.WgAsync($"show {Client.Interface} allowed-ips")).Split(['\t', ' ', '\n']),
            "fwmark " + await Client.WgAsync($"show {Client.Interface} fwmark"),
            "mtu " + await MtuAsync(),
            "valid mark " + await Client.Network.ExecAsync("cat", "/proc/sys/net/ipv4/conf/all/src_valid_mark"),
            "nft " + await TablesAsync(),
        ];
        // The wire's own link-local address comes when it likes.
        return string.Join('\n', lines.Select(line => line.Trim()).Where(line => !line.Contains("dev wire", StringComparison.Ordinal) || !line.Contains("fe80::", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    public async Task<string> MtuAsync() => (await Client.Network.ExecAsync("cat", $"/sys/class/net/{Client.Interface}/mtu")).Trim();

    public async Task<string[]> RulesAsync(string family) =>
        [.. (await Client.IpAsync($"{family} rule show")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Replace('\t', ' ').Trim())];

    /// <summary>The routes that are the client's doing, but for the one to the server.</summary>
    public async Task<string[]> RoutesAsync() =>
        [.. (await Client.IpAsync("-4 route show table all proto 217")).Split('\n').Concat((await Client.IpAsync("-6 route show table all proto 217")).Split('\n'))
            .Select(line => line.Replace($" dev {Client.Interface}", "", StringComparison.Ordinal).Split(" scope", 2)[0].Split(" metric", 2)[0].Trim())
            .Where(line => line.Length > 0 && line != "fe80::")
            .Order(StringComparer.Ordinal)];

    /// <summary>The tables of nft(8); none where it is not there or the kernel does not know it.</summary>
    public async Task<string> TablesAsync()
    {
        try
        {
            return await Client.Network.ExecAsync("nft", "list", "tables");
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>The client's way to the hub's endpoint becomes nothing but its default route, as it is with a client at home.</summary>
    public Task MakeEndpointRemoteAsync() => Client.IpAsync(["route add default dev wire", "route delete 10.255.0.1 dev wire"]);

    public async ValueTask DisposeAsync()
    {
        foreach (DaemonProcess process in _processes)
            await process.DisposeAsync();
        await _network.DisposeAsync();
    }

    private string ReplyFile => Path.Combine(Hub.RuntimeDirectory, "reply");
}
