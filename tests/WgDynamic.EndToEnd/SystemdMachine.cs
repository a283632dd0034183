using System.Diagnostics;
using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>
/// The virtual machine with a systemd of its own and our packages in it, and behind a wire the far end of its tunnel, in a
/// namespace. There is one such machine, so its tests run one after the other; each leaves it as it was.
/// </summary>
internal sealed class SystemdMachine : IAsyncDisposable
{
    /// <summary>The xunit collection of all its tests.</summary>
    public const string Collection = "systemd";

    public const string Server = "wg-dynamic-server@wg0";
    public const string Client = "wg-dynamic-client@wg0";
    public const string Quick = "wg-quick@wg0";

    // Quick restarts, all that is logged, and what a filter of system calls would refuse silently ends the daemon.
    private const string DropIns = """
        for daemon in server client; do
            mkdir -p /run/systemd/system/wg-dynamic-$daemon@.service.d
            {
                echo '[Service]'
                echo RestartSec=100ms
                echo SystemCallErrorNumber=kill
                echo ExecStart=
                sed -n "s/^ExecStart=[^ ]*/& --log-level debug/p" /usr/lib/systemd/system/wg-dynamic-$daemon@.service /lib/systemd/system/wg-dynamic-$daemon@.service | head -n 1
            } >/run/systemd/system/wg-dynamic-$daemon@.service.d/test.conf
        done
        systemctl daemon-reload
        """;

    private const string CleanUp = """
        units='wg-dynamic-server@wg0 wg-dynamic-client@wg0 wg-quick@wg0 systemd-networkd.socket systemd-networkd'
        # To disable is to have systemd read all units anew.
        [ -z "$(find /etc/systemd/system -name '*@wg0.service')" ] || systemctl disable $units
        systemctl stop $units
        ip link delete wg0
        ip link delete wire0
        rm -rf /run/systemd/network /etc/wireguard/* /etc/wg-dynamic/* /var/lib/wg-dynamic/* /run/wg-dynamic/*
        systemctl reset-failed
        """;

    private SystemdMachine(Host far, KeyPair keys)
    {
        Far = far;
        Keys = keys;
    }

    /// <summary>The other end.</summary>
    public Host Far { get; }

    /// <summary>This machine's keys.</summary>
    public KeyPair Keys { get; }

    public Journal Journal { get; } = new();

    /// <summary>A machine with a wire to the far end, and no WireGuard interface yet.</summary>
    public static async Task<SystemdMachine> CreateAsync()
    {
        if (Environment.GetEnvironmentVariable("WGDYNAMIC_SYSTEMD") != "1")
            Assert.Skip("needs a systemd that is its own: eng/test.sh boots one in the virtual machine");
        if (!File.Exists("/run/systemd/system/wg-dynamic-server@.service.d/test.conf"))
            await ShellAsync(DropIns);
        KeyPair[] keys = await KeyPair.GenerateAsync(2);
        SystemdMachine machine = new(await Host.CreateAsync("far", keys[1]), keys[0]);
        await ShellAsync($"""
            ip link add wire0 type veth peer name wire netns {machine.Far.Network.Name}
            ip address add 10.255.0.2/30 dev wire0
            ip link set wire0 up
            ip -n {machine.Far.Network.Name} address add 10.255.0.1/30 dev wire
            ip -n {machine.Far.Network.Name} link set wire up
            """);
        return machine;
    }

    /// <summary>Runs commands of bash on it, up to the first that fails.</summary>
    /// <returns>What they wrote to standard output.</returns>
    public static Task<string> ShellAsync(string commands) => Command.RunAsync("bash", "-euc", commands);

