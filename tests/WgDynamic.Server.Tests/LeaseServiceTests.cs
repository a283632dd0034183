using WgDynamic.Leasing;

namespace WgDynamic.Server.Tests;

public class LeaseServiceTests
{
    [Fact]
    public async Task A_grant_gives_the_peer_exactly_one_address_of_each_family_and_leaves_the_rest_alone()
    {
        await using Hub hub = new();
        hub.Device.Give(1, Names.Prefix("172.16.0.0/12"));
        hub.Device.Give(2, Names.Prefix("10.9.9.9/32"));
        await hub.StartAsync("10.0.0.0/24", "2001:db8::/64");

        LeaseOutcome outcome = await hub.AskAsync(1);

        Assert.Equal((OutcomeStatus.Done, true), (outcome.Status, outcome.IsComplete));
        Assert.Equal($"{outcome.IPv4}/32 172.16.0.0/12 {outcome.IPv6}/128", hub.Device.Of(1));
        Assert.Equal("10.9.9.9/32", hub.Device.Of(2));
        Assert.Equal("", hub.Device.Of(3));
    }

    [Fact]
    public async Task A_release_takes_back_exactly_what_was_leased()
    {
        await using Hub hub = new();
        hub.Device.Give(1, Names.Prefix("172.16.0.0/12"));
        await hub.StartAsync("10.0.0.0/24", "2001:db8::/64");
        LeaseOutcome other = await hub.AskAsync(2);
        _ = await hub.AskAsync(1);

        LeaseOutcome outcome = await hub.ReleaseAsync(1);

        Assert.Equal((OutcomeStatus.Done, true, null, null), (outcome.Status, outcome.IsComplete, outcome.IPv4, outcome.IPv6));
        Assert.Equal("172.16.0.0/12", hub.Device.Of(1));
        Assert.Equal($"{other.IPv4}/32 {other.IPv6}/128", hub.Device.Of(2));
    }

    [Fact]
    public async Task A_lease_that_runs_out_leaves_the_device_by_itself()
    {
        await using Hub hub = new(leaseSeconds: 100);
        hub.Device.Give(1, Names.Prefix("172.16.0.0/12"));
        await hub.StartAsync("10.0.0.0/24", "2001:db8::/64");
        _ = await hub.AskAsync(1);

        hub.Clock.Advance(TimeSpan.FromSeconds(99.9));
        await hub.PassAsync(0);
        Assert.NotEqual("172.16.0.0/12", hub.Device.Of(1));

        hub.Clock.Advance(TimeSpan.FromSeconds(0.1));
        await hub.Device.Changed.UntilAsync(() => hub.Device.Of(1) == "172.16.0.0/12");
        Assert.Empty(hub.Log.Of("Mended"));
    }

    [Fact]
    public async Task A_renewal_keeps_the_addresses_and_does_not_touch_the_device()
    {
        await using Hub hub = new(leaseSeconds: 100);
        await hub.StartAsync("10.0.0.0/24", "2001:db8::/64");
        LeaseOutcome first = await hub.AskAsync(1);
        int calls = hub.Device.ConfigureCalls;

        for (int i = 0; i < 10; i++)
        {
            await hub.PassAsync(60);
            LeaseOutcome again = await hub.AskAsync(1, first.IPv4.ToString(), first.IPv6.ToString());
            Assert.Equal((first.IPv4, first.IPv6, true), (again.IPv4, again.IPv6, again.IsComplete));
        }

        Assert.Equal(calls, hub.Device.ConfigureCalls);
    }

