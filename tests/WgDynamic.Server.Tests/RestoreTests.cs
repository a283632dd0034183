using WgDynamic.Leasing;

namespace WgDynamic.Server.Tests;

/// <summary>A server that begins anew with a backup while peers are there.</summary>
public class RestoreTests
{
    [Fact]
    public async Task Leases_of_the_backup_come_to_the_device_and_those_since_leave_it()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        _ = await hub.AskAsync(1, "10.0.0.1", null);
        StoredLeases before = await hub.Store.LoadAsync(Names.Cancelled);
        _ = await hub.ReleaseAsync(1);
        _ = await hub.AskAsync(2, "10.0.0.1", null);
        _ = await hub.AskAsync(3, "10.0.0.3", null);
        hub.Device.Give(3, Names.Prefix("192.168.3.0/24"));
        await hub.SettleAsync();

        hub.Store.Backups["backup"] = new ReplacedStore(before, RuntimePlan.Empty, "former");
        Assert.Equal("former", await RestoreAsync(hub, "backup"));

        Assert.Equal(("10.0.0.1/32", "", "192.168.3.0/24"), (hub.Device.Of(1), hub.Device.Of(2), hub.Device.Of(3)));
        Assert.Equal(1, hub.Book.ActiveCount);
        Assert.Equal(Names.Ip("10.0.0.1"), (await hub.AskAsync(1, "10.0.0.1", null)).IPv4);
        Assert.Null((await hub.AskAsync(2, "10.0.0.1", null)).IPv4);
        // What was leased since is free, and not taken for the operator's.
        Assert.Equal(Names.Ip("10.0.0.3"), (await hub.AskAsync(2, "10.0.0.3", null)).IPv4);
        Assert.Equal(2, (await hub.Store.RecordsAsync()).Count(record => record.State == LeaseState.Active));
    }

    [Fact]
    public async Task Pools_and_reservations_of_the_backup_are_in_force_in_place_of_those_since()
    {
        await using Hub hub = await new Hub().StartAsync();
        RuntimePlan since = new() { Pools = [Pool("10.1.0.0/24")], Reservations = [new Reservation(Names.Key(1), Names.Ip("10.1.0.9"))] };
        RuntimePlan then = new() { Pools = [Pool("10.2.0.0/24")], Reservations = [new Reservation(Names.Key(1), Names.Ip("10.2.0.9"))] };
        _ = await hub.Service.InvokeAsync(
            async now =>
            {
                await hub.Service.Plan.ChangeAsync(RuntimePlan.Empty, since, now, Names.Cancelled);
                return true;
            },
            Names.Cancelled,
            isChange: true);
        Assert.Equal(Names.Ip("10.1.0.9"), (await hub.AskAsync(1, six: null)).IPv4);

        hub.Store.Backups["backup"] = new ReplacedStore(new StoredLeases([], SameBoot: true, null), then, null);
        _ = await RestoreAsync(hub, "backup");

        Assert.Equal("", hub.Device.Of(1));
        Assert.Equal(Names.Ip("10.2.0.9"), (await hub.AskAsync(1, six: null)).IPv4);
        Assert.Null((await hub.AskAsync(2, "10.1.0.9", null)).IPv4);
    }

    [Fact]
    public async Task A_backup_that_cannot_be_used_changes_nothing()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        _ = await hub.AskAsync(1, "10.0.0.1", null);

        Assert.Contains("does not exist", (await Assert.ThrowsAsync<LeaseStoreException>(() => RestoreAsync(hub, "nothing"))).Message, StringComparison.Ordinal);

        Assert.Equal(("10.0.0.1/32", 1), (hub.Device.Of(1), hub.Book.ActiveCount));
        Assert.Equal(Names.Ip("10.0.0.1"), (await hub.AskAsync(1, "10.0.0.1", null)).IPv4);
    }

    [Fact]
    public async Task What_the_store_could_not_take_before_is_not_put_into_the_backup()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        hub.Store.Fails = true;
        Assert.Equal(OutcomeStatus.Failed, (await hub.AskAsync(1, "10.0.0.1", null)).Status);
        hub.Store.Fails = false;
        hub.Store.Backups["backup"] = new ReplacedStore(new StoredLeases([], SameBoot: true, null), RuntimePlan.Empty, null);
        _ = await RestoreAsync(hub, "backup");
        await hub.PassAsync(5);

        Assert.Empty(await hub.Store.RecordsAsync());
        Assert.Equal(("", 0), (hub.Device.Of(1), hub.Book.ActiveCount));
    }

    private static Task<string?> RestoreAsync(Hub hub, string path) =>
        hub.Service.InvokeAsync(now => hub.Service.RestoreAsync(path, now), Names.Cancelled, isChange: true).WaitAsync(Names.Limit, Names.Cancelled);

    private static PoolDefinition Pool(string range) => new() { Range = IpRange.FromPrefix(Names.Prefix(range)) };
}
