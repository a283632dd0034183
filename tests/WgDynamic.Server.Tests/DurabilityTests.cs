using WgDynamic.Leasing;
using WgDynamic.Netlink;

namespace WgDynamic.Server.Tests;

/// <summary>Nobody hears of anything that is not in the store and on the device; and many cost little more than one.</summary>
public class DurabilityTests
{
    private const int EIO = 5;
    private const int ENODEV = 19;

    [Fact]
    public async Task Nobody_is_answered_before_the_store_has_what_was_granted()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24", "2001:db8::/64");
        hub.Store.Block();
        Task<LeaseOutcome> asking = hub.AskAsync(1);
        await hub.Store.Changed.UntilAsync(() => hub.Store.Begun == 1);
        Assert.False(asking.IsCompleted);
        Assert.Equal("", hub.Device.Of(1));

        hub.Store.Unblock();
        LeaseOutcome outcome = await asking;
        Assert.Equal(
            [(outcome.IPv4, LeaseState.Active), (outcome.IPv6, LeaseState.Active)],
            (await hub.Store.RecordsAsync()).Select(record => ((IpAddress?)record.Address, record.State)).Order());
    }

    [Fact]
    public async Task A_store_that_fails_promises_nothing_and_who_asks_again_gets_what_was_decided_then()
    {
        await using Hub hub = await new Hub(leaseSeconds: 100).StartAsync("10.0.0.0/24");
        hub.Store.Fails = true;
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(OutcomeStatus.Failed, (await hub.AskAsync(1, six: null)).Status);
            await hub.SettleAsync();
            Assert.Equal("", hub.Device.Of(1));
        }

        Lease decided = Assert.Single(hub.Book.Leases);
        hub.Store.Fails = false;
        hub.Clock.Advance(TimeSpan.FromSeconds(1));
        LeaseOutcome outcome = await hub.AskAsync(1, six: null);
        Assert.Equal((OutcomeStatus.Done, decided.Address), (outcome.Status, outcome.IPv4));
        Assert.Equal($"{decided.Address}/32", hub.Device.Of(1));
        Assert.Equal(decided.ToRecord(), Assert.Single(await hub.Store.RecordsAsync()));
    }

    [Fact]
    public async Task What_could_not_be_stored_is_stored_and_done_later_though_nobody_asks_again()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        LeaseOutcome leased = await hub.AskAsync(1, six: null);
        hub.Store.Fails = true;
        Assert.Equal(OutcomeStatus.Failed, (await hub.ReleaseAsync(1)).Status);
        Assert.Equal($"{leased.IPv4}/32", hub.Device.Of(1));

        hub.Store.Fails = false;
        hub.Clock.Advance(TimeSpan.FromSeconds(5.5));
        await hub.Device.Changed.UntilAsync(() => hub.Device.Of(1).Length == 0);
        Assert.Equal(LeaseState.Released, Assert.Single(await hub.Store.RecordsAsync()).State);
        // That was the server's own doing: nobody has changed anything behind its back.
        Assert.Empty(hub.Log.Of("Mended"));
    }

    [Fact]
    public async Task A_failing_store_is_reported_when_it_fails_and_when_it_works_again_and_tried_once_a_second()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        hub.Store.Fails = true;
        for (int i = 0; i < 50; i++)
            _ = await hub.AskAsync(1, six: null);
        Assert.Equal(1, hub.Store.Begun);
        hub.Clock.Advance(TimeSpan.FromSeconds(1));
        _ = await hub.AskAsync(1, six: null);
        Assert.Equal(2, hub.Store.Begun);
        Assert.Single(hub.Log.Of("StoreFailed"));

        hub.Store.Fails = false;
        hub.Clock.Advance(TimeSpan.FromSeconds(1));
        _ = await hub.AskAsync(1, six: null);
        Assert.Single(hub.Log.Of("StoreRecovered"));
    }

    [Fact]
    public async Task While_the_store_fails_everybody_keeps_what_he_has_and_nobody_gets_anything_new()
    {
        await using Hub hub = await new Hub(leaseSeconds: 100).StartAsync("10.0.0.0/24", "2001:db8::/64");
        LeaseOutcome before = await hub.AskAsync(1);
        hub.Store.Fails = true;
        for (int i = 0; i < 5; i++)
        {
            await hub.PassAsync(60);
            Assert.Equal((OutcomeStatus.Done, before.IPv4, before.IPv6), await StateAsync(1));
            Assert.Equal(OutcomeStatus.Failed, (await hub.AskAsync(2)).Status);
        }

        Assert.Equal((OutcomeStatus.Failed, "10.0.0.77"), ((await hub.AskAsync(1, "10.0.0.77")) is var moved ? moved.Status : default, $"{moved.IPv4}"));
        Assert.Equal("", hub.Device.Of(2));
        Assert.Contains($"{before.IPv4}/32", hub.Device.Of(1), StringComparison.Ordinal);

        hub.Store.Fails = false;
        await hub.PassAsync(2);
        Assert.Contains("10.0.0.77/32", hub.Device.Of(1), StringComparison.Ordinal);
        Assert.Equal(hub.Book.Leases.Select(lease => lease.ToRecord()).OrderBy(record => record.Address), (await hub.Store.RecordsAsync()).OrderBy(record => record.Address));

        async Task<(OutcomeStatus, IpAddress?, IpAddress?)> StateAsync(int peer) =>
            await hub.AskAsync(peer) is var outcome ? (outcome.Status, outcome.IPv4, outcome.IPv6) : default;
    }

    [Fact]
    public async Task While_the_store_fails_AllowedIPs_that_others_reset_are_put_back()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        LeaseOutcome leased = await hub.AskAsync(1, six: null);
        hub.Store.Fails = true;
        _ = await hub.AskAsync(2, six: null);
        hub.Device.Take(IpPrefix.Host(leased.IPv4!.Value));
        await hub.PassAsync(6);
        Assert.Equal(($"{leased.IPv4}/32", ""), (hub.Device.Of(1), hub.Device.Of(2)));
    }

    [Fact]
    public async Task What_is_missing_in_the_store_does_not_grow_with_the_time_that_it_fails()
    {
        await using Hub hub = await new Hub(leaseSeconds: 100).StartAsync("10.0.0.0/24");
        _ = await hub.AskAsync(1, six: null);
        hub.Store.Fails = true;
        for (int i = 0; i < 50; i++)
        {
            await hub.PassAsync(3);
            _ = await hub.AskAsync(1, six: null);
            _ = await hub.AskAsync(2, six: null);
        }

        hub.Store.Fails = false;
        await hub.PassAsync(2);
        Assert.Equal(2, hub.Store.Committed[^1]);
    }

    [Fact]
    public async Task A_prefix_whose_removal_the_last_server_did_not_come_to_is_removed_by_the_next_one_and_only_once()
    {
        await using Hub hub = new();
        Moment now = Moment.Of(hub.Clock);
        await hub.Store.CommitAsync(
            [
                new(LeaseEvent.Ended, new LeaseRecord(Names.Ip("10.0.0.1"), Names.Key(1), LeaseState.Released, now.Wall, now.Wall, now.Uptime, OwnsAllowedIP: true, null)),
                new(LeaseEvent.Ended, new LeaseRecord(Names.Ip("10.0.0.2"), Names.Key(2), LeaseState.Released, now.Wall, now.Wall, now.Uptime, OwnsAllowedIP: false, null)),
            ],
            now,
            Names.Cancelled);
        hub.Device.Give(1, Names.Prefix("10.0.0.1/32"));
        hub.Device.Give(2, Names.Prefix("10.0.0.2/32"));

        await hub.StartAsync("10.0.0.0/24");
        Assert.Equal(("", "10.0.0.2/32"), (hub.Device.Of(1), hub.Device.Of(2)));
        await hub.SettleAsync();
        Assert.All(await hub.Store.RecordsAsync(), record => Assert.False(record.OwnsAllowedIP));
        hub.Device.Give(1, Names.Prefix("10.0.0.1/32"));
        await hub.PassAsync(6);
        Assert.Equal("10.0.0.1/32", hub.Device.Of(1));
    }

    [Fact]
    public async Task A_device_that_cannot_be_changed_promises_nothing_and_works_again_afterwards()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        LeaseOutcome settled = await hub.AskAsync(2, six: null);
        hub.Device.ConfigureErrno = EIO;
        Assert.Equal(OutcomeStatus.Failed, (await hub.AskAsync(1, six: null)).Status);
        // Who has what it asks for needs nothing from the device.
        Assert.Equal((OutcomeStatus.Done, settled.IPv4), ((await hub.AskAsync(2, six: null)).Status, settled.IPv4));

        hub.Device.ConfigureErrno = 0;
        LeaseOutcome outcome = await hub.AskAsync(1, six: null);
        Assert.Equal((OutcomeStatus.Done, $"{outcome.IPv4}/32"), (outcome.Status, hub.Device.Of(1)));
    }

    [Fact]
    public async Task A_device_that_could_be_changed_in_part_is_made_whole_though_nobody_asks_again()
    {
        await using Hub hub = await new Hub(peers: 20).StartAsync("10.0.0.0/24");
        hub.Store.Block();
        Task<LeaseOutcome> first = hub.AskAsync(20, six: null);
        await hub.Store.Changed.UntilAsync(() => hub.Store.Begun == 1);
        Task<LeaseOutcome>[] asking = [.. Enumerable.Range(1, 10).Select(peer => hub.AskAsync(peer, six: null))];
        hub.Device.ConfigureErrno = EIO;
        hub.Device.ConfigureFailsAfter = 4;
        hub.Store.Unblock();
        _ = await first;
        Assert.All(await Task.WhenAll(asking), outcome => Assert.Equal(OutcomeStatus.Failed, outcome.Status));

        hub.Device.ConfigureErrno = 0;
        hub.Clock.Advance(TimeSpan.FromSeconds(5.5));
        await hub.Device.Changed.UntilAsync(() => Enumerable.Range(1, 10).All(peer => hub.Device.Of(peer).Length > 0));
        Assert.Equal(11, hub.Book.ActiveCount);
        await hub.SettleAsync();
        Assert.Empty(hub.Log.Of("Mended"));
    }

    [Fact]
    public async Task A_device_that_cannot_be_read_promises_nothing_and_is_tried_again()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        hub.Device.GetErrno = EIO;
        hub.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(OutcomeStatus.Failed, (await hub.AskAsync(1, six: null)).Status);
        Assert.Equal(0, hub.Book.ActiveCount);
        hub.Device.GetErrno = 0;
        hub.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(OutcomeStatus.Done, (await hub.AskAsync(1, six: null)).Status);
    }

    [Fact]
    public async Task Requests_that_wait_while_the_store_is_busy_are_one_commit_and_one_change_of_the_device()
    {
        const int count = 300;
        await using Hub hub = await new Hub(peers: count + 1).StartAsync("10.0.0.0/16", "2001:db8::/64");
        hub.Store.Block();
        Task<LeaseOutcome> first = hub.AskAsync(count + 1);
        await hub.Store.Changed.UntilAsync(() => hub.Store.Begun == 1);
        Task<LeaseOutcome>[] others = [.. Enumerable.Range(1, count).Select(peer => hub.AskAsync(peer))];
        hub.Store.Unblock();

        _ = await first;
        LeaseOutcome[] outcomes = await Task.WhenAll(others);
        Assert.Equal([2, 2 * count], hub.Store.Committed);
        Assert.Equal(2, hub.Device.ConfigureCalls);
        Assert.Equal(2 * count, outcomes.SelectMany(outcome => new[] { outcome.IPv4, outcome.IPv6 }).Distinct().Count());
    }

    [Fact]
    public async Task The_interface_going_away_ends_the_service_and_answers_everybody_who_waits()
    {
        await using Hub hub = new();
        await hub.StartAsync("10.0.0.0/24");
        hub.Store.Block();
        Task<LeaseOutcome> first = hub.AskAsync(1);
        await hub.Store.Changed.UntilAsync(() => hub.Store.Begun == 1);
        Task<LeaseOutcome>[] others = [hub.AskAsync(2), hub.AskAsync(3)];
        Task looking = hub.Service.LookAgainAsync(Names.Cancelled);
        hub.Device.ConfigureErrno = ENODEV;
        hub.Store.Unblock();

        NetlinkException error = await Assert.ThrowsAsync<NetlinkException>(() => hub.Running.WaitAsync(Names.Limit, Names.Cancelled));
        Assert.True(error.IsNoSuchDevice);
        Assert.Equal(OutcomeStatus.Failed, (await first).Status);
        Assert.All(await Task.WhenAll(others), outcome => Assert.Equal(OutcomeStatus.Failed, outcome.Status));
        await looking.WaitAsync(Names.Limit, Names.Cancelled);

        // And who comes late is told at once, too.
        Assert.Equal(OutcomeStatus.Failed, (await hub.AskAsync(1)).Status);
        await hub.Service.LookAgainAsync(Names.Cancelled).WaitAsync(Names.Limit, Names.Cancelled);
        hub.ForgetFailure();
    }

    [Fact]
    public async Task The_interface_going_away_is_noticed_though_nobody_asks()
    {
        await using Hub hub = new();
        await hub.StartAsync("10.0.0.0/24");
        Task looking = hub.Service.LookAgainAsync(Names.Cancelled);
        await looking.WaitAsync(Names.Limit, Names.Cancelled);
        hub.Device.GetErrno = ENODEV;
        hub.Clock.Advance(TimeSpan.FromSeconds(5.5));
        NetlinkException error = await Assert.ThrowsAsync<NetlinkException>(() => hub.Running.WaitAsync(Names.Limit, Names.Cancelled));
        Assert.True(error.IsNoSuchDevice);
        hub.ForgetFailure();
    }
}