    /// <summary>Runs commands of bash that may fail.</summary>
    /// <returns>The status, and what they wrote to both streams.</returns>
    public static async Task<(int Status, string Output)> TryAsync(string commands)
    {
        using Process process = Process.Start(new ProcessStartInfo("bash", ["-uc", $"exec 2>&1\n{commands}"]) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    /// <summary>systemctl(1).</summary>
    public static Task<string> SystemctlAsync(string arguments) => Command.RunAsync("systemctl", arguments.Split(' '));

    /// <summary>Some properties of a unit, in their order, each as NAME=VALUE, with spaces between.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="names">Their names, with commas between.</param>
    public static async Task<string> ShowAsync(string unit, string names)
    {
        string[] lines = (await SystemctlAsync($"show {unit} --property={names}")).Split('\n');
        return string.Join(' ', names.Split(',').Select(name => lines.FirstOrDefault(line => line.StartsWith(name + '=', StringComparison.Ordinal))));
    }

    /// <summary>Waits until properties of a unit have these values: <see cref="ShowAsync"/>.</summary>
    public Task UntilAsync(string unit, string properties) =>
        Until.AsExpectedAsync(
            () => ShowAsync(unit, string.Join(',', properties.Split(' ').Select(property => property.Split('=')[0]))),
            shown => shown == properties,
            () => $"instead of {properties}\n{Journal}");

    /// <summary>The process of a unit.</summary>
    public static async Task<int> ProcessIdAsync(string unit) => int.Parse((await ShowAsync(unit, "MainPID")).Split('=')[1]);

    /// <summary>Asserts that a unit's process is its own user's, has two capabilities, and cannot get more.</summary>
    /// <returns>The process.</returns>
    public static async Task<int> AssertConfinedAsync(string unit)
    {
        int id = await ProcessIdAsync(unit);
        string user = (await Command.RunAsync("id", "--user", "wg-dynamic")).Trim();
        string[] status = await File.ReadAllLinesAsync($"/proc/{id}/status");
        // CAP_NET_BIND_SERVICE and CAP_NET_ADMIN, linux/capability.h
        string only = $"{(1 << 10) | (1 << 12):x16}";
        foreach (string line in (string[])[$"Uid:\t{user}\t{user}\t{user}\t{user}", $"CapPrm:\t{only}", $"CapEff:\t{only}", $"CapBnd:\t{only}", $"CapAmb:\t{only}", "NoNewPrivs:\t1", "Seccomp:\t2"])
            Assert.Contains(line, status);
        return id;
    }

    /// <summary>Kills a running unit's process, then lets it hang: both times it must be started again.</summary>
    public async Task KillAndHangAsync(string unit)
    {
        await SystemctlAsync($"kill --signal=KILL {unit}");
        await UntilAsync(unit, "NRestarts=1 ActiveState=active");
        await ShellAsync($"""
            mkdir -p /run/systemd/system/{unit}.service.d
            printf '[Service]\nWatchdogSec=5\n' >/run/systemd/system/{unit}.service.d/watchdog.conf
            systemctl daemon-reload
            systemctl restart {unit}
            systemctl kill --signal=STOP {unit}
            """);
        await Journal.WaitForAsync(unit, "[Ww]atchdog timeout");
        await UntilAsync(unit, "NRestarts=1 ActiveState=active");
        await ShellAsync($"rm -r /run/systemd/system/{unit}.service.d; systemctl daemon-reload");
    }

    /// <summary>Writes a file that only root can read.</summary>
    public static async Task WriteAsync(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>A hub's /etc/wireguard/wg0.conf, with the far end as its client; its pools are those of <see cref="Network"/>.</summary>
    public string HubFile => $"""
        [Interface]
        PrivateKey = {Keys.Private}
        ListenPort = 51820
        Address = 192.168.4.1/28, 2001:db8:1234::1/124, fe80::/64
        [Peer]
        PublicKey = {Far.Keys.Public}
        AllowedIPs = {Network.LinkLocal(0)}/128

        """;

    /// <summary>Brings the hub up as a person does it by hand.</summary>
    public static Task BringHubUpAsync() => ShellAsync("""
        ip link add wg0 type wireguard
        wg setconf wg0 <(grep -v ^Address /etc/wireguard/wg0.conf)
        ip link set wg0 up
        for address in 192.168.4.1/28 2001:db8:1234::1/124 fe80::/64; do ip address add $address dev wg0; done
        """);

    /// <summary>Has this machine be the hub and the far end its client, with no daemon running.</summary>
    public async Task BeHubAsync()
    {
        await WriteAsync("/etc/wireguard/wg0.conf", HubFile);
        await BringHubUpAsync();
        await Far.ConfigureAsync($"""
            [Interface]
            PrivateKey = {Far.Keys.Private}
            [Peer]
            PublicKey = {Keys.Public}
            Endpoint = 10.255.0.2:51820
            AllowedIPs = fe80::/128, {Network.Pool4}, {Network.Pool6}
            """);
        await Far.IpAsync([$"address add {Network.LinkLocal(0)}/128 dev {Far.Interface}", $"link set {Far.Interface} up"]);
    }

    /// <summary>Has the far end be a hub whose server pushes; this machine has no interface yet.</summary>
    /// <param name="push">What stands in [Push].</param>
    /// <returns>The server.</returns>
    public async Task<DaemonProcess> FarHubAsync(string push = "")
    {
        await Far.ConfigureAsync($"""
            [Interface]
            PrivateKey = {Far.Keys.Private}
            ListenPort = 51820
            [Peer]
            PublicKey = {Keys.Public}
            AllowedIPs = {Network.LinkLocal(0)}/128
            """);
        await Far.IpAsync([
            $"address add fe80::/64 dev {Far.Interface}", $"link set {Far.Interface} up",
            $"address add 192.168.4.1/28 dev {Far.Interface}", $"address add 2001:db8:1234::1/124 dev {Far.Interface}",
            "address add 198.51.100.1/32 dev lo"]);
        string file = Path.Combine(Far.RuntimeDirectory, "server.conf");
        await File.WriteAllTextAsync(file, push.Length > 0 ? $"[Push]\n{push}\n" : "");
        DaemonProcess server = Far.StartServer("--config", file);
        await server.WaitForLineAsync("serving on");
        return server;
    }

    /// <summary>Where the client's interface sends to the far end.</summary>
    /// <param name="allowedIPs">What.</param>
    public string ClientPeer(string allowedIPs) => $"""
        [Peer]
        PublicKey = {Far.Keys.Public}
        Endpoint = 10.255.0.1:51820
        AllowedIPs = {allowedIPs}

        """;

    /// <summary>Brings the client's interface up as a person does it by hand.</summary>
    public async Task BringClientUpAsync(string allowedIPs)
    {
        await WriteAsync("/etc/wireguard/wg0.conf", $"[Interface]\nPrivateKey = {Keys.Private}\n{ClientPeer(allowedIPs)}");
        await ShellAsync($"""
            ip link add wg0 type wireguard
            wg setconf wg0 /etc/wireguard/wg0.conf
            ip address add {Network.LinkLocal(0)}/128 dev wg0
            ip link set wg0 up
            """);
    }

    /// <summary>The addresses of wg0 but for link-local ones, those of IPv4 first.</summary>
    public static async Task<string[]> AddressesAsync() =>
        [.. (await TryAsync("ip -o address show dev wg0 scope global")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 3 && words[2].StartsWith("inet", StringComparison.Ordinal)).Select(words => words[3])];

    /// <summary>Waits until wg0 has a leased address of either family.</summary>
    public Task<string[]> LeasedAsync() => Until.AsExpectedAsync(AddressesAsync, addresses => addresses.Length == 2, Journal.ToString);

    /// <summary>All that a client may change.</summary>
    public static Task<string> EverythingAsync() => ShellAsync("""
        for family in -4 -6; do ip $family -o address show dev wg0; ip $family route show table all dev wg0; ip $family rule; done
        ip -o link show dev wg0
        nft list ruleset
        sysctl net.ipv4.conf.all.src_valid_mark
        resolvectl dns wg0
        resolvectl domain wg0
        """);

    /// <summary>Cleans up, and looks over what the journal has of the test: no private key, and nothing that the hardening has refused.</summary>
    public async ValueTask DisposeAsync()
    {
        await TryAsync(CleanUp);
        await Journal.CatchUpAsync();
        await Journal.DisposeAsync();
        await Far.DisposeAsync();
        foreach (Journal.Entry entry in Journal.Entries)
        {
            Assert.DoesNotContain(Keys.Private, entry.Json, StringComparison.Ordinal);
            Assert.DoesNotContain(Far.Keys.Private, entry.Json, StringComparison.Ordinal);
            if (entry.Unit.StartsWith("wg-dynamic-", StringComparison.Ordinal))
            {
                Assert.DoesNotContain("Operation not permitted", entry.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("31/SYS", entry.Message, StringComparison.Ordinal);
                // SIGTERM is for the daemon, not for what it has started.
                Assert.DoesNotContain("status 143", entry.Message, StringComparison.Ordinal);
            }
        }
    }
}
