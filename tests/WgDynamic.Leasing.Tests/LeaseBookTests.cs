using static WgDynamic.Leasing.Tests.Peers;

namespace WgDynamic.Leasing.Tests;

public class LeaseBookTests
{
    private readonly LeaseBook _book = Book("10.0.0.0/29", "2001:db8::/125");

    private static LeaseBook Book(params string[] pools)
    {
        LeaseBook book = new(new LeasePolicy { LeaseTime = TimeSpan.FromSeconds(100), Retention = TimeSpan.FromDays(1), GrantInterval = TimeSpan.Zero });
        book.SetPools(pools.Select(pool => IpPrefix.Parse(pool)), []);
        return book;
    }

    private LeaseGrant Ask(PublicKey peer, IpAddress? four, IpAddress? six = null, double at = 0)
    {
        TakeOffDevice(_book);
        return _book.Request(new LeaseRequest(peer, four, six), At(at));
    }

    // As the server does after each batch.
    private static void TakeOffDevice(LeaseBook book)
    {
        foreach (Lease lease in book.Leases.Where(lease => lease is { IsActive: false, OwnsAllowedIP: true }).ToList())
            book.Clear(lease);
    }

    private IpAddress Grant4(PublicKey peer, double at = 0) => Ask(peer, Any4, null, at).IPv4!.Address;

    [Fact]
    public void Both_families_are_leased_at_once()
    {
        LeaseGrant grant = Ask(Alice, Any4, Any6);
        Assert.True(grant.IsComplete);
        Assert.True(IpPrefix.Parse("10.0.0.0/29").Contains(grant.IPv4!.Address));
        Assert.True(IpPrefix.Parse("2001:db8::/125").Contains(grant.IPv6!.Address));
        Assert.Equal(TimeSpan.FromSeconds(100), grant.LeaseTime);
        Assert.Equal(At(100).Uptime, grant.IPv4.Expiry);
        Assert.Equal(2, _book.ActiveCount);
    }

    [Fact]
    public void Asking_for_any_again_gives_the_same_again() // vector 02c, where the prototype gives others
    {
        IpAddress first = Grant4(Alice);
        Assert.Equal(first, Grant4(Alice, at: 50));
        Assert.Equal(1, _book.ActiveCount);
        Assert.Equal(At(150).Uptime, _book.Find(first)!.Expiry);
    }

    [Fact]
    public void A_family_that_is_not_named_is_given_back() // vectors 02d, 02e
    {
        LeaseGrant both = Ask(Alice, Any4, Any6);
        LeaseGrant four = Ask(Alice, Any4);
        Assert.Equal(both.IPv4, four.IPv4);
        Assert.Null(four.IPv6);
        Assert.Equal(LeaseState.Released, _book.Find(both.IPv6!.Address)!.State);
        LeaseGrant none = Ask(Alice, null);
        Assert.True(none.IsComplete);
        Assert.Equal(0, _book.ActiveCount);
    }

    [Fact]
    public void An_address_that_is_asked_for_is_given_if_it_is_free() // vector 07
    {
        Assert.Equal(Ip("10.0.0.3"), Ask(Alice, Ip("10.0.0.3")).IPv4!.Address);
        LeaseGrant refused = Ask(Bob, Ip("10.0.0.3"), Any6);
        Assert.False(refused.IsComplete);
        Assert.Null(refused.IPv4);
        Assert.NotNull(refused.IPv6);
    }

    [Theory]
    [InlineData("10.0.0.0")] // network address
    [InlineData("10.0.0.7")] // broadcast address
    [InlineData("10.0.0.8")] // outside
    [InlineData("192.0.2.1")]
    public void An_address_that_is_in_no_pool_is_refused(string address) => // vectors 07b, 07c, 08
        Assert.Null(Ask(Alice, Ip(address)).IPv4);

