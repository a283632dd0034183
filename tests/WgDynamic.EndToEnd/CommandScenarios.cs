using System.Globalization;
using WgDynamic.Storage;
using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>What a person sees who starts the programs, rightly or wrongly.</summary>
public class CommandScenarios
{
    [Fact]
    public async Task A_client_goes_to_the_background_only_when_it_runs_and_refuses_a_second()
    {
        await using Network network = await Network.CreateAsync();
        await using DaemonProcess server = network.Hub.StartInBackground("wg-dynamic-server");
        Assert.True(await server.WaitForExitAsync() == 0, server.Log);
        await using DaemonProcess client = network.Client.StartInBackground("wg-dynamic-client");
        Assert.Equal(0, await client.WaitForExitAsync());
        await Until.AsExpectedAsync(network.Client.AddressesAsync, addresses => addresses.Length == 2);

        await using DaemonProcess second = network.Client.StartClient();
        Assert.Equal(1, await second.WaitForExitAsync());
        Assert.Contains($"{network.Client.Interface} has a client already", second.Log, StringComparison.Ordinal);
        await using DaemonProcess secondServer = network.Hub.StartInBackground("wg-dynamic-server");
        Assert.Equal(1, await secondServer.WaitForExitAsync());
        Assert.Contains($"{network.Hub.Interface} has a server already", secondServer.Log, StringComparison.Ordinal);

        // In the background it is nobody's child, has no terminal, and ends with the interface.
        int pid = int.Parse((await Command.RunAsync("pgrep", "-f", $"wg-dynamic-client.*{network.Client.Interface}")).Trim(), CultureInfo.InvariantCulture);
        string[] stat = (await File.ReadAllTextAsync($"/proc/{pid}/stat", TestContext.Current.CancellationToken)).Split(' ');
        Assert.Equal($"{pid}", stat[5]); // session
        Assert.Equal("0", stat[6]); // terminal
        Assert.Equal("/", Directory.ResolveLinkTarget($"/proc/{pid}/cwd", returnFinalTarget: false)!.FullName);
        await network.Client.IpAsync($"link delete {network.Client.Interface}");
        await Until.AsExpectedAsync(() => Task.FromResult(IsRunning(pid)), running => !running);
    }

