namespace WgDynamic.Server.Tests;

/// <summary>What is the operator's, and what happens when the operator, or a tool of theirs, changes the device meanwhile.</summary>
public class OperatorTests
{
    private const int EIO = 5;

    // What the prototype gets wrong, 6 and 8.
    [Fact]
    public async Task An_address_in_the_AllowedIPs_of_another_peer_is_never_leased()
    {
        await using Hub hub = new();
        hub.Device.Give(1, Names.Prefix("10.0.0.1/32"));
        hub.Device.Give(1, Names.Prefix("10.0.0.4/31"));
        await hub.StartAsync("10.0.0.0/29");

        foreach (string taken in new[] { "10.0.0.1", "10.0.0.4", "10.0.0.5" })
            Assert.Null((await hub.AskAsync(2, taken, null)).IPv4);
        Assert.Null((await hub.AskAsync(2, "10.0.0.1", null)).IPv4);
        string[] leased = [(await hub.AskAsync(2, six: null)).IPv4.ToString()!, (await hub.AskAsync(3, six: null)).IPv4.ToString()!];
        Assert.Empty(leased.Except(["10.0.0.2", "10.0.0.3", "10.0.0.6"]));
        Assert.Equal("10.0.0.1/32 10.0.0.4/31", hub.Device.Of(1));
    }

    [Fact]
    public async Task An_address_that_the_operator_gave_to_the_same_peer_is_leased_to_it_and_stays_after_the_lease()
    {
        await using Hub hub = new(leaseSeconds: 100);
        hub.Device.Give(1, Names.Prefix("10.0.0.7/32"));
        await hub.StartAsync("10.0.0.0/24");
        Assert.Equal(Names.Ip("10.0.0.7"), (await hub.AskAsync(1, six: null)).IPv4);
        _ = await hub.ReleaseAsync(1);
        Assert.Equal("10.0.0.7/32", hub.Device.Of(1));
        _ = await hub.AskAsync(1, six: null);
        await hub.PassAsync(200);
        Assert.Equal(("10.0.0.7/32", 0), (hub.Device.Of(1), hub.Book.ActiveCount));
    }

    [Fact]
    public async Task An_address_of_the_operators_that_the_operator_takes_away_comes_back_as_a_lease_like_any_other()
    {
        await using Hub hub = new();
        hub.Device.Give(1, Names.Prefix("10.0.0.7/32"));
        await hub.StartAsync("10.0.0.0/24");
        _ = await hub.AskAsync(1, six: null);

        hub.Device.Take(Names.Prefix("10.0.0.7/32"));
        await hub.SettleAsync();
        // As it renews: it must not be told that it has an address that does not reach it.
        Assert.Equal(Names.Ip("10.0.0.7"), (await hub.AskAsync(1, "10.0.0.7", null)).IPv4);
        Assert.Equal("10.0.0.7/32", hub.Device.Of(1));
        _ = await hub.ReleaseAsync(1);
        Assert.Equal("", hub.Device.Of(1));
    }

    // What the prototype gets wrong, 13.
    [Fact]
    public async Task A_peer_that_the_operator_removed_is_not_made_again()
    {
        await using Hub hub = await new Hub(leaseSeconds: 100).StartAsync("10.0.0.0/24");
        _ = await hub.AskAsync(1, six: null);

        // The request comes before the server has seen that the peer is gone.
        hub.Device.RemovePeer(1);
        _ = await hub.AskAsync(1, "10.0.0.200", null);
        Assert.Equal([Names.Key(2), Names.Key(3)], hub.Device.Peers);

        await hub.SettleAsync();
        Assert.Equal(OutcomeStatus.UnknownPeer, (await hub.AskAsync(1, six: null)).Status);
        await hub.PassAsync(200);
        Assert.Equal((0, 2), (hub.Book.ActiveCount, hub.Device.Peers.Count));
    }