    [Fact]
    public void Moving_to_another_address_frees_the_old_one_and_a_refusal_keeps_it() // protocol.md, 12
    {
        Ask(Bob, Ip("10.0.0.1"));
        Ask(Alice, Ip("10.0.0.2"));
        LeaseGrant refused = Ask(Alice, Ip("10.0.0.1"), null, at: 10);
        Assert.False(refused.IsComplete);
        Assert.Equal(Ip("10.0.0.2"), refused.IPv4!.Address);
        Assert.Equal(At(110).Uptime, refused.IPv4.Expiry);

        Assert.Equal(Ip("10.0.0.3"), Ask(Alice, Ip("10.0.0.3")).IPv4!.Address);
        Assert.Equal(LeaseState.Released, _book.Find(Ip("10.0.0.2"))!.State);
        Assert.Equal(2, _book.ActiveCount);
        Assert.NotNull(Ask(Carol, Ip("10.0.0.2")).IPv4);
    }

    [Fact]
    public void No_client_drains_a_pool_by_moving() // protocol.md, 12
    {
        for (int i = 0; i < 100; i++)
            Assert.True(Ask(Alice, Ip($"10.0.0.{1 + (i % 6)}")).IsComplete);
        Assert.Equal(1, _book.ActiveCount);
    }

    [Fact]
    public void A_full_pool_refuses_and_gives_again_when_something_is_freed()
    {
        for (int i = 0; i < 6; i++)
            Assert.True(Ask(Peer(i), Any4).IsComplete);
        Assert.False(Ask(Peer(7), Any4).IsComplete);
        IpAddress freed = _book.Leases.Single(lease => lease.Peer == Peer(3)).Address;
        _book.Release(Peer(3), At(1));
        Assert.Equal(freed, Ask(Peer(7), Any4).IPv4!.Address);
        Assert.False(Ask(Peer(3), Any4).IsComplete);
    }

    [Fact]
    public void A_lease_ends_when_its_time_is_over_and_not_before()
    {
        IpAddress address = Grant4(Alice);
        Assert.Equal(At(100).Uptime, _book.NextExpiry);
        Assert.Equal(0, _book.Expire(At(99.9)));
        Assert.Equal(1, _book.Expire(At(100)));
        Assert.Equal(LeaseState.Expired, _book.Find(address)!.State);
        Assert.Equal(At(100).Wall, _book.Find(address)!.End);
        Assert.Null(_book.NextExpiry);
    }

    [Fact]
    public void A_renewed_lease_lives_on()
    {
        IpAddress address = Grant4(Alice);
        Grant4(Alice, at: 90);
        Assert.Equal(0, _book.Expire(At(100)));
        Assert.Equal(At(190).Uptime, _book.NextExpiry);
        Assert.Equal(1, _book.Expire(At(190)));
        Assert.Equal(address, Grant4(Alice, at: 200));
        Assert.Equal(At(300).Uptime, _book.NextExpiry);
        Assert.Equal(1, _book.Expire(At(300)));
    }

    [Fact]
    public void Expiry_can_be_done_in_portions()
    {
        for (int i = 0; i < 5; i++)
            Grant4(Peer(i));
        Assert.Equal(3, _book.Expire(At(200), most: 3));
        Assert.Equal(2, _book.Expire(At(200), most: 3));
    }

    [Fact]
    public void A_peer_gets_the_address_that_it_had_before_others_do()
    {
        IpAddress address = Grant4(Alice);
        _book.Expire(At(100));
        for (int i = 10; i < 15; i++)
            Assert.NotEqual(address, Grant4(Peer(i), at: 101));
        Assert.Equal(address, Grant4(Alice, at: 102));
    }

    [Fact]
    public void When_nothing_else_is_free_the_address_that_ended_longest_ago_goes_first()
    {
        IpAddress[] addresses = [.. Enumerable.Range(0, 6).Select(i => Grant4(Peer(i), at: i))];
        _book.Expire(At(102));
        Assert.Equal(addresses[0], Grant4(Peer(20), at: 103));
        Assert.Equal(addresses[1], Grant4(Peer(21), at: 103));
        Assert.Equal(addresses[2], Grant4(Peer(0), at: 103)); // its own went to peer 20
    }

