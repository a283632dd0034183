using WgDynamic.Daemon;
using WgDynamic.Leasing;
using WgDynamic.Protocol;

namespace WgDynamic.Server.Tests;

/// <summary>What the operator wants, at the start and from then on.</summary>
public class SettingsTests
{
    private static LeaseSettings Settings(string configuration) =>
        new Reloading(new ServerOptions { Interface = Names.Interface }, TimeProvider.System, new LogLines()).ToSettings(ConfigurationReader.Read(configuration).Configuration!);

    [Fact]
    public async Task New_settings_change_pools_and_reservations_and_end_no_lease_that_they_allow()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        LeaseOutcome first = await hub.AskAsync(1, "10.0.0.5", null), second = await hub.AskAsync(2, "10.0.0.77", null);
        hub.Service.SetSettings(Settings($"[Pool]\nRange = 10.0.0.2-10.0.0.9\n[Reservation]\nPublicKey = {Names.Key(3)}\nAddress = 10.0.0.7\n"));
        await hub.SettleAsync();
        Assert.Equal((2, "10.0.0.77/32"), (hub.Book.ActiveCount, hub.Device.Of(2)));

        Assert.Equal(first.IPv4, (await hub.AskAsync(1, six: null)).IPv4);
        LeaseOutcome moved = await hub.AskAsync(2, $"{second.IPv4}", null);
        Assert.Equal((false, null), (moved.IsComplete, moved.IPv4));
        Assert.Equal(Names.Ip("10.0.0.7"), (await hub.AskAsync(3, six: null)).IPv4);
        Assert.Equal("", hub.Device.Of(2));
    }

    [Fact]
    public async Task With_RevokeOnReload_what_is_not_allowed_ends_at_once()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        _ = await hub.AskAsync(1, "10.0.0.5", null);
        _ = await hub.AskAsync(2, "10.0.0.77", null);
        hub.Service.SetSettings(Settings("[Server]\nRevokeOnReload = true\n[Pool]\nRange = 10.0.0.2-10.0.0.9\n"));
        await hub.SettleAsync();
        Assert.Equal(("10.0.0.5/32", ""), (hub.Device.Of(1), hub.Device.Of(2)));
        Assert.Contains("1 leases", Assert.Single(hub.Log.Of("Disallowed")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_lease_time_counts_from_the_next_renewal_on()
    {
        await using Hub hub = await new Hub(leaseSeconds: 100).StartAsync("10.0.0.0/24");
        Assert.Equal(100, (await hub.AskAsync(1, six: null)).LeaseTime.TotalSeconds);
        hub.Service.SetSettings(Settings("[Server]\nLeaseTime = 7m\n"));
        Assert.Equal(420, (await hub.AskAsync(1, six: null)).LeaseTime.TotalSeconds);
    }

    [Fact]
    public async Task How_often_a_peer_may_get_another_address_is_the_operators_to_say()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        hub.Service.SetSettings(Settings("[Server]\nGrantInterval = 1m\nGrantBurst = 2\n"));
        string[] wanted = ["10.0.0.2", "10.0.0.3", "10.0.0.4"];
        List<bool> granted = [];
        foreach (string address in wanted)
            granted.Add((await hub.AskAsync(1, address, null)).IsComplete);
        Assert.Equal([true, true, false], granted);
        Assert.Contains("has had too many new addresses lately", Assert.Single(hub.Log.Of("HeldBack")), StringComparison.Ordinal);
        Assert.Empty(hub.Log.Of("PoolExhausted"));
        await hub.PassAsync(60);
        Assert.True((await hub.AskAsync(1, "10.0.0.4", null)).IsComplete);
    }

    [Fact]
    public async Task New_limits_for_connections_are_in_force_at_once_and_end_the_oldest_of_what_is_too_much()
    {
        await using Loopback server = await Loopback.StartAsync();
        List<PeerClient> clients = [];
        foreach (int peer in (int[])[1, 1, 1, 2, 3])
        {
            clients.Add(await server.ConnectAsync(peer));
            _ = await clients[^1].AskAsync();
        }

        string file = Path.GetTempFileName();
        try
        {
            using Reloading reloading = new(new ServerOptions { Interface = Names.Interface, ConfigurationPath = file }, server.Hub.Clock, server.Hub.Log)
            {
                Target = new ReloadTarget(server.Hub.Service, server.Context.Sessions, _ => { }, _ => Task.CompletedTask, ServiceManager.None),
            };
            await File.WriteAllTextAsync(file, "[Server]\nConnectionsPerPeer = 2\nConnections = 3\nIdleTime = 5s\n", Names.Cancelled);
            await reloading.ReloadAsync();
            Assert.Empty(await clients[0].ReadToEndAsync());
            Assert.Empty(await clients[1].ReadToEndAsync());
            Assert.Equal(3, server.Context.Sessions.Count);
            foreach (PeerClient client in clients[2..])
                Assert.True((await client.AskAsync()).HasAddress);

            // From its next wait on, a connection has the new time: long before the default of a minute it is over.
            long start = server.Hub.Clock.GetTimestamp();
            await server.AdvanceUntilAsync(clients[2].ReadToEndAsync());
            Assert.InRange(server.Hub.Clock.GetElapsedTime(start), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(50));

            await File.WriteAllTextAsync(file, "[Server]\nConnectionsPerPeer = none\n", Names.Cancelled);
            await reloading.ReloadAsync();
            Assert.Equal(2, server.Context.Limits.ConnectionsPerPeer);
        }
        finally
        {
            File.Delete(file);
            clients.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task A_reservation_that_cannot_be_honoured_is_told()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        hub.Device.Give(2, Names.Prefix("10.0.0.7/32"));
        await hub.SettleAsync();
        hub.Service.SetSettings(Settings($"[Pool]\nRange = 10.0.0.0/24\n[Reservation]\nPublicKey = {Names.Key(1)}\nAddress = 10.0.0.7\n"));
        await hub.SettleAsync();
        Assert.Contains("10.0.0.7", Assert.Single(hub.Log.Of("ReservationUnusable")), StringComparison.Ordinal);
        Assert.NotEqual(Names.Ip("10.0.0.7"), (await hub.AskAsync(1, six: null)).IPv4);
    }

    [Fact]
    public async Task A_reply_holds_what_is_pushed_to_its_peer_and_the_same_state_has_the_same_serial()
    {
        await using Loopback server = await Loopback.StartAsync();
        server.Hub.Service.SetSettings(Settings(
            $"[Pool]\nName = four\nRange = 10.0.0.0/24\n[Push]\nPools = four\nRoutes = 10.7.0.0/16\n[Push]\nPeers = {Names.Key(1)}\nDNS = 10.0.0.1, example.org\nMTU = 1400\n"));
        using PeerClient one = await server.ConnectAsync(1);
        using PeerClient two = await server.ConnectAsync(2);
        Reply first = await one.AskAsync(), again = await one.AskAsync(), other = await two.AskAsync();
        Assert.Equal("10.7.0.0/16 10.0.0.1 example.org 1400", Pushed(first));
        Assert.Equal("10.7.0.0/16", Pushed(other));
        Assert.Equal(first.Serial, again.Serial);
        Assert.NotEqual(first.Serial, other.Serial);

        server.Hub.Service.SetSettings(Settings("[Pool]\nName = four\nRange = 10.0.0.0/24\n"));
        Reply changed = await one.AskAsync();
        Assert.Equal((first.IPv4, 0), (changed.IPv4, changed.Routes.Length));
        Assert.NotEqual(first.Serial, changed.Serial);

        static string Pushed(Reply reply) => $"{string.Join(' ', reply.Routes)} {string.Join(' ', reply.Dns)} {string.Join(' ', reply.Search)} {reply.Mtu}".Trim();
    }

    [Fact]
    public async Task What_a_peers_machine_calls_itself_is_remembered_with_its_lease()
    {
        await using Loopback server = await Loopback.StartAsync();
        using PeerClient client = await server.ConnectAsync(1);
        Reply reply = await client.AskAsync("request_ip=1\nip=0.0.0.0\nhostname=laptop\n\n");
        Assert.Equal("laptop", (await server.Hub.Store.RecordsAsync()).Single(record => record.Address == reply.IPv4).Hostname);
    }

    [Fact]
    public async Task A_damaged_store_is_written_anew_from_what_the_book_knows()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        LeaseOutcome before = await hub.AskAsync(1, six: null);
        hub.Store.IsDamaged = true;
        LeaseOutcome after = await hub.AskAsync(2, six: null);
        Assert.Equal(OutcomeStatus.Done, after.Status);
        Assert.Single(hub.Log.Of("StoreRebuilt"));
        Assert.Equal(
            new[] { before.IPv4!.Value, after.IPv4!.Value }.Order(),
            (await hub.Store.RecordsAsync()).Where(record => record.State == LeaseState.Active).Select(record => record.Address).Order());
        Assert.Equal($"{after.IPv4}/32", hub.Device.Of(2));
    }
}