    [Fact]
    public async Task A_peer_that_comes_back_within_its_lease_finds_its_address_there()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        LeaseOutcome leased = await hub.AskAsync(1, six: null);
        hub.Device.RemovePeer(1);
        await hub.SettleAsync();
        hub.Device.AddPeer(1);
        await hub.SettleAsync();
        Assert.Equal($"{leased.IPv4}/32", hub.Device.Of(1));
    }

    [Fact]
    public async Task A_leased_address_that_the_operator_gives_to_another_peer_is_the_other_peers()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        LeaseOutcome leased = await hub.AskAsync(1, six: null);
        IpPrefix prefix = IpPrefix.Host(leased.IPv4!.Value);

        hub.Device.Give(2, prefix);
        await hub.SettleAsync();

        Assert.Equal(Names.Key(2), hub.Device.OwnerOf(prefix));
        Assert.Contains($"{leased.IPv4}", Assert.Single(hub.Log.Of("Conflict")), StringComparison.Ordinal);
        LeaseOutcome renewed = await hub.AskAsync(1, leased.IPv4.ToString(), null);
        Assert.Equal((false, null), (renewed.IsComplete, renewed.IPv4));
        LeaseOutcome other = await hub.AskAsync(1, six: null);
        Assert.NotEqual(leased.IPv4, other.IPv4);
        Assert.Equal(leased.IPv4, (await hub.AskAsync(2, six: null)).IPv4);
    }

    [Fact]
    public async Task AllowedIPs_that_were_reset_behind_the_servers_back_are_put_back_within_seconds_and_counted()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24", "2001:db8::/64");
        LeaseOutcome[] leased = [await hub.AskAsync(1), await hub.AskAsync(2)];
        Assert.Empty(hub.Log.Of("Mended"));

        // wg syncconf: what the file does not say is gone.
        foreach (LeaseOutcome outcome in leased)
        {
            hub.Device.Take(IpPrefix.Host(outcome.IPv4!.Value));
            hub.Device.Take(IpPrefix.Host(outcome.IPv6!.Value));
        }

        // Nobody asks; the server looks by itself.
        hub.Clock.Advance(TimeSpan.FromSeconds(5.5));
        await hub.Device.Changed.UntilAsync(() => hub.Device.Of(1) == $"{leased[0].IPv4}/32 {leased[0].IPv6}/128" && hub.Device.Of(2) == $"{leased[1].IPv4}/32 {leased[1].IPv6}/128");
        await hub.SettleAsync();
        Assert.Contains("4 put back, 0 removed", Assert.Single(hub.Log.Of("Mended")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_device_is_looked_at_every_five_seconds_give_or_take_a_tenth()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        for (int i = 0; i < 20; i++)
        {
            int looks = hub.Device.GetCalls;
            hub.Clock.Advance(TimeSpan.FromSeconds(4.4));
            Assert.Equal(looks, hub.Device.GetCalls);
            hub.Clock.Advance(TimeSpan.FromSeconds(1.1));
            await hub.Device.Changed.UntilAsync(() => hub.Device.GetCalls == looks + 1);
            await hub.PassAsync(0);
        }
    }

    [Fact]
    public async Task A_lease_that_could_not_be_taken_off_the_device_is_not_mistaken_for_the_operators_when_the_address_goes_to_another_peer()
    {
        await using Hub hub = await new Hub(leaseSeconds: 100).StartAsync("10.0.0.1/32");
        // While its last renewal is being stored the lease runs out, and another peer asks: both are one round's business.
        hub.Store.Block();
        Task<LeaseOutcome> first = hub.AskAsync(1, six: null);
        await hub.Store.Changed.UntilAsync(() => hub.Store.Begun == 1);
        hub.Clock.Advance(TimeSpan.FromSeconds(100));
        Task<LeaseOutcome> second = hub.AskAsync(2, six: null);
        hub.Store.Unblock();
        Assert.Equal(OutcomeStatus.Done, (await first).Status);
        // It has to leave the device before it goes to another.
        Assert.Null((await second).IPv4);
        Assert.Equal(("", ""), (hub.Device.Of(1), hub.Device.Of(2)));
        Assert.NotNull((await hub.AskAsync(2, six: null)).IPv4);
        Assert.Equal(("", "10.0.0.1/32"), (hub.Device.Of(1), hub.Device.Of(2)));

        // The same again, back to peer 1, and the device does not follow.
        int begun = hub.Store.Begun;
        hub.Store.Block();
        second = hub.AskAsync(2, six: null);
        await hub.Store.Changed.UntilAsync(() => hub.Store.Begun == begun + 1);
        hub.Clock.Advance(TimeSpan.FromSeconds(100));
        first = hub.AskAsync(1, six: null);
        hub.Device.ConfigureErrno = EIO;
        hub.Store.Unblock();
        Assert.Equal(OutcomeStatus.Done, (await second).Status);
        Assert.Null((await first).IPv4);
        await hub.SettleAsync();
        Assert.Null((await hub.AskAsync(1, six: null)).IPv4);
        Assert.Equal(("", "10.0.0.1/32"), (hub.Device.Of(1), hub.Device.Of(2)));

        hub.Device.ConfigureErrno = 0;
        await hub.SettleAsync();
        Assert.Empty(hub.Log.Of("Conflict"));
        Assert.Equal(Names.Ip("10.0.0.1"), (await hub.AskAsync(1, six: null)).IPv4);
        Assert.Equal(("10.0.0.1/32", ""), (hub.Device.Of(1), hub.Device.Of(2)));
    }

    [Fact]
    public async Task What_could_not_be_removed_once_and_has_gone_since_is_the_operators_if_it_comes_again()
    {
        await using Hub hub = await new Hub().StartAsync("10.0.0.0/24");
        LeaseOutcome leased = await hub.AskAsync(1, six: null);
        IpPrefix prefix = IpPrefix.Host(leased.IPv4!.Value);
        hub.Device.ConfigureErrno = EIO;
        _ = await hub.ReleaseAsync(1);
        hub.Device.ConfigureErrno = 0;

        hub.Device.Take(prefix);
        await hub.SettleAsync();
        hub.Device.Give(1, prefix);
        await hub.SettleAsync();
        await hub.SettleAsync();
        Assert.Equal(Names.Key(1), hub.Device.OwnerOf(prefix));
    }
}
