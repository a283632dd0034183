using System.Text.RegularExpressions;
using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>What a unit's user may not do, and what its service manager does not hear. The same over any WireGuard.</summary>
public class UnitScenarios
{
    [Fact]
    public async Task A_daemon_that_hangs_or_is_stopped_shows_no_sign_of_life_while_another_does()
    {
        await using Network network = await Network.CreateAsync(isUnprivileged: true);
        await using Unprivileged server = await Unprivileged.StartAsync(network.Hub, "wg-dynamic-server", []);
        await server.HearAsync("WATCHDOG=1");
        await using Unprivileged client = await Unprivileged.StartAsync(network.Client, "wg-dynamic-client", []);
        await client.HearAsync("STATUS=leased");

        // Its loop waits for a WireGuard that does not answer, while all else of it goes on.
        string stopped = (await Command.RunAsync("pgrep", "-f", $"wireguard-go.*{network.Hub.Interface}")).Trim();
        await Command.RunAsync("kill", "-STOP", stopped);
        await WaitForSilenceAsync(server, client);
        await Command.RunAsync("kill", "-CONT", stopped);
        await server.HearAsync("WATCHDOG=1");

        await client.Daemon.SignalAsync("STOP");
        await WaitForSilenceAsync(client, server);
        await client.Daemon.SignalAsync("CONT");
        await client.HearAsync("WATCHDOG=1");
    }

