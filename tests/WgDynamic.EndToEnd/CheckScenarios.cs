using System.Diagnostics;
using System.Text.Json;

namespace WgDynamic.EndToEnd;

/// <summary><c>wg-dynamic check</c>: each line fails when the very thing is broken that it is about, and passes again when it is mended.</summary>
public sealed class CheckScenarios
{
    [Fact]
    public async Task A_client_that_works_has_nothing_wrong_and_each_thing_that_breaks_is_found_by_its_own_line()
    {
        await using Network network = await Network.CreateAsync();
        Host host = network.Client;
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        DaemonProcess client = host.StartClient();
        await client.WaitForLineAsync("leased ");
        await Until.AsExpectedAsync(host.AddressesAsync, found => found.Length == 2);

        Report well = await CheckAsync(host);
        Assert.Equal(0, well.ExitCode);
        Assert.All(well.Lines, line => Assert.Equal("Pass", line.Status));
        Assert.Equal(
            ["role", "interface", "wireguard", "link", "address", "server-peer", "route", "endpoint", "handshake", "keepalive", "daemon", "lease", "leased-addresses", "pushed", "clock"],
            well.Lines.Select(line => line.Check));
        Assert.Contains("a client runs for it", well.Lines[0].Message, StringComparison.Ordinal);

        // While the client stands still, so that it mends nothing.
        await client.SignalAsync("STOP");
        string leased = (await host.AddressesAsync())[0];
        Line daemon = (await CheckAsync(host)).Only("daemon");
        Assert.Equal("Fail", daemon.Status);
        Assert.Contains("does not answer within 5 s", daemon.Message, StringComparison.Ordinal);
        await client.SignalAsync("CONT");
        await client.SignalAsync("KILL");
        await client.WaitForExitAsync();
        await client.DisposeAsync();

        daemon = (await CheckAsync(host)).Only("daemon");
        Assert.Equal(("Fail", $"no wg-dynamic-client runs for {host.Interface}"), (daemon.Status, daemon.Message));
        Assert.Contains($"wg-dynamic-client {host.Interface}", daemon.Remedy, StringComparison.Ordinal);
        Assert.NotEmpty(leased);

        await BreaksAsync(host, "address", "Fail", "no link-local address", "fe80::", () => host.IpAsync($"address delete {Network.LinkLocal(0)}/128 dev {host.Interface}"), () => host.IpAsync($"address add {Network.LinkLocal(0)}/128 dev {host.Interface}"));
        await BreaksAsync(host, "address", "Fail", "2 link-local addresses", "remove the others", () => host.IpAsync($"address add fe80::77/128 dev {host.Interface}"), () => host.IpAsync($"address delete fe80::77/128 dev {host.Interface}"));
        await BreaksAsync(host, "server-peer", "Fail", "no server to ask", "allowed-ips +fe80::/128", () => AllowAsync(host, network.Hub, Network.Pool4), () => AllowAsync(host, network.Hub, $"fe80::/128,{Network.Pool4},{Network.Pool6}"));
        await BreaksAsync(host, "server-peer", "Warn", "the longest prefix wins", "leave it to one of them", () => SpareAsync(host, "fe80::/64"), () => SpareAsync(host, "192.0.2.1/32"));
        await BreaksAsync(host, "route", "Fail", "no route leads to fe80::", "ip -6 route add", () => host.IpAsync($"-6 route flush dev {host.Interface}"), null);
        await BreaksAsync(host, "link", "Fail", "is down", $"ip link set {host.Interface} up", () => host.IpAsync($"link set {host.Interface} down"), () => host.IpAsync($"link set {host.Interface} up"));

        // Another server, whom nobody has ever heard of: the hub forgets this client, and does not say where it is.
        await network.Hub.WgAsync($"set {network.Hub.Interface} peer {host.Keys.Public} remove");
        await host.WgAsync($"set {host.Interface} peer {network.Hub.Keys.Public} remove");
        await AllowAsync(host, network.Hub, "fe80::/128");
        Report unknown = await CheckAsync(host);
        Assert.Equal("Fail", unknown.Only("endpoint").Status);
        Assert.Contains("endpoint HOST:PORT", unknown.Only("endpoint").Remedy, StringComparison.Ordinal);
        Assert.Equal(("Warn", "there has been no handshake with the server"), (unknown.Only("handshake").Status, unknown.Only("handshake").Message));
        Assert.Contains("firewall", unknown.Only("handshake").Remedy, StringComparison.Ordinal);
        await host.WgAsync($"set {host.Interface} peer {network.Hub.Keys.Public} endpoint 203.0.113.9:51820");
        await host.IpAsync("route add 203.0.113.9 via 10.255.0.1 dev wire");
        Line keepalive = (await CheckAsync(host)).Only("keepalive");
        Assert.Equal("Warn", keepalive.Status);
        Assert.Contains("persistent-keepalive 25", keepalive.Remedy, StringComparison.Ordinal);
        await host.WgAsync($"set {host.Interface} peer {network.Hub.Keys.Public} persistent-keepalive 25");
        Assert.Equal("Pass", (await CheckAsync(host)).Only("keepalive").Status);

        // It asks on, and nobody answers.
        await host.IpAsync($"address replace {Network.LinkLocal(0)}/128 dev {host.Interface}");
        await host.IpAsync($"address flush dev {host.Interface} scope global");
        await using DaemonProcess again = host.StartClient();
        await again.WaitForLineAsync("asking ");
        Line lease = (await CheckAsync(host)).Only("lease");
        Assert.Equal("Fail", lease.Status);
        Assert.Contains($"{Network.LinkLocal(0)}/128", lease.Remedy, StringComparison.Ordinal);

        await host.IpAsync($"link delete {host.Interface}");
        Report gone = await CheckAsync(host, "--role", "client");
        Assert.Equal((1, "Fail"), (gone.ExitCode, gone.Only("interface").Status));
        Assert.Contains("wg-quick up", gone.Only("interface").Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_works_has_nothing_wrong_and_each_thing_that_breaks_is_found_by_its_own_line()
    {
        await using Network network = await Network.CreateAsync();
        Host hub = network.Hub;
        await hub.Network.ExecAsync("sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        string configuration = Path.Combine(hub.RuntimeDirectory, "server.conf");
        await File.WriteAllTextAsync(configuration, "[Server]\nLeaseTime = 1h\n", TestContext.Current.CancellationToken);
        DaemonProcess server = hub.StartServer("--config", configuration);
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");

        Report well = await Until.AsExpectedAsync(() => CheckAsync(hub), report => report.ExitCode == 0);
        Assert.All(well.Lines, line => Assert.Equal("Pass", line.Status));
        Assert.Equal(
            ["role", "interface", "wireguard", "link", "address", "peers", "configuration", "daemon", "runtime-directory", "store", "pools", "pool-usage", "allowed-ips", "addresses", "forwarding", "forwarding", "clock"],
            well.Lines.Select(line => line.Check));
        string address = (await network.Client.AddressesAsync())[0];

        await File.WriteAllTextAsync(configuration, "[Server]\nLeasTime = 1h\n", TestContext.Current.CancellationToken);
        Line wrong = (await CheckAsync(hub)).Only("configuration");
        Assert.Equal("Fail", wrong.Status);
        Assert.StartsWith($"{configuration}:2: [Server] has no key LeasTime", wrong.Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(configuration, "[Server]\nLeaseTime = 1h\n", TestContext.Current.CancellationToken);

        await BreaksAsync(hub, "forwarding", "Warn", "net.ipv4.ip_forward is off", "sysctl -w", () => hub.Network.ExecAsync("sysctl", "-q", "-w", "net.ipv4.ip_forward=0"), () => hub.Network.ExecAsync("sysctl", "-q", "-w", "net.ipv4.ip_forward=1"));
        await BreaksAsync(hub, "runtime-directory", "Fail", "everybody may write", "chmod 2755", () => Task.Run(() => File.SetUnixFileMode(hub.RuntimeDirectory, (UnixFileMode)0b111_111_111)), () => Task.Run(() => File.SetUnixFileMode(hub.RuntimeDirectory, (UnixFileMode)0b111_101_101)));
        await BreaksAsync(hub, "peers", "Fail", "which takes in link-local addresses of other peers", "one link-local address of its own", () => SpareAsync(hub, "fe80::/16,fe80::99/128"), () => SpareAsync(hub, "fe80::99/128"));
        await BreaksAsync(hub, "peers", "Fail", "which is the server's own address", "one link-local address of its own", () => SpareAsync(hub, "fe80::/128,fe80::99/128"), () => SpareAsync(hub, "fe80::99/128"));
        await BreaksAsync(hub, "peers", "Warn", "1 peer has no link-local address", "+fe80::", () => SpareAsync(hub, "198.51.100.7/32"), () => SpareAsync(hub, "fe80::99/128"));
        // While the server stands still it mends nothing, and answers nothing: so these are looked at before it has.
        await BreaksAsync(hub, "allowed-ips", "Fail", $"{address.Split('/')[0]} is leased to {network.Client.Keys.Public}, and not in its AllowedIPs", "wg syncconf", () => AllowAsync(hub, network.Client, $"{Network.LinkLocal(0)}/128"), null, isMendedByServer: true);
        await BreaksAsync(hub, "addresses", "Fail", "and inside of 192.168.4.0/28", "wg-dynamic revoke", () => SpareAsync(hub, "fe80::99/128,192.168.4.0/28"), () => SpareAsync(hub, "fe80::99/128"));
        await BreaksAsync(hub, "address", "Fail", "at which clients look for the server", "ip address add fe80::/64", () => hub.IpAsync($"address delete fe80::/64 dev {hub.Interface}"), () => hub.IpAsync($"address add fe80::/64 dev {hub.Interface}"));

        await server.StopAsync();
        await server.DisposeAsync();
        Report stopped = await CheckAsync(hub);
        Assert.Equal(("Fail", "Pass"), (stopped.Only("daemon").Status, stopped.Only("port").Status));
        await using DaemonProcess stranger = DaemonProcess.Start(hub.Network, Path.Combine(AppContext.BaseDirectory, "WgDynamic.ScriptedServer"), hub.Interface.ToString(), Path.Combine(hub.RuntimeDirectory, "reply"), "203.0.113.53");
        await stranger.WaitForLineAsync("serving");
        Line port = (await CheckAsync(hub)).Only("port");
        Assert.Equal("Fail", port.Status);
        Assert.Contains("ss -ltnp", port.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pools_that_are_nearly_full_or_not_there_are_said()
    {
        await using Network network = await Network.CreateAsync(1, "192.168.4.0/30", "2001:db8:1234::/127");
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        Report full = await CheckAsync(network.Hub);
        Line[] usage = [.. full.Lines.Where(line => line.Check == "pool-usage" && line.Status == "Warn")];
        Assert.True(usage.Length == 2, full.ToString());
        Assert.All(usage, line => Assert.Contains("100% of the addresses", line.Message, StringComparison.Ordinal));

        await network.Hub.IpAsync($"address flush dev {network.Hub.Interface} scope global");
        Report none = await Until.AsExpectedAsync(() => CheckAsync(network.Hub), report => report.Only("pools").Status == "Fail");
        Assert.Contains("ip address add", none.Only("pools").Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_root_hears_what_needs_root_and_how_to_be_allowed_to_ask()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("asking ");
        File.SetUnixFileMode(network.Client.RuntimeDirectory, (UnixFileMode)0b111_101_101);
        Report report = await CheckAsync(network.Client, ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"], "--role", "client");
        Assert.StartsWith("needs root: ", report.Only("wireguard").Message, StringComparison.Ordinal);
        Assert.Contains("usermod -aG wg-dynamic", report.Only("daemon").Remedy, StringComparison.Ordinal);
        Assert.Equal("", report.Error);
    }

    [Fact]
    public async Task For_people_it_is_a_line_for_each_and_an_interface_that_is_neither_is_said_to_be()
    {
        await using Network network = await Network.CreateAsync();
        await network.Client.IpAsync("link add other type veth peer name another");
        (int status, string said, _) = await RunAsync(network.Client, [], ["check", "other", "--runtime-directory", network.Client.RuntimeDirectory]);
        Assert.Equal(1, status);
        Assert.Contains("FAIL  wireguard: other is no WireGuard interface", said, StringComparison.Ordinal);
        Assert.Contains("FAIL  link: other is down; bring it up: ip link set other up\n", said, StringComparison.Ordinal);
        Assert.Contains("FAIL  role: it is not to be seen whether other is a server's or a client's; say it: wg-dynamic check other --role server", said, StringComparison.Ordinal);
        (status, said, _) = await RunAsync(network.Client, [], ["quick", "status", "--json"]);
        using JsonDocument quick = JsonDocument.Parse(said);
        Assert.Equal((0, false), (status, quick.RootElement.GetProperty("wrapper").GetBoolean()));
        Assert.EndsWith("/wg-quick", quick.RootElement.GetProperty("stock").GetString(), StringComparison.Ordinal);
    }

    private static async Task BreaksAsync(Host host, string check, string status, string message, string remedy, Func<Task> breaks, Func<Task>? mend, bool isMendedByServer = false)
    {
        // What the server mends within seconds is broken anew where it was faster than we were.
        Report? broken = null;
        for (int tried = 0; tried < (isMendedByServer ? 5 : 1) && broken?.Lines.Any(line => line.Check == check && line.Status == status) != true; tried++)
        {
            await breaks();
            broken = await CheckAsync(host);
        }

        Assert.True(
            broken!.Lines.Any(line => line.Check == check && line.Status == status && line.Message.Contains(message, StringComparison.Ordinal) && line.Remedy?.Contains(remedy, StringComparison.Ordinal) == true),
            $"no {status} of {check} with '{message}' and '{remedy}' in:\n{string.Join('\n', broken.Lines)}");
        Assert.Equal(broken.Lines.Any(line => line.Status == "Fail") ? 1 : 0, broken.ExitCode);
        if (mend is null)
            return;
        await mend();
        await Until.AsExpectedAsync(() => CheckAsync(host), report => report.Lines.Where(line => line.Check == check).All(line => line.Status == "Pass"));
    }

    private static Task AllowAsync(Host host, Host peer, string prefixes) => host.WgAsync($"set {host.Interface} peer {peer.Keys.Public} allowed-ips {prefixes}");

    // A peer that never is there.
    private static Task SpareAsync(Host host, string prefixes) => host.WgAsync($"set {host.Interface} peer xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= allowed-ips {prefixes}");

    private static Task<Report> CheckAsync(Host host, params string[] arguments) => CheckAsync(host, [], arguments);

    private static async Task<Report> CheckAsync(Host host, string[] through, params string[] arguments)
    {
        (int status, string said, string error) = await RunAsync(host, through, ["check", host.Interface.ToString(), "--json", "--runtime-directory", host.RuntimeDirectory, .. arguments]);
        return new Report(status, [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read)], error);
    }

    private static Line Read(string json)
    {
        using JsonDocument line = JsonDocument.Parse(json);
        string? Of(string name) => line.RootElement.GetProperty(name).GetString();
        return new Line(Of("check")!, Of("status")!, Of("message")!, Of("remedy"));
    }

    private static async Task<(int Status, string Said, string Error)> RunAsync(Host host, string[] through, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", host.Network.Name, .. through, Path.Combine(Backend.PublishDirectory, "wg-dynamic"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said, await error);
    }

    private sealed record Line(string Check, string Status, string Message, string? Remedy);

    private sealed record Report(int ExitCode, IReadOnlyList<Line> Lines, string Error)
    {
        public override string ToString() => $"{ExitCode}\n{string.Join('\n', Lines)}\n{Error}";

        public Line Only(string check) => Lines.SingleOrDefault(line => line.Check == check) ?? throw new InvalidOperationException($"not one {check} in:\n{string.Join('\n', Lines)}\n{Error}");
    }
}