    [Fact]
    public void A_book_that_lost_everything_gives_most_peers_the_same_addresses_again()
    {
        LeaseBook before = Book("10.0.0.0/16"), after = Book("10.0.0.0/16");
        PublicKey[] peers = [.. Enumerable.Range(0, 1000).Select(Peer)];
        Dictionary<PublicKey, IpAddress> had = peers.ToDictionary(peer => peer, peer => before.Request(new LeaseRequest(peer, Any4, null), At(0)).IPv4!.Address);
        int same = peers.Reverse().Count(peer => after.Request(new LeaseRequest(peer, Any4, null), At(0)).IPv4!.Address == had[peer]);
        Assert.InRange(same, 950, 1000);
    }

    [Fact]
    public void What_the_operator_gave_to_one_peer_is_leased_to_no_other()
    {
        _book.SetPools([IpPrefix.Parse("10.0.0.0/29")], [new(IpPrefix.Parse("10.0.0.2/32"), Bob), new(IpPrefix.Parse("10.0.0.4/30"), Carol)]);
        Assert.False(Ask(Alice, Ip("10.0.0.2")).IsComplete);
        Assert.False(Ask(Alice, Ip("10.0.0.5")).IsComplete);
        Assert.False(Ask(Carol, Ip("10.0.0.5")).IsComplete); // a routed subnet is not leased at all
        HashSet<IpAddress> given = [Grant4(Peer(10)), Grant4(Peer(11))];
        Assert.Equal([Ip("10.0.0.1"), Ip("10.0.0.3")], given.Order());
        Assert.False(Ask(Peer(12), Any4).IsComplete);
    }

    [Fact]
    public void What_the_operator_gave_to_a_peer_is_leased_to_it_and_stays_the_operators()
    {
        _book.SetPools([IpPrefix.Parse("10.0.0.0/29")], [new(IpPrefix.Parse("10.0.0.2/32"), Bob)]);
        LeaseGrant grant = Ask(Bob, Any4);
        Assert.Equal(Ip("10.0.0.2"), grant.IPv4!.Address);
        Assert.False(grant.IPv4.OwnsAllowedIP);
        Assert.True(Ask(Alice, Any4).IPv4!.OwnsAllowedIP);
        _book.Expire(At(100));
        Assert.Equal(Ip("10.0.0.2"), Ask(Bob, Ip("10.0.0.2"), null, at: 101).IPv4!.Address);
    }

    [Theory]
    [InlineData("0.0.0.0/0", 6)] // an exit node: everything, but nothing in particular
    [InlineData("10.0.0.0/8", 6)] // the site that the pool was cut from
    [InlineData("10.0.0.0/29", 0)] // all of the pool, given to one peer
    [InlineData("10.0.0.0/30", 3)]
    public void A_peers_wider_prefix_does_not_close_a_pool(string allowed, int leasable)
    {
        _book.SetPools([IpPrefix.Parse("10.0.0.0/29")], [new(IpPrefix.Parse(allowed), Bob)]);
        Assert.Equal((UInt128)leasable, _book.Pools.Single().Size);
    }

    [Fact]
    public void What_lies_in_two_pools_belongs_to_the_first()
    {
        _book.SetPlan(new LeasePlan { Pools = [Define("10.0.0.4-10.0.0.5"), Define("10.0.0.0/29")] });
        Assert.Equal([2, 4], _book.Pools.Select(pool => (int)pool.Size));
        Assert.Equal([Ip("10.0.0.4"), Ip("10.0.0.5")], new[] { Grant4(Alice), Grant4(Bob) }.Order());
        Assert.Equal(_book.Pools[1], _book.PoolOf(Grant4(Carol)));
    }