    // For as long as systemd would wait, by the clock of another that lives. Until the server's loop comes to its next look at
    // the device, some seconds later, it does not hang.
    private static async Task WaitForSilenceAsync(Unprivileged silent, Unprivileged living)
    {
        for (int attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 30, "it still shows that it lives");
            _ = await silent.Manager.DrainAsync();
            _ = await living.Manager.DrainAsync();
            // Two of them are at least a quarter of the time that systemd waits apart.
            for (int sign = 0; sign < 5; sign++)
                await living.HearAsync("WATCHDOG=1");
            if (silent.Manager.HasNothing)
                return;
        }
    }

    [Fact]
    public async Task A_database_that_root_has_made_or_restored_in_the_services_directory_is_the_services()
    {
        await using Network network = await Network.CreateAsync(isUnprivileged: true);
        Host hub = network.Hub;
        await using (DaemonProcess server = hub.StartServer())
        {
            await server.WaitForLineAsync("serving on");
            Assert.Equal(0, await server.StopAsync());
        }

        await ServesAsync();
        string backup = Path.Combine(hub.RuntimeDirectory, "backup"), program = Path.Combine(Backend.PublishDirectory, "wg-dynamic-server");
        await Command.RunAsync(program, $"{hub.Interface}", "--runtime-directory", hub.RuntimeDirectory, "--database", hub.Database, "--backup", backup);
        await Command.RunAsync(program, $"{hub.Interface}", "--runtime-directory", hub.RuntimeDirectory, "--database", hub.Database, "--restore", backup);
        await ServesAsync();

        async Task ServesAsync()
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(hub.Database));
            await using Unprivileged service = await Unprivileged.StartAsync(hub, "wg-dynamic-server", []);
            await service.HearAsync("READY=1");
            Assert.Equal(0, await service.Daemon.StopAsync());
        }
    }

    [Fact]
    public async Task A_service_that_starts_before_its_interface_is_set_up_waits_for_that()
    {
        await using Network network = await Network.CreateAsync(isUnprivileged: true);
        await StartsLateAsync(network.Hub, "wg-dynamic-server", "fe80::/64");
        await StartsLateAsync(network.Client, "wg-dynamic-client", $"{Network.LinkLocal(0)}/128");

        static async Task StartsLateAsync(Host host, string program, string address)
        {
            await host.IpAsync($"address delete {address} dev {host.Interface}");
            await using Unprivileged service = await Unprivileged.StartAsync(host, program, []);
            await service.Daemon.WaitForLineAsync("not set up yet: ");
            await host.IpAsync($"address add {address} dev {host.Interface}");
            await service.HearAsync("READY=1");
        }
    }

    [Fact]
    public async Task What_belongs_to_root_is_named_with_what_to_do()
    {
        await using Network network = await Network.CreateAsync(isUnprivileged: true);
        Host hub = network.Hub;
        await using (DaemonProcess server = hub.StartServer())
        {
            await server.WaitForLineAsync("serving on");
            await server.StopAsync();
        }

        await Command.RunAsync("chown", "root:root", hub.Database);
        await FailsAsync(1, $"{hub.Database} cannot be opened.*chown -R nobody: {hub.RuntimeDirectory}", "wg-dynamic-server");
        string configuration = Path.Combine(hub.RuntimeDirectory, "server.conf");
        await File.WriteAllTextAsync(configuration, "[Pool]\nRange = nonsense\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead);
        await FailsAsync(78, $"{configuration}: error: the file may not be read; let nobody read it: chmod o\\+r {configuration}", "wg-dynamic-server", "--config", configuration);
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        await FailsAsync(78, "the configuration file has errors", "wg-dynamic-server", "--config", configuration);

        async Task FailsAsync(int status, string pattern, string program, params string[] arguments)
        {
            await using Unprivileged daemon = await Unprivileged.StartAsync(hub, program, [], arguments);
            Assert.Equal(status, await daemon.Daemon.WaitForExitAsync());
            Assert.Matches(pattern, daemon.Daemon.Log);
            // systemctl status shows it.
            Assert.StartsWith("STATUS=", await daemon.HearLastAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_userspace_WireGuard_of_roots_is_for_root_only_and_the_line_says_how_to_be_that()
    {
        await using Network network = await Network.CreateAsync();
        foreach ((Host host, string program) in new[] { (network.Hub, "wg-dynamic-server"), (network.Client, "wg-dynamic-client") })
        {
            await Unprivileged.GiveAsync(host.RuntimeDirectory);
            await using Unprivileged daemon = await Unprivileged.StartAsync(host, program, []);
            Assert.Equal(1, await daemon.Daemon.WaitForExitAsync());
            Assert.Matches("the WireGuard process keeps /var/run/wireguard/.* for root; run this as root; for a unit: systemctl edit it.*User=root", daemon.Daemon.Log);
        }
    }

    [Fact]
    public async Task Without_root_resolvconf_is_not_asked()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=198.51.100.0/24 dns=203.0.113.53", isUnprivileged: true);
        string[] openresolv = await OwnNames.ThroughAsync(network.Client);
        await using Unprivileged client = await Unprivileged.StartAsync(network.Client, "wg-dynamic-client", openresolv);
        await client.Daemon.WaitForLineAsync("not accepted from the server: DNS 203.0.113.53: systemd-resolved does not run, and resolvconf is for root only");
        Assert.Equal(["198.51.100.0/24"], await network.RoutesAsync());
    }

    [Fact]
    public async Task The_daemons_and_what_they_run_make_no_call_that_their_units_forbid()
    {
        if (!Command.Exists("strace"))
            Assert.Skip("needs strace");
        SystemdAnalyze analyze = new(Backend.RepositoryRoot);
        if (analyze.WhyNot is { } whyNot)
            Assert.Skip(whyNot);

        await using Network network = await Network.CreateAsync(isUnprivileged: true);
        (Unprivileged server, string calls) = await Unprivileged.StartTracedAsync(network.Hub, "wg-dynamic-server", []);
        await using (server)
        {
            await server.HearAsync("READY=1");
            await using Unprivileged asking = await Unprivileged.StartAsync(network.Client, "wg-dynamic-client", [], "--release-on-exit");
            await asking.HearAsync("STATUS=leased");
            await server.Daemon.SignalAsync("HUP");
            await server.HearAsync("RELOADING=1");
            await server.HearAsync("WATCHDOG=1");
            Assert.Equal(0, await asking.Daemon.StopAsync());
            Assert.Equal(0, await server.Daemon.StopAsync());
            await AssertAllowedAsync("server", calls);
        }

        await using PushingHub pushing = await PushingHub.CreateAsync("route=0.0.0.0/0 dns=203.0.113.53 search=example.org mtu=1380", isUnprivileged: true);
        await pushing.MakeEndpointRemoteAsync();
        (Unprivileged client, calls) = await Unprivileged.StartTracedAsync(
            pushing.Client, "wg-dynamic-client", await OwnNames.ThroughResolvedAsync(pushing.Client), "--accept", "routes,default-route,dns,mtu");
        await using (client)
        {
            await client.Daemon.WaitForLineAsync("which is in force");
            await client.Daemon.WaitForLineAsync("not accepted from the server: DNS");
            await client.Daemon.WaitForLineAsync("renewed");
            Assert.Equal(0, await client.Daemon.StopAsync());
            await AssertAllowedAsync("client", calls);
        }

        async Task AssertAllowedAsync(string kind, string file)
        {
            string unit = await File.ReadAllTextAsync(Path.Combine(Backend.RepositoryRoot, "packaging", "systemd", $"wg-dynamic-{kind}@.service"), TestContext.Current.CancellationToken);
            IReadOnlySet<string> allowed = await analyze.AllowedCallsAsync(unit);
            Assert.Contains("execve", allowed);
            Assert.DoesNotContain("setrlimit", allowed);
            string[] lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
            string[] made = [.. lines.Select(line => Regex.Match(line, "^[0-9]+ +([a-z0-9_]+)\\(")).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct()];
            Assert.Contains("execve", made);
            if (kind == "client")
                Assert.All(["nft", "resolvectl"], program => Assert.Matches($"execve\\(\"[^\"]*/{program}\"", File.ReadAllText(file)));
            Assert.Equal([], made.Except(allowed));
            // MemoryDenyWriteExecute= and RestrictAddressFamilies= look at arguments, too (systemd.exec(5)).
            Assert.DoesNotMatch(@"m(protect|map)\([^\n]*PROT_WRITE\|PROT_EXEC|mprotect\([^\n]*PROT_EXEC", string.Join('\n', lines));
            // .NET asks whether there is IPv4, and needs none.
            string[] families = [.. Regex.Match(unit, "^RestrictAddressFamilies=(.*)$", RegexOptions.Multiline).Groups[1].Value.Split(' '), "AF_INET"];
            Assert.Equal([], lines.Select(line => Regex.Match(line, @" socket(?:pair)?\((\w+),")).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct().Except(families));
            // And IPAddressAllow=fe80::/10.
            Assert.Equal([], lines.Where(line => Regex.IsMatch(line, @" (connect|bind|sendto|sendmsg)\(.*sa_family=AF_INET6[^}]*inet_pton\(AF_INET6, ""(?!fe80:|::"")")));
        }
    }
}
