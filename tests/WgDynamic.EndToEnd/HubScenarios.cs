using Microsoft.Data.Sqlite;
using WgDynamic.Storage;
using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>A hub as it is operated: with a configuration file and a database, reloaded, killed, looked into, restored.</summary>
public class HubScenarios
{
    private static readonly string _shortLease = $"{2 * Backend.Slowness}";

    private static string Server => Path.Combine(Backend.PublishDirectory, "wg-dynamic-server");

    [Fact]
    public async Task A_client_gets_its_reservation_and_what_is_pushed_to_its_group_and_another_gets_neither()
    {
        await using Network network = await Network.CreateAsync(clients: 2);
        string file = await ConfigureAsync(network, $"""
            [Server]
            LeaseTime = 1h
            [Pool]
            Name = all
            Range = 192.168.4.0/28
            Exclude = 192.168.4.2-192.168.4.9
            [Group]
            Name = staff
            Peers = {network.Client.Keys.Public}
            [Reservation]
            PublicKey = {network.Client.Keys.Public}
            Address = 192.168.4.7
            [Push]
            MTU = 1400
            [Push]
            Groups = staff
            Routes = 198.51.100.0/24
            """);
        await network.Hub.IpAsync($"address add 198.51.100.1/32 dev {network.Hub.Interface}");
        await using DaemonProcess server = network.Hub.StartServer("--config", file);
        await server.WaitForLineAsync("serving on");

        await using DaemonProcess first = network.Clients[0].StartClient();
        await first.WaitForLineAsync("which is in force");
        Assert.Equal(["192.168.4.7/32"], await network.Clients[0].AddressesAsync());
        await network.Clients[0].PingAsync("198.51.100.1", "192.168.4.7");

        await using DaemonProcess second = network.Clients[1].StartClient();
        await second.WaitForLineAsync("which is in force");
        string other = Assert.Single(await network.Clients[1].AddressesAsync());
        Assert.Matches(@"^192\.168\.4\.(10|11|12|13|14)/32$", other);
        Assert.Contains("mtu 1400", await network.Clients[1].IpAsync($"link show dev {network.Clients[1].Interface}"), StringComparison.Ordinal);
        Assert.DoesNotContain("198.51.100", await network.Clients[1].IpAsync("route show"), StringComparison.Ordinal);

        Assert.Equal(0, await first.StopAsync());
        Assert.DoesNotContain("198.51.100", await network.Clients[0].IpAsync("route show"), StringComparison.Ordinal);
    }

    // The endpoint is behind the client's only default route, as it is at home, and names are answered beyond the hub.
    [Fact]
    public async Task All_that_a_hub_can_push_works_and_what_it_pushes_after_SIGHUP_comes_with_the_next_renewal()
    {
        await using Network network = await Network.CreateAsync();
        Host host = network.Client;
        string[] through = await OwnNames.ThroughAsync(host);
        await host.IpAsync(["route add default dev wire", "route delete 10.255.0.1 dev wire"]);
        await network.Hub.IpAsync(["address add 203.0.113.53/32 dev lo", "address add 203.0.113.54/32 dev lo", "address add 198.51.100.1/32 dev lo"]);
        await using DaemonProcess first = await NamesAsync("203.0.113.53");
        await using DaemonProcess second = await NamesAsync("203.0.113.54");
        string leaseTime = $"[Server]\nLeaseTime = {4 * Backend.Slowness}s\n[Pool]\nRange = 192.168.4.4\n[Push]\n";
        string file = await ConfigureAsync(network, leaseTime + "Routes = 0.0.0.0/0\nDNS = 203.0.113.53, example.org\nSearch = corp.example.org\nMTU = 1380\n");
        await using DaemonProcess server = network.Hub.StartServer("--config", file);
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = host.StartClientThrough(through, "--accept", "routes,dns,mtu,default-route");
        await client.WaitForLineAsync("which is in force");

        Assert.Contains("mtu 1380", await host.IpAsync($"link show dev {host.Interface}"), StringComparison.Ordinal);
        Assert.Contains("search example.org corp.example.org", await OwnNames.RunAsync(client, "cat", "/etc/resolv.conf"), StringComparison.Ordinal);
        Assert.StartsWith("192.0.2.99 ", await OwnNames.RunAsync(client, "getent", "ahostsv4", "somewhere"), StringComparison.Ordinal);
        await first.WaitForLineAsync("looked up: somewhere.example.org");
        // It is the tunnel that takes it, and the wire that takes the tunnel: a loop would let nothing through.
        Assert.Contains($"dev {host.Interface}", await host.IpAsync("route get 198.51.100.1"), StringComparison.Ordinal);
        await host.WgAsync($"set {host.Interface} peer {network.Hub.Keys.Public} endpoint 10.255.0.1:51820");
        await host.PingAsync("198.51.100.1", "192.168.4.4");
        Assert.DoesNotContain("198.51.100.", await network.Hub.IpAsync("route show"), StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, leaseTime + "Routes = 203.0.113.0/24\nDNS = 203.0.113.54, example.net\n", TestContext.Current.CancellationToken);
        int mark = client.Mark();
        await server.SignalAsync("HUP");
        await client.WaitForLineAsync("pushes routes 203.0.113.0/24, DNS 203.0.113.54, search example.net, which is in force", from: mark);
        Assert.StartsWith("192.0.2.99 ", await OwnNames.RunAsync(client, "getent", "ahostsv4", "elsewhere"), StringComparison.Ordinal);
        await second.WaitForLineAsync("looked up: elsewhere.example.net");
        Assert.Contains("mtu 1420", await host.IpAsync($"link show dev {host.Interface}"), StringComparison.Ordinal);
        Assert.Contains("dev wire", await host.IpAsync("route get 198.51.100.1"), StringComparison.Ordinal);
        Assert.DoesNotContain("217", await host.IpAsync("rule show"), StringComparison.Ordinal);
        Assert.Equal(["203.0.113.0/24"], (await host.IpAsync("route show proto 217")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]));
        // Not dropped and leased anew: renewed.
        Assert.DoesNotContain("Released", server.Log, StringComparison.Ordinal);