    [Fact]
    public void A_lease_whose_pool_is_gone_runs_on_but_is_not_renewed()
    {
        IpAddress old = Grant4(Alice);
        _book.SetPools([IpPrefix.Parse("10.9.0.0/29")], []);
        Assert.True(_book.Find(old)!.IsActive);
        LeaseGrant moved = Ask(Alice, Any4, null, at: 1);
        Assert.True(IpPrefix.Parse("10.9.0.0/29").Contains(moved.IPv4!.Address));
        Assert.Equal(LeaseState.Revoked, _book.Find(old)!.State);
    }

    [Fact]
    public void A_lease_asked_for_by_name_whose_pool_is_gone_is_refused_and_ended()
    {
        IpAddress old = Grant4(Alice);
        _book.SetPools([IpPrefix.Parse("10.9.0.0/29")], []);
        LeaseGrant refused = Ask(Alice, old, null, at: 1);
        Assert.False(refused.IsComplete);
        Assert.Null(refused.IPv4);
        Assert.Equal(0, _book.ActiveCount);
    }

    [Fact]
    public void Pools_that_come_back_know_what_is_leased_in_them()
    {
        IpAddress held = Grant4(Alice);
        _book.SetPools([], []);
        _book.SetPools([IpPrefix.Parse("10.0.0.0/29")], []);
        for (int i = 10; i < 15; i++)
            Assert.NotEqual(held, Grant4(Peer(i)));
        Assert.False(Ask(Peer(15), Any4).IsComplete);
        Assert.Equal(held, Grant4(Alice));
    }

    [Fact]
    public void A_revoked_lease_is_not_active_and_its_peer_can_ask_again()
    {
        LeaseGrant grant = Ask(Alice, Any4);
        _book.Revoke(grant.IPv4!, At(1));
        Assert.Equal(LeaseState.Revoked, grant.IPv4!.State);
        Assert.True(Ask(Alice, Any4).IsComplete);
    }

    [Fact]
    public void Ended_leases_are_forgotten_in_time_and_active_ones_never()
    {
        Grant4(Alice);
        Grant4(Bob, at: 50);
        _book.Expire(At(100));
        _book.Prune(At(100).Wall);
        Assert.Equal(2, _book.Leases.Count);
        _book.Prune(At(101).Wall);
        Assert.Equal([Bob], _book.Leases.Select(lease => lease.Peer));
    }

    [Fact]
    public async Task A_book_goes_on_where_its_store_left_it()
    {
        await using MemoryLeaseStore store = new();
        LeaseGrant alice = Ask(Alice, Any4, Any6), bob = Ask(Bob, Any4);
        _book.Release(Bob, At(10));
        await store.CommitAsync(_book.Changes, At(10), TestContext.Current.CancellationToken);

        LeaseBook next = Book();
        next.Restore(await store.LoadAsync(TestContext.Current.CancellationToken), At(40));
        next.SetPools([IpPrefix.Parse("10.0.0.0/29"), IpPrefix.Parse("2001:db8::/125")], []);
        Assert.Equal(2, next.ActiveCount);
        Assert.Equal(At(100).Uptime, next.Find(alice.IPv4!.Address)!.Expiry); // what is left, not all anew (vector 36)
        Assert.Equal(LeaseState.Released, next.Find(bob.IPv4!.Address)!.State);
        Assert.Equal(alice.IPv4.Address, next.Request(new LeaseRequest(Alice, Any4, Any6), At(41)).IPv4!.Address);
        Assert.Equal(bob.IPv4.Address, next.Request(new LeaseRequest(Bob, Any4, null), At(42)).IPv4!.Address);
    }

    [Fact]
    public void What_ran_out_while_the_server_was_down_expires_at_once()
    {
        LeaseBook next = Book();
        next.Restore(Stored(new LeaseRecord(Ip("10.0.0.1"), Alice, LeaseState.Active, At(-500).Wall, At(-400).Wall, default, true, null)), At(0));
        Assert.Equal(1, next.Expire(At(0)));
    }