    [Fact]
    public async Task Who_asks_for_any_address_while_holding_one_gets_the_same_again()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24", "2001:db8::/64");
        LeaseOutcome first = await hub.AskAsync(1);
        LeaseOutcome again = await hub.AskAsync(1);
        Assert.Equal((first.IPv4, first.IPv6), (again.IPv4, again.IPv6));
    }

    // What the prototype gets wrong, 12: one client drains a pool by moving about.
    [Fact]
    public async Task Moving_to_another_address_gives_back_the_old_one_and_asking_for_a_taken_one_keeps_it()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/29");
        Assert.Equal(Names.Ip("10.0.0.6"), (await hub.AskAsync(2, "10.0.0.6", null)).IPv4);
        for (int i = 1; i <= 5; i++)
        {
            LeaseOutcome moved = await hub.AskAsync(1, $"10.0.0.{i}", null);
            Assert.Equal((Names.Ip($"10.0.0.{i}"), true), (moved.IPv4, moved.IsComplete));
            Assert.Equal($"10.0.0.{i}/32", hub.Device.Of(1));
        }

        LeaseOutcome refused = await hub.AskAsync(1, "10.0.0.6", null);
        Assert.Equal((Names.Ip("10.0.0.5"), false), (refused.IPv4, refused.IsComplete));
        Assert.Equal(("10.0.0.5/32", "10.0.0.6/32"), (hub.Device.Of(1), hub.Device.Of(2)));
    }

    [Fact]
    public async Task An_address_that_changes_hands_goes_from_one_peer_to_the_other()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.1/32");
        Assert.Equal(Names.Ip("10.0.0.1"), (await hub.AskAsync(1, six: null)).IPv4);
        Assert.False((await hub.AskAsync(2, six: null)).IsComplete);
        _ = await hub.ReleaseAsync(1);
        Assert.Equal(Names.Ip("10.0.0.1"), (await hub.AskAsync(2, six: null)).IPv4);
        Assert.Equal(("", "10.0.0.1/32"), (hub.Device.Of(1), hub.Device.Of(2)));
    }

    [Fact]
    public async Task An_exhausted_pool_is_said_so_in_the_log_and_works_again_when_something_is_freed()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/31");
        _ = await hub.AskAsync(1, six: null);
        _ = await hub.AskAsync(2, six: null);

        LeaseOutcome refused = await hub.AskAsync(3, six: null);
        Assert.Equal((OutcomeStatus.Done, false, null), (refused.Status, refused.IsComplete, refused.IPv4));
        Assert.Contains("no free IPv4 address", Assert.Single(hub.Log.Of("PoolExhausted")), StringComparison.Ordinal);

        _ = await hub.ReleaseAsync(1);
        Assert.True((await hub.AskAsync(3, six: null)).IsComplete);
    }

    [Fact]
    public async Task A_hub_of_one_family_is_asked_for_the_other_by_everybody_and_does_not_complain()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        LeaseOutcome outcome = await hub.AskAsync(1);
        Assert.Equal((false, null), (outcome.IsComplete, outcome.IPv6));
        Assert.Empty(hub.Log.Of("PoolExhausted"));

        // Without any pool it does: that is hardly what the operator wants.
        await using Hub empty = await new Hub().StartAsync();
        _ = await empty.AskAsync(1);
        Assert.Single(empty.Log.Of("PoolExhausted"));
    }

    [Fact]
    public async Task A_source_address_that_is_no_peers_is_answered_with_nothing()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        Assert.Equal(OutcomeStatus.UnknownPeer, (await hub.AskAsync(99)).Status);
        Assert.Equal(0, hub.Book.ActiveCount);
    }

    [Fact]
    public async Task A_peer_is_known_only_by_a_whole_link_local_address()
    {
        await using Hub hub = new();
        hub.Device.Give(1, Names.Prefix("fe80::/64"));
        hub.Device.Give(2, Names.Prefix("2001:db8::2/128"));
        await hub.StartAsync();
        Assert.All(Enumerable.Range(1, 3), peer => Assert.True(hub.Service.TryIdentify(Names.Id(peer), out PublicKey key) && key == Names.Key(peer)));
        Assert.False(hub.Service.TryIdentify(Names.Ip("fe80::"), out _));
        Assert.False(hub.Service.TryIdentify(Names.Ip("2001:db8::2"), out _));
    }

    [Fact]
    public async Task Identity_follows_the_device_when_a_link_local_address_moves_to_another_peer()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        LeaseOutcome before = await hub.AskAsync(1, six: null);

        hub.Device.Give(2, IpPrefix.Host(Names.Id(1)));
        await hub.SettleAsync();
        LeaseOutcome after = await hub.AskAsync(1, six: null);

        Assert.NotEqual(before.IPv4, after.IPv4);
        Assert.Equal($"{before.IPv4}/32", hub.Device.Of(1));
        Assert.Equal($"{after.IPv4}/32", hub.Device.Of(2));
    }

    [Fact]
    public async Task A_peer_that_was_just_added_is_known_at_the_next_look()
    {
        await using Hub hub = await new Hub(peers: 1).StartAsync("10.0.0.0/24");
        Assert.False(hub.Service.TryIdentify(Names.Id(7), out _));
        hub.Device.AddPeer(7);
        await hub.SettleAsync();
        Assert.True(hub.Service.TryIdentify(Names.Id(7), out PublicKey key));
        Assert.Equal(Names.Key(7), key);
    }

    [Fact]
    public async Task New_pools_count_at_once_and_leases_of_a_pool_that_is_gone_end_when_their_peer_asks()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        _ = await hub.AskAsync(1, six: null);

        hub.Service.SetPools(Hub.Pools("10.1.0.0/24"));
        LeaseOutcome moved = await hub.AskAsync(1, six: null);

        Assert.True(Names.Prefix("10.1.0.0/24").Contains(moved.IPv4!.Value));
        Assert.Equal($"{moved.IPv4}/32", hub.Device.Of(1));
        Assert.Contains("10.1.0.0/24", Assert.Single(hub.Log.Of("Pools")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_of_the_server_itself_are_leased_to_nobody()
    {
        await using Hub hub = await new Hub().StartAsync();
        hub.Service.SetPools(new PoolSource([Names.Prefix("10.0.0.0/30")], [Names.Ip("10.0.0.1")]));
        Assert.False((await hub.AskAsync(1, "10.0.0.1", null)).IsComplete);
        Assert.Equal(Names.Ip("10.0.0.2"), (await hub.AskAsync(1, six: null)).IPv4);
        Assert.Null((await hub.AskAsync(2, six: null)).IPv4);
    }

    [Fact]
    public async Task Thousands_of_leases_that_run_out_together_end_in_portions_between_which_others_are_served()
    {
        const int count = 2000;
        await using Hub hub = new(peers: count, leaseSeconds: 100);
        await hub.StartAsync("10.0.0.0/16");
        _ = await Task.WhenAll(Enumerable.Range(1, count).Select(peer => hub.AskAsync(peer, six: null)));
        Assert.Equal(count, hub.Book.ActiveCount);
        hub.Store.Committed.Clear();

        hub.Clock.Advance(TimeSpan.FromSeconds(100));
        await hub.Store.Changed.UntilAsync(() => hub.Store.Committed.Sum() >= count);

        // Those that end in one round, and those of the round before, which have left the device.
        Assert.All(hub.Store.Committed.ToArray(), records => Assert.InRange(records, 1, 2 * 512));
        await hub.Device.Changed.UntilAsync(() => hub.Device.AllowedIPs.Count == count);
    }

    [Fact]
    public async Task What_the_store_kept_goes_on_after_a_restart_for_what_is_left_of_it()
    {
        await using Hub hub = new(leaseSeconds: 100);
        Moment now = Moment.Of(hub.Clock);
        LeaseChange Lease(string address, int peer, double start, double end) =>
            new(LeaseEvent.Granted, new LeaseRecord(Names.Ip(address), Names.Key(peer), LeaseState.Active, now.Wall.AddSeconds(start), now.Wall.AddSeconds(end), now.Uptime + TimeSpan.FromSeconds(end), true, null));
        await hub.Store.CommitAsync([Lease("10.0.0.1", 1, -50, 50), Lease("10.0.0.2", 2, -150, -50)], now, Names.Cancelled);
        hub.Device.Give(1, Names.Prefix("10.0.0.1/32"));
        hub.Device.Give(2, Names.Prefix("10.0.0.2/32"));

        await hub.StartAsync("10.0.0.0/24");
        Assert.Equal(("10.0.0.1/32", ""), (hub.Device.Of(1), hub.Device.Of(2)));
        Assert.Equal(Names.Ip("10.0.0.2"), (await hub.AskAsync(2, six: null)).IPv4);

        hub.Clock.Advance(TimeSpan.FromSeconds(50));
        await hub.Device.Changed.UntilAsync(() => hub.Device.Of(1).Length == 0);
    }

    [Fact]
    public async Task Renewals_are_spread_over_a_tenth_of_the_lease_around_its_half()
    {
        await using Hub hub = await new Hub(peers: 100, leaseSeconds: 1000).StartAsync("10.0.0.0/24");
        LeaseOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(1, 100).Select(peer => hub.AskAsync(peer, six: null)));
        Assert.All(outcomes, outcome => Assert.InRange(outcome.RenewAfter.TotalSeconds, 450, 550));
        Assert.True(outcomes.Select(outcome => outcome.RenewAfter).Distinct().Count() > 90);
    }
}