    [Theory]
    [InlineData("wg-dynamic-client", "there is no interface")]
    [InlineData("wg-dynamic-server", "there is no interface")]
    public async Task An_interface_that_does_not_exist_is_named(string program, string message)
    {
        Backend.Require();
        await using NetworkNamespace network = await NetworkNamespace.CreateAsync();
        await using DaemonProcess daemon = DaemonProcess.Start(network, program, "--runtime-directory", "/run/wg-dynamic-test", "wgnone");
        Assert.Equal(1, await daemon.WaitForExitAsync());
        Assert.Contains($"{message} wgnone", daemon.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wg-dynamic-client")]
    [InlineData("wg-dynamic-server")]
    public async Task An_interface_that_is_not_WireGuard_is_refused(string program)
    {
        Backend.Require();
        await using NetworkNamespace network = await NetworkNamespace.CreateAsync();
        await using DaemonProcess daemon = DaemonProcess.Start(network, program, "--foreground", "--runtime-directory", "/run/wg-dynamic-test", "lo");
        Assert.Equal(1, await daemon.WaitForExitAsync());
        Assert.Contains("WireGuard", daemon.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_says_what_its_interface_lacks_and_what_to_do()
    {
        await using Network network = await Network.CreateAsync();
        Host client = network.Client;
        await client.IpAsync($"address add fe80::c:ff/128 dev {client.Interface}");
        await FailsAsync("2 link-local addresses with prefix length 128");
        await client.IpAsync($"address delete fe80::c:ff/128 dev {client.Interface}");
        await client.IpAsync($"address delete fe80::c:1/128 dev {client.Interface}");
        await FailsAsync("no link-local address with prefix length 128.*ip address add fe80::");
        await client.IpAsync($"address add fe80::/128 dev {client.Interface}");
        await FailsAsync("which is the server's address");
        await client.IpAsync($"address delete fe80::/128 dev {client.Interface}");
        await client.IpAsync($"address add fe80::c:1/128 dev {client.Interface}");
        await client.WgAsync($"set {client.Interface} peer {network.Hub.Keys.Public} allowed-ips 10.0.0.0/8");
        await FailsAsync("no peer of .* has fe80::/128 in its AllowedIPs.*wg set");

        async Task FailsAsync(string pattern)
        {
            await using DaemonProcess daemon = client.StartInBackground("wg-dynamic-client");
            Assert.Equal(1, await daemon.WaitForExitAsync());
            Assert.Matches(pattern, daemon.Log);
        }
    }

    [Fact]
    public async Task A_peer_with_all_of_IPv6_is_a_server_too_and_the_route_to_it_is_taken_back()
    {
        await using Network network = await Network.CreateAsync();
        Host client = network.Client;
        await client.WgAsync($"set {client.Interface} peer {network.Hub.Keys.Public} allowed-ips 0.0.0.0/0,::/0");
        // The address that wireguard-go's interface got by itself brings a route to all of fe80::/64.
        await client.Network.ExecAsync("bash", "-c", $"ip -6 address show dev {client.Interface} | awk '/fe80.*\\/64/ {{print $2}}' | xargs -r -I@ ip address delete @ dev {client.Interface}");
        Assert.DoesNotContain("fe80:: ", await client.IpAsync($"-6 route show dev {client.Interface}"), StringComparison.Ordinal);
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess daemon = client.StartClient();
        await daemon.WaitForLineAsync("leased ");
        Assert.Contains("fe80:: ", await client.IpAsync($"-6 route show dev {client.Interface}"), StringComparison.Ordinal);
        Assert.Equal(0, await daemon.StopAsync());
        Assert.DoesNotContain("fe80:: ", await client.IpAsync($"-6 route show dev {client.Interface}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_its_address_says_so_or_assigns_it()
    {
        await using Network network = await Network.CreateAsync();
        await network.Hub.IpAsync($"address delete fe80::/64 dev {network.Hub.Interface}");
        await using DaemonProcess refused = network.Hub.StartServer();
        Assert.Equal(1, await refused.WaitForExitAsync());
        Assert.Matches("does not have the address fe80::.*--assign-address.*ip address add fe80::/64", refused.Log);

        await using DaemonProcess server = network.Hub.StartServer("--assign-address");
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
    }

    [Theory]
    [InlineData("wg-dynamic-client")]
    [InlineData("wg-dynamic-server")]
    public async Task Help_version_and_wrong_arguments_are_what_one_expects(string program)
    {
        Backend.Require();
        string path = Path.Combine(Backend.PublishDirectory, program);
        string help = await Command.RunAsync(path, "--help");
        Assert.Contains("--foreground", help, StringComparison.Ordinal);
        Assert.Contains("--log-level", help, StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+\.\d+", await Command.RunAsync(path, "--version"));
        foreach (string[] arguments in (string[][])[[], ["wg0", "wg1"], ["--no-such-option", "wg0"], ["a/b"], ["--log-level", "loud", "wg0"]])
        {
            InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => Command.RunAsync(path, arguments));
            // What is wrong, and where to look: not a page of help.
            Assert.Matches($@"status 1: ({program}: [^\n]+\n)+Try: {program} --help\n$", error.Message);
        }
    }

    [Fact]
    public async Task A_configuration_file_is_checked_without_its_interface()
    {
        Backend.Require();
        string program = Path.Combine(Backend.PublishDirectory, "wg-dynamic-server"), file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "[Server]\nLeaseTime = 2h\n", TestContext.Current.CancellationToken);
            Assert.Equal($"{file}: no problems\n", await Command.RunAsync(program, "--check-config", "--config", file, "wgnone"));
            await File.WriteAllTextAsync(file, "[Server]\nLeasTime = 2h\n", TestContext.Current.CancellationToken);
            InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => Command.RunAsync(program, "--check-config", "--config", file, "wgnone"));
            Assert.Contains("status 1", error.Message, StringComparison.Ordinal);
            error = await Assert.ThrowsAsync<InvalidOperationException>(() => Command.RunAsync(program, "--json", "wgnone"));
            Assert.Contains("--json goes with --check-config and --history only", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_database_is_checked_in_words_that_say_what_to_do()
    {
        Backend.Require();
        string program = Path.Combine(Backend.PublishDirectory, "wg-dynamic-server"), folder = Directory.CreateTempSubdirectory("wgd-check-").FullName;
        string good = Path.Combine(folder, "good.db"), bad = Path.Combine(folder, "bad.db"), future = Path.Combine(folder, "future.db");
        try
        {
            await SqliteLeaseStore.Open(good, "boot").DisposeAsync();
            string head = $"0:{new string('0', 64)}";
            string healthy = $"{good}: 0 active leases, 0 ended ones, 0 rows of history, head {head}\nno problems\n";
            Assert.Equal(healthy, await Command.RunAsync(program, "wgnone", "--database", good, "--check-database"));
            Assert.Equal(healthy, await Command.RunAsync(program, "wgnone", "--database", good, "--check-database", "--head", head));

            byte[] bytes = await File.ReadAllBytesAsync(good, TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(bad, bytes[..6000], TestContext.Current.CancellationToken);
            Assert.Matches($"^{bad}: SQLite error 11: [^\n]+\n1 problem; if the server refuses it, --restore FILE [^\n]+\n$", await FailureAsync(bad, "--check-database"));
            // sqlite.org/fileformat.html: the user version is at 60.
            bytes[63] = 7;
            await File.WriteAllBytesAsync(future, bytes, TestContext.Current.CancellationToken);
            Assert.Matches("has schema version 7, made by a later version .*; run the later one", await FailureAsync(future, "--check-database"));
            Assert.Matches("does not exist; see: ls -l", await FailureAsync(Path.Combine(folder, "none.db"), "--check-database"));
            Assert.Matches("--head goes with --check-database only", await FailureAsync(good, "--head", head));
            Assert.Matches("'7:ab' is not an end of the history", await FailureAsync(good, "--check-database", "--head", "7:ab"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Task<string> FailureAsync(string database, params string[] arguments) =>
            Command.RunAsync("bash", ["-c", "! \"$@\" 2>&1", "_", program, "wgnone", "--database", database, .. arguments]);
    }

    // .NET would end the process at the first lease.
    [Fact]
    public async Task Where_OpenSSL_is_missing_the_server_does_not_start_and_says_what_to_install()
    {
        await using Network network = await Network.CreateAsync();
        const string Hide = "for file in $(ldconfig -p | sed -n '/libssl[.]so/s/.*=> //p'); do mount --bind /dev/null $file; done; exec \"$@\"";
        await using DaemonProcess server = DaemonProcess.StartThrough(network.Hub.Network, ["unshare", "--mount", "bash", "-c", Hide, "_"],
            "wg-dynamic-server", "--foreground", "--runtime-directory", network.Hub.RuntimeDirectory, "--database", network.Hub.Database, network.Hub.Interface.ToString());
        Assert.Equal(1, await server.WaitForExitAsync());
        Assert.Contains("there is no libssl.so.3 here: install it (Debian: libssl3), or keep leases in memory only with --ephemeral", server.Log, StringComparison.Ordinal);
    }

    private static bool IsRunning(int pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
}