    [Fact]
    public void A_clock_that_went_back_makes_no_lease_longer_than_leases_are()
    {
        LeaseBook next = Book();
        next.Restore(Stored(new LeaseRecord(Ip("10.0.0.1"), Alice, LeaseState.Active, At(0).Wall, At(1_000_000).Wall, default, true, null)), At(0));
        Assert.Equal(At(100).Uptime, next.NextExpiry);
    }

    [Fact]
    public void Every_change_is_told_to_the_owner()
    {
        LeaseGrant grant = Ask(Alice, Any4, Any6);
        Assert.Equal([(LeaseEvent.Granted, grant.IPv4!.ToRecord()), (LeaseEvent.Granted, grant.IPv6!.ToRecord())], Told());
        IpAddress other = Ip("10.0.0.6") == grant.IPv4.Address ? Ip("10.0.0.5") : Ip("10.0.0.6");
        LeaseGrant moved = Ask(Alice, other, Any6, at: 1);
        Assert.Equal(LeaseState.Released, grant.IPv4.State);
        Assert.Equal(
            [(LeaseEvent.Ended, grant.IPv4.ToRecord()), (LeaseEvent.Granted, moved.IPv4!.ToRecord()), (LeaseEvent.Renewed, grant.IPv6.ToRecord())], Told());
        _book.Clear(grant.IPv4);
        Assert.Equal([(LeaseEvent.Cleared, grant.IPv4.ToRecord())], Told());
        _book.Clear(grant.IPv4);
        Assert.Empty(Told());

        (LeaseEvent, LeaseRecord)[] Told()
        {
            (LeaseEvent, LeaseRecord)[] told = [.. _book.Changes.Select(change => (change.Event, change.Record))];
            _book.Changes.Clear();
            return told;
        }
    }

    [Fact]
    public void A_reserved_address_is_its_peers_alone_inside_of_a_pool_and_outside()
    {
        _book.SetPlan(new LeasePlan { Pools = [Define("10.0.0.0/29")], Reservations = [new(Alice, Ip("10.0.0.3")), new(Bob, Ip("10.9.9.9"), TimeSpan.FromSeconds(7))] });
        Pool pool = _book.Pools.Single();
        Assert.Equal(((UInt128)6, 0, 1, (UInt128)5), (pool.Size, pool.InUse, pool.Reserved, pool.Available));
        Assert.Null(Ask(Carol, Ip("10.0.0.3")).IPv4);
        Assert.Null(Ask(Carol, Ip("10.9.9.9")).IPv4);
        Assert.Equal(Ip("10.0.0.3"), Grant4(Alice));
        LeaseGrant outside = Ask(Bob, Any4);
        Assert.Equal((Ip("10.9.9.9"), TimeSpan.FromSeconds(7)), (outside.IPv4!.Address, outside.LeaseTime));
        Assert.Equal((1, 0, (UInt128)5), (pool.InUse, pool.Reserved, pool.Available));
    }

    [Fact]
    public void Who_has_another_address_keeps_it_until_he_asks_after_one_is_reserved_for_him()
    {
        _book.SetPlan(new LeasePlan { Pools = [Define("8000::/1")] });
        Lease held = Ask(Alice, null, Any6).IPv6!;
        Assert.True(_book.TryReserve(new Reservation(Alice, Ip("9000::7"))));
        Assert.False(_book.TryReserve(new Reservation(Bob, Ip("9000::7"))));
        Assert.False(_book.TryReserve(new Reservation(Alice, Ip("9000::8"))));
        Pool pool = _book.Pools.Single();
        Assert.True(held.IsActive);
        Assert.Equal((UInt128.One << 127, 1, 1, (UInt128.One << 127) - 2), (pool.Size, pool.InUse, pool.Reserved, pool.Available));
        Assert.Equal(Ip("9000::7"), Ask(Alice, null, held.Address).IPv6!.Address);
        Assert.Equal((LeaseState.Released, 1, 0), (held.State, pool.InUse, pool.Reserved));
        Assert.True(_book.Unreserve(Ip("9000::7")));
        Assert.False(_book.Unreserve(Ip("9000::7")));
        Assert.Equal(Ip("9000::7"), Ask(Alice, null, Any6).IPv6!.Address);
        Assert.Equal((1, 0), (pool.InUse, pool.Reserved));
    }