        Assert.Equal(0, await client.StopAsync());
        Assert.DoesNotContain("203.0.113", await File.ReadAllTextAsync(Path.Combine(host.RuntimeDirectory, "etc", "resolv.conf"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        async Task<DaemonProcess> NamesAsync(string address)
        {
            DaemonProcess names = DaemonProcess.Start(network.Hub.Network, Path.Combine(AppContext.BaseDirectory, "WgDynamic.ScriptedServer"), address);
            await names.WaitForLineAsync("serving");
            return names;
        }
    }

    [Fact]
    public async Task A_bad_file_changes_nothing_and_a_good_one_moves_who_may_not_stay_when_he_next_asks()
    {
        await using Network network = await Network.CreateAsync();
        string file = await ConfigureAsync(network, $"[Server]\nLeaseTime = {_shortLease}s\n[Pool]\nRange = 192.168.4.4-192.168.4.5\n");
        await using DaemonProcess server = network.Hub.StartServer("--config", file);
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased 192.168.4.[45]/32");

        await File.WriteAllTextAsync(file, "[Pool]\nRange = 192.168.4.8-192.168.4.9\nLeesTime = 7\n", TestContext.Current.CancellationToken);
        await server.SignalAsync("HUP");
        await server.WaitForLineAsync("hub.conf:3: error: ");
        await server.WaitForLineAsync("has errors, the one read before stays in force");
        int mark = client.Mark();
        await client.WaitForLineAsync("renewed 192.168.4.[45]/32", from: mark);

        await File.WriteAllTextAsync(file, $"[Server]\nLeaseTime = {_shortLease}s\n[Pool]\nRange = 192.168.4.8-192.168.4.9\n", TestContext.Current.CancellationToken);
        await server.SignalAsync("HUP");
        await server.WaitForLineAsync("configuration read anew: 1 pools, 0 reservations, 0 pushes");
        await client.WaitForLineAsync("leased 192.168.4.[89]/32", from: mark);
        Assert.Matches("^192.168.4.[89]/32$", Assert.Single(await network.Client.AddressesAsync()));
        await network.Client.PingAsync("192.168.4.1", (await network.Client.AddressesAsync())[0].Split('/')[0]);
    }

    [Fact]
    public async Task A_killed_server_knows_everything_again_and_frees_what_ran_out_while_it_was_down()
    {
        await using Network network = await Network.CreateAsync(clients: 2);
        DaemonProcess server = network.Hub.StartServer("--leasetime", _shortLease);
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess staying = network.Clients[0].StartClient();
        await staying.WaitForLineAsync("leased ");
        DaemonProcess leaving = network.Clients[1].StartClient();
        await leaving.WaitForLineAsync("leased ");
        string[] kept = await network.Clients[0].AddressesAsync(), left = await network.Clients[1].AddressesAsync();
        await server.StopAsync("KILL");
        await server.DisposeAsync();
        await leaving.StopAsync("KILL");
        await leaving.DisposeAsync();

        await using DaemonProcess again = network.Hub.StartServer("--leasetime", _shortLease);
        await again.WaitForLineAsync("leases taken over from the store");
        // Nobody renews it: neither the first server's time nor the second's brings it back.
        await Until.AsExpectedAsync(() => network.Hub.AllowedIPsAsync(network.Clients[1]), prefixes => !prefixes.Intersect(left).Any(), () => again.Log);
        int mark = staying.Mark();
        await staying.WaitForLineAsync("renewed ", from: mark);
        Assert.Equal(kept, await network.Clients[0].AddressesAsync());
        Assert.Equal(kept.Order(StringComparer.Ordinal), (await network.Hub.AllowedIPsAsync(network.Clients[0])).Where(prefix => !prefix.StartsWith("fe80", StringComparison.Ordinal)));

        string history = await Command.RunAsync(Server, network.Hub.Interface.ToString(), "--database", network.Hub.Database, "--history", left[0].Split('/')[0]);
        Assert.Matches($@"{System.Text.RegularExpressions.Regex.Escape(network.Clients[1].Keys.Public)} .* Expired", history);
        Assert.Contains("no problems", await Command.RunAsync(Server, network.Hub.Interface.ToString(), "--database", network.Hub.Database, "--check-database"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_of_a_running_server_can_be_put_back_when_it_has_ended()
    {
        await using Network network = await Network.CreateAsync();
        DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using (DaemonProcess client = network.Client.StartClient())
        {
            await client.WaitForLineAsync("leased ");
            await client.StopAsync();
        }

        string name = network.Hub.Interface.ToString(), backup = Path.Combine(network.Hub.RuntimeDirectory, "backup.db");
        string[] arguments = [name, "--database", network.Hub.Database, "--runtime-directory", network.Hub.RuntimeDirectory];
        await Command.RunAsync(Server, [.. arguments, "--backup", backup]);
        await using (DaemonProcess refused = DaemonProcess.Start(network.Hub.Network, "wg-dynamic-server", [.. arguments, "--restore", backup]))
        {
            Assert.Equal(1, await refused.WaitForExitAsync());
            Assert.Contains("has a server; end it before its database is replaced", refused.Log, StringComparison.Ordinal);
        }

        await server.StopAsync();
        await server.DisposeAsync();
        File.Delete(network.Hub.Database);
        await using (DaemonProcess restoring = DaemonProcess.Start(network.Hub.Network, "wg-dynamic-server", [.. arguments, "--restore", backup]))
            Assert.Equal(0, await restoring.WaitForExitAsync());
        await using DaemonProcess again = network.Hub.StartServer();
        await again.WaitForLineAsync("2 leases taken over from the store");
    }

    [Fact]
    public async Task A_database_that_is_damaged_while_the_server_runs_is_written_anew_and_one_that_was_before_is_refused()
    {
        await using Network network = await Network.CreateAsync();
        DaemonProcess server = network.Hub.StartServer("--leasetime", _shortLease);
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");
        File.Delete(network.Hub.Database);
        await server.WaitForLineAsync("has been written anew from memory");
        int mark = client.Mark();
        await client.WaitForLineAsync("renewed ", from: mark);
        await server.StopAsync("KILL");
        await server.DisposeAsync();

        await File.WriteAllTextAsync(network.Hub.Database, new string('x', 10_000), TestContext.Current.CancellationToken);
        File.Delete(network.Hub.Database + "-wal");
        await using DaemonProcess refused = network.Hub.StartServer();
        Assert.Equal(1, await refused.WaitForExitAsync());
        Assert.Contains("--restore", refused.Log, StringComparison.Ordinal);
    }

    [Trait("over", "any WireGuard")]
    [Fact]
    public async Task A_full_disk_takes_nothing_from_anybody_gives_nothing_new_and_all_is_well_when_there_is_room_again()
    {
        await using Network network = await Network.CreateAsync(clients: 2);
        string disk = Path.Combine(network.Hub.RuntimeDirectory, "disk"), filler = Path.Combine(disk, "filler");
        Directory.CreateDirectory(disk);
        await Command.RunAsync("mount", "-t", "tmpfs", "-o", "size=512k", "none", disk);
        try
        {
            await DoWithoutStoreAsync(
                network,
                Path.Combine(disk, "leases.db"),
                () => Assert.ThrowsAsync<IOException>(() => File.WriteAllBytesAsync(filler, new byte[1 << 20], TestContext.Current.CancellationToken)),
                _ =>
                {
                    File.Delete(filler);
                    return Task.CompletedTask;
                });
        }
        finally
        {
            await Command.RunAsync("umount", "-l", disk);
        }
    }

    [Fact]
    public async Task A_file_system_that_becomes_read_only_takes_nothing_from_anybody_and_all_is_well_when_it_can_be_written_again()
    {
        await using Network network = await Network.CreateAsync(clients: 2);
        string disk = Path.Combine(network.Hub.RuntimeDirectory, "disk"), image = Path.Combine(network.Hub.RuntimeDirectory, "image"), mended = image + ".mended";
        Directory.CreateDirectory(disk);
        await File.WriteAllBytesAsync(image, new byte[4 << 20], TestContext.Current.CancellationToken);
        try
        {
            await Command.RunAsync("mkfs.ext4", "-q", "-F", image);
            await Command.RunAsync("mount", "-o", "loop", image, disk);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"needs an ext4 file system of its own: {error.Message}");
        }

        try
        {
            await DoWithoutStoreAsync(
                network,
                Path.Combine(disk, "leases.db"),
                // As after an error of its disk: ext4(5), "abort".
                () => Command.RunAsync("mount", "-o", "remount,abort", disk),
                async server =>
                {
                    // Such a file system stays as it is until it is mounted again; and ip-netns(8) gives the server mounts of its own.
                    File.Copy(image, mended);
                    await Command.RunAsync("nsenter", "--target", $"{server.Id}", "--mount", "mount", "-o", "loop", mended, disk);
                });
        }
        finally
        {
            await Command.RunAsync("umount", "-l", disk);
        }
    }

    [Trait("over", "any WireGuard")]
    [Fact]
    public async Task A_database_that_another_program_locks_takes_nothing_from_anybody_and_all_is_well_when_that_lets_go()
    {
        await using Network network = await Network.CreateAsync(clients: 2);
        SqliteConnection? other = null;
        await DoWithoutStoreAsync(
            network,
            network.Hub.Database,
            () => Task.FromResult(other = Lock(network.Hub.Database, "BEGIN EXCLUSIVE")),
            _ => other!.DisposeAsync().AsTask(),
            "is locked by another process; see which: fuser -v");
    }

    [Trait("over", "any WireGuard")]
    [Fact]
    public async Task A_server_whose_database_is_locked_at_the_start_serves_later_or_says_in_time_who_has_it()
    {
        await using Network network = await Network.CreateAsync();
        await SqliteLeaseStore.Open(network.Hub.Database, BootId.Read()).DisposeAsync();
        // Nobody else may even read.
        using (Lock(network.Hub.Database, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"))
        {
            await using DaemonProcess refused = network.Hub.StartServer();
            Assert.Equal(1, await refused.WaitForExitAsync());
            Assert.Contains($"{network.Hub.Database} is locked by another process; see which: fuser -v {network.Hub.Database}", refused.Log, StringComparison.Ordinal);
        }

        // Nobody else may write.
        SqliteConnection writing = Lock(network.Hub.Database, "BEGIN EXCLUSIVE");
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess client = network.Client.StartClient();
        await server.WaitForLineAsync("leases cannot be stored: .* is locked by another process");
        Assert.Empty(await network.Client.AddressesAsync());
        writing.Dispose();
        await client.WaitForLineAsync("leased ");
    }

    // Who has an address keeps and renews it, and nobody gets anything new, until the store works again.
    private static async Task DoWithoutStoreAsync(Network network, string database, Func<Task> take, Func<DaemonProcess, Task> giveBack, string why = "")
    {
        await using DaemonProcess server = network.Hub.StartServer("--leasetime", _shortLease, "--database", database);
        await server.WaitForLineAsync("serving on");
        await using DaemonProcess first = network.Clients[0].StartClient();
        await first.WaitForLineAsync("leased ");
        string[] kept = await network.Clients[0].AddressesAsync();

        await take();
        await server.WaitForLineAsync($"leases cannot be stored: .*{why}");
        int mark = first.Mark();
        await using DaemonProcess second = network.Clients[1].StartClient();
        await first.WaitForLineAsync("renewed ", times: 3, from: mark);
        Assert.Empty(await network.Clients[1].AddressesAsync());
        Assert.Equal(kept, await network.Clients[0].AddressesAsync());

        await giveBack(server);
        await server.WaitForLineAsync("leases are stored again");
        await second.WaitForLineAsync("leased ");
        Assert.Equal(kept, await network.Clients[0].AddressesAsync());
        Assert.DoesNotContain("has been written anew", server.Log, StringComparison.Ordinal);
    }

    // This process is another one than the server's, as far as locks go.
    private static SqliteConnection Lock(string database, string how)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = how;
        _ = command.ExecuteNonQuery();
        return connection;
    }

    private static async Task<string> ConfigureAsync(Network network, string text)
    {
        string file = Path.Combine(network.Hub.RuntimeDirectory, "hub.conf");
        await File.WriteAllTextAsync(file, text + "\n", TestContext.Current.CancellationToken);
        return file;
    }
}