    [Fact]
    public void A_disabled_pool_gives_nothing_new_and_who_has_something_keeps_it()
    {
        PoolDefinition pool = Define("10.0.0.0/29");
        _book.SetPlan(new LeasePlan { Pools = [pool] });
        IpAddress? held = Grant4(Alice), former = Grant4(Bob);
        _book.Release(Bob, At(1));
        _book.SetPlan(new LeasePlan { Pools = [pool with { Enabled = false }] });
        Assert.Equal(held, Grant4(Alice));
        Assert.Equal(0, _book.RevokeDisallowed(At(1)));
        Assert.Null(Ask(Bob, Any4).IPv4);
        Assert.Null(Ask(Bob, former).IPv4);
        Assert.Null(Ask(Carol, Ip("10.0.0.4")).IPv4);
        _book.SetPlan(new LeasePlan { Pools = [pool] });
        Assert.Equal(former, Grant4(Bob));
    }

    [Fact]
    public void A_peer_moves_to_its_reservation_when_it_next_asks_and_whoever_is_there_leaves_when_he_does()
    {
        Ask(Alice, Ip("10.0.0.1"));
        Ask(Bob, Ip("10.0.0.2"));
        _book.SetPlan(new LeasePlan { Pools = [Define("10.0.0.0/29")], Reservations = [new(Alice, Ip("10.0.0.2"))] });
        Assert.Equal(Ip("10.0.0.1"), Grant4(Alice, at: 1));
        LeaseGrant moved = Ask(Bob, Ip("10.0.0.2"), null, at: 2);
        Assert.False(moved.IsComplete);
        Assert.Null(moved.IPv4);
        LeaseGrant reserved = Ask(Alice, Ip("10.0.0.1"), null, at: 3);
        Assert.Equal((Ip("10.0.0.2"), false), (reserved.IPv4!.Address, reserved.IsComplete));
        Assert.Equal(LeaseState.Released, _book.Find(Ip("10.0.0.1"))!.State);
    }

    [Fact]
    public void A_reservation_of_what_is_another_peers_or_nobodys_is_told_and_not_honoured()
    {
        _book.SetPlan(new LeasePlan
        {
            Pools = [Define("10.0.0.0/29")],
            Reservations = [new(Alice, Ip("10.0.0.2")), new(Alice, Ip("10.0.0.3")), new(Bob, Ip("10.0.0.4")), new(Carol, Ip("10.0.0.5"))],
            Exclusions = [new(IpPrefix.Parse("10.0.0.4/32"), Carol), new(IpPrefix.Parse("10.0.0.5/32"), Carol)],
        });
        Assert.Equal([Ip("10.0.0.3"), Ip("10.0.0.4")], _book.UnusableReservations.Select(reservation => reservation.Address));
        Assert.False(Ask(Carol, Any4).IPv4!.OwnsAllowedIP);
    }

    [Fact]
    public void A_pool_for_some_is_tried_by_those_only_and_in_its_turn()
    {
        _book.SetPlan(new LeasePlan { Pools = [Define("10.1.0.0/30") with { Peers = new HashSet<PublicKey> { Alice, Bob, Carol } }, Define("10.0.0.0/29")] });
        Assert.Equal("10.0.0.", $"{Grant4(Peer(9))}"[..7]);
        Assert.Null(Ask(Peer(9), Ip("10.1.0.1")).IPv4 is { } kept && kept.Address == Ip("10.1.0.1") ? kept : null);
        Assert.Equal([Ip("10.1.0.1"), Ip("10.1.0.2")], new[] { Grant4(Alice), Grant4(Bob) }.Order());
        Assert.Equal("10.0.0.", $"{Grant4(Carol)}"[..7]);
    }

    [Fact]
    public void Both_addresses_of_a_peer_last_as_long_as_the_shorter_one()
    {
        _book.SetPlan(new LeasePlan { Pools = [Define("10.0.0.0/29") with { LeaseTime = TimeSpan.FromSeconds(30) }, Define("2001:db8::/125") with { LeaseTime = TimeSpan.FromSeconds(300) }] });
        LeaseGrant grant = Ask(Alice, Any4, Any6);
        Assert.Equal((30d, At(30).Uptime, At(30).Uptime), (grant.LeaseTime.TotalSeconds, grant.IPv4!.Expiry, grant.IPv6!.Expiry));
        Assert.Equal(300, Ask(Bob, null, Any6).LeaseTime.TotalSeconds);
    }

    [Fact]
    public void Leases_that_a_new_plan_does_not_allow_can_be_taken_back_at_once()
    {
        Ask(Alice, Ip("10.0.0.1"));
        Ask(Bob, Ip("10.0.0.2"));
        _book.SetPlan(new LeasePlan { Pools = [Define("10.0.0.0/29") with { Exclusions = [IpRange.Parse("10.0.0.2")] }] });
        Assert.Equal(1, _book.RevokeDisallowed(At(1)));
        Assert.Equal((LeaseState.Active, LeaseState.Revoked), (_book.Find(Ip("10.0.0.1"))!.State, _book.Find(Ip("10.0.0.2"))!.State));
    }

    [Fact]
    public void What_ran_out_is_kept_for_its_peer_also_when_others_ask_for_it_by_name_and_what_was_given_back_is_not()
    {
        Ask(Alice, Ip("10.0.0.1"));
        Ask(Bob, Ip("10.0.0.2"));
        _book.Release(Bob, At(1));
        _book.Expire(At(100));
        Assert.Null(Ask(Carol, Ip("10.0.0.1"), null, at: 101).IPv4);
        Assert.Equal(Ip("10.0.0.2"), Ask(Carol, Ip("10.0.0.2"), null, at: 101).IPv4!.Address);
        Assert.Equal(Ip("10.0.0.1"), Grant4(Alice, at: 102));
    }

    [Fact]
    public void What_is_still_on_the_device_for_one_peer_goes_to_no_other() // found by CrashScenarios
    {
        for (int i = 1; i <= 6; i++)
            Ask(Peer(i), Ip($"10.0.0.{i}"));
        _book.Release(Peer(3), At(1));
        Assert.Null(_book.Request(new LeaseRequest(Peer(7), Ip("10.0.0.3"), null), At(1)).IPv4);
        Assert.Null(_book.Request(new LeaseRequest(Peer(7), Any4, null), At(1)).IPv4);
        _book.Clear(_book.Find(Ip("10.0.0.3"))!);
        Assert.Equal(Ip("10.0.0.3"), _book.Request(new LeaseRequest(Peer(7), Any4, null), At(1)).IPv4!.Address);

        _book.Release(Peer(4), At(2));
        Assert.Equal(Ip("10.0.0.4"), _book.Request(new LeaseRequest(Peer(4), Any4, null), At(2)).IPv4!.Address);
    }

    [Fact]
    public void What_ran_out_while_the_server_was_down_is_nobody_elses_for_one_lease_time()
    {
        LeaseBook next = Book();
        next.Restore(Stored(Enumerable.Range(1, 6).Select(i => new LeaseRecord(Ip($"10.0.0.{i}"), Peer(i), LeaseState.Active, At(-500).Wall, At(-400 + i).Wall, default, true, null)).ToArray()), At(0));
        next.SetPools([IpPrefix.Parse("10.0.0.0/29")], []);
        Assert.Equal(6, next.Expire(At(0)));
        TakeOffDevice(next);
        Assert.Null(next.Request(new LeaseRequest(Peer(7), Any4, null), At(99)).IPv4);
        Assert.Equal(Ip("10.0.0.3"), next.Request(new LeaseRequest(Peer(3), Any4, null), At(99)).IPv4!.Address);
        next.Expire(At(100));
        Assert.Equal(Ip("10.0.0.1"), next.Request(new LeaseRequest(Peer(7), Any4, null), At(100)).IPv4!.Address);
    }

    [Fact]
    public void Within_one_boot_leases_go_on_by_the_time_since_boot_however_the_clock_jumps()
    {
        LeaseBook next = Book();
        LeaseRecord record = new(Ip("10.0.0.1"), Alice, LeaseState.Active, At(0).Wall, At(100).Wall, At(100).Uptime, true, null);
        next.Restore(new StoredLeases([record], SameBoot: true, At(0).Wall), new Moment(At(40).Uptime, At(1_000_000).Wall));
        Assert.Equal(At(100).Uptime, next.NextExpiry);
    }

    [Fact]
    public void After_a_boot_with_a_clock_that_went_back_leases_last_no_longer_than_they_did()
    {
        LeaseBook next = Book();
        LeaseRecord record = new(Ip("10.0.0.1"), Alice, LeaseState.Active, At(0).Wall, At(100).Wall, At(100).Uptime, true, null);
        next.Restore(new StoredLeases([record], SameBoot: false, At(60).Wall), new Moment(At(0).Uptime, At(-1_000_000).Wall));
        Assert.Equal(At(40).Uptime, next.NextExpiry);
    }

    [Fact]
    public void A_peer_that_wants_another_address_again_and_again_is_slowed_down_and_keeps_what_it_has()
    {
        _book.Policy = _book.Policy with { GrantInterval = TimeSpan.FromSeconds(10), GrantBurst = 3 };
        string[] got = [.. Enumerable.Range(1, 5).Select(i => $"{Ask(Alice, Ip($"10.0.0.{i}")).IPv4!.Address}")];
        Assert.Equal(["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.3", "10.0.0.3"], got);
        Assert.True(Ask(Alice, Ip("10.0.0.4")) is { IsComplete: false, IsHeldBack: true });
        // What somebody else has is refused for that, however often it is asked for.
        Ask(Bob, Ip("10.0.0.9"));
        Assert.True(Ask(Alice, Ip("10.0.0.9")) is { IsComplete: false, IsHeldBack: false });
        Assert.True(Ask(Alice, Ip("10.0.0.3")) is { IsComplete: true, IsHeldBack: false });
        Assert.Equal(Ip("10.0.0.4"), Ask(Alice, Ip("10.0.0.4"), null, at: 10.1).IPv4!.Address);
        Assert.Equal(Ip("10.0.0.4"), Ask(Alice, Ip("10.0.0.5"), null, at: 10.2).IPv4!.Address);
        Assert.True(Ask(Bob, Any4).IsComplete);
    }

    [Fact]
    public void Only_so_many_addresses_are_kept_for_one_peer()
    {
        _book.Policy = _book.Policy with { AddressesPerPeer = 2 };
        for (int i = 1; i <= 4; i++)
            Ask(Alice, Ip($"10.0.0.{i}"), null, at: i);
        foreach (Lease ended in _book.Leases.ToList())
            _book.Clear(ended);
        Assert.Equal([Ip("10.0.0.3"), Ip("10.0.0.4")], _book.Leases.Select(lease => lease.Address).Order());
        Assert.Equal([Ip("10.0.0.1"), Ip("10.0.0.2")], _book.Changes.Where(change => change.Event == LeaseEvent.Forgotten).Select(change => change.Record.Address).Order());
    }
}
