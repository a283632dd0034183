using WgDynamic.Control;

namespace WgDynamic.Server.Tests;

/// <summary>Pools, exclusions and reservations that are changed while the server runs, at its control socket.</summary>
public class PlanControlTests
{
    private const string File = """
        [Pool]
        Name = office
        Range = 10.0.0.0/24
        Exclude = 10.0.0.100-10.0.0.109
        [Reservation]
        PublicKey = BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
        Address = 10.0.0.7
        Name = the printer
        """;

    private static readonly IpRange _more = IpRange.Parse("10.9.0.0/29");

    [Fact]
    public async Task A_pool_that_is_added_is_leased_from_at_once_and_one_that_is_removed_by_force_is_not()
    {
        await using PlanDaemon daemon = await PlanDaemon.StartAsync(["2001:db8::/64"]);
        Assert.Null((await daemon.Hub.AskAsync(1)).IPv4);
        PoolAnswer added = await daemon.AskOneAsync<PoolAnswer>(new AddPoolRequest { Range = _more, Name = "more", LeaseTime = TimeSpan.FromSeconds(50) });
        Assert.Equal(
            (Origin.Runtime, "more", _more, TimeSpan.FromSeconds(50), true, (UInt128)6, UInt128.Zero, UInt128.Zero, (UInt128)6, null),
            (added.Origin, added.Name, added.Range, added.LeaseTime, added.Enabled, added.Size, added.InUse, added.Reserved, added.Free, added.Problem));

        LeaseOutcome leased = await daemon.Hub.AskAsync(1, six: null);
        Assert.True(_more.Contains(leased.IPv4!.Value));
        Assert.Equal(TimeSpan.FromSeconds(50), leased.LeaseTime);
        PoolAnswer[] pools = await daemon.PoolsAsync();
        Assert.Equal([Origin.Runtime, Origin.Route], pools.Select(pool => pool.Origin));
        Assert.Equal((UInt128.One, (UInt128)5), (pools[0].InUse, pools[0].Free));
        Assert.Equal(UInt128.One << 64, pools[1].Size);

        Assert.Contains("1 lease of the pool more (10.9.0.0/29) is active", (await daemon.RefusedAsync(ControlError.PoolInUse, new RemovePoolRequest { Pool = "more" })).Message, StringComparison.Ordinal);
        PoolAnswer removed = await daemon.AskOneAsync<PoolAnswer>(new RemovePoolRequest { Pool = "10.9.0.0/29", Force = true });
        Assert.Equal(UInt128.One, removed.InUse);
        Assert.DoesNotContain(daemon.Hub.Device.AllowedIPs, entry => _more.Contains(entry.Prefix.Address));
        Assert.Equal(WgDynamic.Leasing.LeaseState.Revoked, daemon.Hub.Book.Find(leased.IPv4.Value)!.State);
        Assert.Null((await daemon.Hub.AskAsync(1)).IPv4);
        Assert.Single(await daemon.PoolsAsync());
    }

    [Fact]
    public async Task A_disabled_pool_keeps_whom_it_has_whatever_it_comes_from_and_a_restart_changes_nothing_about_that()
    {
        TestStore store = new();
        IpAddress? held;
        await using (PlanDaemon daemon = await PlanDaemon.StartAsync(["10.8.0.0/24"], store: store))
        {
            held = (await daemon.Hub.AskAsync(1, six: null)).IPv4;
            PoolAnswer disabled = await daemon.AskOneAsync<PoolAnswer>(new SetPoolRequest { Pool = "10.8.0.0/24", Enabled = false });
            Assert.Equal((false, Origin.Route, UInt128.One), (disabled.Enabled, disabled.Origin, disabled.InUse));
            Assert.Equal(held, (await daemon.Hub.AskAsync(1, six: null)).IPv4);
            Assert.Null((await daemon.Hub.AskAsync(2, six: null)).IPv4);
        }

        await using PlanDaemon again = await PlanDaemon.StartAsync(["10.8.0.0/24"], store: store);
        Assert.False(Assert.Single(await again.PoolsAsync()).Enabled);
        Assert.Equal(held, (await again.Hub.AskAsync(1, six: null)).IPv4);
        Assert.Null((await again.Hub.AskAsync(2, six: null)).IPv4);
        Assert.True((await again.AskOneAsync<PoolAnswer>(new SetPoolRequest { Pool = "10.8.0.0/24", Enabled = true })).Enabled);
        Assert.NotNull((await again.Hub.AskAsync(2, six: null)).IPv4);
        Assert.Empty((await store.LoadPlanAsync(Names.Cancelled)).DisabledPools);
    }

    [Fact]
    public async Task A_pool_is_changed_as_a_whole_or_in_part_and_keeps_its_leases()
    {
        await using PlanDaemon daemon = await PlanDaemon.StartAsync([]);
        _ = await daemon.AskOneAsync<PoolAnswer>(new AddPoolRequest { Range = _more, Enabled = false });
        PoolAnswer pool = await daemon.AskOneAsync<PoolAnswer>(new SetPoolRequest { Pool = "10.9.0.0/29", Name = "more", LeaseTime = TimeSpan.FromSeconds(50), Enabled = true });
        Assert.Equal(("more", TimeSpan.FromSeconds(50), true), (pool.Name, pool.LeaseTime, pool.Enabled));
        LeaseOutcome leased = await daemon.Hub.AskAsync(1, "10.9.0.6", null);
        _ = await daemon.RefusedAsync(ControlError.PoolInUse, new SetPoolRequest { Pool = "more", Range = IpRange.Parse("10.9.0.0/30") });
        pool = await daemon.AskOneAsync<PoolAnswer>(new SetPoolRequest { Pool = "more", Range = IpRange.Parse("10.9.0.4-10.9.0.20"), LeaseTime = TimeSpan.Zero, Name = "" });
        Assert.Equal((null, TimeSpan.FromSeconds(3600), (UInt128)17, UInt128.One), (pool.Name, pool.LeaseTime, pool.Size, pool.InUse));
        Assert.Equal(leased.IPv4, (await daemon.Hub.AskAsync(1, six: null)).IPv4);
        Assert.Equal("10.9.0.4-10.9.0.20", Assert.Single(await daemon.PoolsAsync()).Range.ToString());
    }

    [Fact]
    public async Task Who_has_another_address_gets_the_reserved_one_when_he_next_asks()
    {
        await using PlanDaemon daemon = await PlanDaemon.StartAsync(["10.9.0.0/29"]);
        IpAddress held = (await daemon.Hub.AskAsync(1, "10.9.0.2", null)).IPv4!.Value, reserved = Names.Ip("10.9.0.5");
        ReservationAnswer added = await daemon.AskOneAsync<ReservationAnswer>(new AddReservationRequest { PublicKey = Names.Key(1), Address = reserved, LeaseTime = TimeSpan.FromSeconds(70), Description = "the laptop" });
        Assert.Equal((Origin.Runtime, false, null, "the laptop"), (added.Origin, added.InUse, added.Problem, added.Description));
        Assert.True(daemon.Hub.Book.Find(held)!.IsActive);
        EventAnswer told = Assert.Single(daemon.Events.Recent(new EventsRequest { Types = [EventType.PlanChanged] }));
        Assert.Equal((Names.Key(1), reserved), (told.PublicKey, told.Address));
        Assert.Contains("keeps 10.9.0.2 until he next asks", told.Message, StringComparison.Ordinal);
        Assert.Contains(told.Message, Assert.Single(daemon.Hub.Log.Of("PlanChanged")), StringComparison.Ordinal);
        PoolAnswer pool = Assert.Single(await daemon.PoolsAsync());
        Assert.Equal((UInt128.One, UInt128.One, (UInt128)4), (pool.InUse, pool.Reserved, pool.Free));

        LeaseOutcome moved = await daemon.Hub.AskAsync(1, "10.9.0.2", null);
        Assert.Equal((reserved, TimeSpan.FromSeconds(70)), (moved.IPv4, moved.LeaseTime));
        Assert.True(Assert.Single(await daemon.ReservationsAsync()).InUse);
        Assert.Contains((IpPrefix.Host(reserved), Names.Key(1)), daemon.Hub.Device.AllowedIPs);
        Assert.DoesNotContain(daemon.Hub.Device.AllowedIPs, entry => entry.Prefix == IpPrefix.Host(held));

        // The lease goes on without it.
        ReservationAnswer removed = await daemon.AskOneAsync<ReservationAnswer>(new RemoveReservationRequest { PublicKey = Names.Key(1) });
        Assert.Equal((reserved, true), (removed.Address, removed.InUse));
        Assert.Equal(reserved, (await daemon.Hub.AskAsync(1, six: null)).IPv4);
        Assert.Empty(await daemon.ReservationsAsync());
    }

    [Fact]
    public async Task A_reservation_is_changed_in_part()
    {
        await using PlanDaemon daemon = await PlanDaemon.StartAsync(["10.9.0.0/29"]);
        IpAddress address = Names.Ip("192.0.2.9");
        _ = await daemon.AskOneAsync<ReservationAnswer>(new AddReservationRequest { PublicKey = Names.Key(1), Address = address, Description = "old" });
        Assert.Equal(address, (await daemon.Hub.AskAsync(1, six: null)).IPv4);
        ReservationAnswer changed = await daemon.AskOneAsync<ReservationAnswer>(new SetReservationRequest { Address = address, LeaseTime = TimeSpan.FromSeconds(9) });
        Assert.Equal(("old", TimeSpan.FromSeconds(9), true), (changed.Description, changed.LeaseTime, changed.InUse));
        Assert.Equal(TimeSpan.FromSeconds(9), (await daemon.Hub.AskAsync(1, six: null)).LeaseTime);
        _ = await daemon.RefusedAsync(ControlError.AddressInUse, new SetReservationRequest { Address = address, PublicKey = Names.Key(2) });
        _ = await daemon.Hub.ReleaseAsync(1);
        changed = await daemon.AskOneAsync<ReservationAnswer>(new SetReservationRequest { Address = address, PublicKey = Names.Key(2), LeaseTime = TimeSpan.Zero, Description = "" });
        Assert.Equal((Names.Key(2), null, null), (changed.PublicKey, changed.LeaseTime, changed.Description));
        Assert.NotEqual(address, (await daemon.Hub.AskAsync(1, six: null)).IPv4);
        Assert.Equal(address, (await daemon.Hub.AskAsync(2, six: null)).IPv4);
    }

    [Fact]
    public async Task What_is_excluded_is_not_given_again_and_each_exclusion_says_where_it_comes_from()
    {
        await using PlanDaemon daemon = await PlanDaemon.StartAsync(["10.9.0.0/29"], File + "\n[Server]\nPoolsFromRoutes = true\n");
        daemon.Hub.Device.Give(2, Names.Prefix("10.9.0.2/32"));
        daemon.Hub.Device.Give(3, Names.Prefix("10.0.0.0/8"));
        await daemon.Hub.SettleAsync();
        LeaseOutcome held = await daemon.Hub.AskAsync(1, "10.9.0.5", null);
        ExclusionAnswer added = await daemon.AskOneAsync<ExclusionAnswer>(new AddExclusionRequest { Range = IpRange.Parse("10.9.0.4-10.9.0.200") });
        Assert.Equal(("10.9.0.0/29", Origin.Runtime), (added.Pool, added.Origin));
        Assert.True(daemon.Hub.Book.Find(held.IPv4!.Value)!.IsActive);
        Assert.Equal(
            [("10.0.0.100-10.0.0.109", Origin.File, "office", null), ("10.9.0.4-10.9.0.200", Origin.Runtime, "10.9.0.0/29", null), ("10.9.0.2/32", Origin.Device, "10.9.0.0/29", Names.Key(2))],
            (await daemon.AskAsync<ExclusionAnswer>(new ExclusionsRequest())).Select(exclusion => (exclusion.Range.ToString(), exclusion.Origin, exclusion.Pool!, exclusion.PublicKey)));
        Assert.Single(await daemon.AskAsync<ExclusionAnswer>(new ExclusionsRequest { Pools = ["office"] }));
        Assert.Equal((UInt128)2, (await daemon.AskOneAsync<PoolAnswer>(new PoolsRequest { Pools = ["10.9.0.0/29"] })).Size);

        Assert.NotEqual(held.IPv4, (await daemon.Hub.AskAsync(1, six: null)).IPv4);
        _ = await daemon.AskOneAsync<ExclusionAnswer>(new RemoveExclusionRequest { Range = IpRange.Parse("10.9.0.4-10.9.0.200") });
        Assert.Equal(held.IPv4, (await daemon.Hub.AskAsync(1, "10.9.0.5", null)).IPv4);
    }

    [Fact]
    public async Task What_is_not_in_the_store_is_not_done()
    {
        await using PlanDaemon daemon = await PlanDaemon.StartAsync(["10.9.0.0/29"]);
        daemon.Hub.Store.Fails = true;
        foreach (ControlRequest request in (ControlRequest[])
            [
                new AddPoolRequest { Range = IpRange.Parse("10.7.0.0/24") },
                new SetPoolRequest { Pool = "10.9.0.0/29", Enabled = false },
                new AddExclusionRequest { Range = IpRange.Parse("10.9.0.3") },
                new AddReservationRequest { PublicKey = Names.Key(1), Address = Names.Ip("10.9.0.5") },
            ])
        {
            Assert.Contains("nothing has changed: the disk is full", (await daemon.RefusedAsync(ControlError.Failed, request)).Message, StringComparison.Ordinal);
        }

        daemon.Hub.Store.Fails = false;
        Assert.True(Assert.Single(await daemon.PoolsAsync()).Enabled);
        Assert.Empty(await daemon.ReservationsAsync());
        Assert.Empty(await daemon.AskAsync<ExclusionAnswer>(new ExclusionsRequest()));
        Assert.Empty(daemon.Events.Recent(new EventsRequest()));
        Assert.NotEqual(Names.Ip("10.9.0.5"), (await daemon.Hub.AskAsync(1, "10.9.0.2", null)).IPv4);
    }

    [Fact]
    public async Task All_that_was_added_is_there_after_a_restart_and_in_a_store_that_was_made_anew()
    {
        TestStore store = new();
        await using (PlanDaemon daemon = await PlanDaemon.StartAsync([], store: store))
        {
            _ = await daemon.AskOneAsync<PoolAnswer>(new AddPoolRequest { Range = _more, Name = "more", LeaseTime = TimeSpan.FromSeconds(50) });
            _ = await daemon.AskOneAsync<ReservationAnswer>(new AddReservationRequest { PublicKey = Names.Key(1), Address = Names.Ip("10.9.0.5") });
            // Damaged when a change finds it so, and when a lease does.
            store.IsDamaged = true;
            _ = await daemon.AskOneAsync<ExclusionAnswer>(new AddExclusionRequest { Range = IpRange.Parse("10.9.0.3") });
            store.IsDamaged = true;
            Assert.Equal(Names.Ip("10.9.0.5"), (await daemon.Hub.AskAsync(1, six: null)).IPv4);
            Assert.Equal(2, daemon.Hub.Log.Of("StoreRebuilt").Count());
        }

        await using PlanDaemon again = await PlanDaemon.StartAsync([], store: store);
        PoolAnswer pool = Assert.Single(await again.PoolsAsync());
        Assert.Equal(("more", TimeSpan.FromSeconds(50), (UInt128)5, UInt128.One), (pool.Name, pool.LeaseTime, pool.Size, pool.InUse));
        Assert.True(Assert.Single(await again.ReservationsAsync()).InUse);
        Assert.Single(await again.AskAsync<ExclusionAnswer>(new ExclusionsRequest()));
    }

    [Fact]
    public async Task The_file_wins_and_what_loses_is_told_once_kept_and_in_force_again_when_the_file_lets_it()
    {
        await using PlanDaemon daemon = await PlanDaemon.StartAsync(["10.9.0.0/29"]);
        _ = await daemon.AskOneAsync<PoolAnswer>(new AddPoolRequest { Range = IpRange.Parse("10.0.0.128-10.0.1.9"), Name = "office" });
        _ = await daemon.AskOneAsync<ReservationAnswer>(new AddReservationRequest { PublicKey = Names.Key(1), Address = Names.Ip("10.0.0.7") });
        _ = await daemon.AskOneAsync<ReservationAnswer>(new AddReservationRequest { PublicKey = Names.Key(7), Address = Names.Ip("10.0.0.8") });
        Assert.Equal(Names.Ip("10.0.0.7"), (await daemon.Hub.AskAsync(1, six: null)).IPv4);

        // Its pool overlaps ours, and its reservation for peer 7 has the address of the one and the peer of the other.
        await daemon.ReloadAsync(File);
        await daemon.ReloadAsync(File);
        ReservationAnswer[] reservations = await daemon.ReservationsAsync();
        Assert.Equal(
            [("10.0.0.7", Origin.File, $"it is leased to {Names.Key(1)} until"), ("10.0.0.7", Origin.Runtime, $"the configuration file reserves it for {Names.Key(7)}"), ("10.0.0.8", Origin.Runtime, "the configuration file reserves 10.0.0.7 for this peer")],
            reservations.Select(reservation => (reservation.Address.ToString(), reservation.Origin, reservation.Problem!.Split(" 20")[0])));
        Assert.Equal("the printer", reservations[0].Description);
        PoolAnswer[] pools = await daemon.PoolsAsync();
        Assert.Equal([("10.0.0.0/24", Origin.File, 244), ("10.0.0.128-10.0.1.9", Origin.Runtime, 10)], pools.Select(pool => (pool.Range.ToString(), pool.Origin, (int)pool.Size)));
        Assert.Contains("the configuration file has the pool 10.0.0.0/24", pools[1].Problem, StringComparison.Ordinal);
        Assert.Equal(3, daemon.Hub.Log.Of("RuntimeEntryGivesWay").Count());
        Assert.NotEqual(Names.Ip("10.0.0.7"), (await daemon.Hub.AskAsync(1, six: null)).IPv4);
        Assert.Equal(Names.Ip("10.0.0.7"), (await daemon.Hub.AskAsync(7, six: null)).IPv4);

        await daemon.ReloadAsync("[Server]\n");
        Assert.All(await daemon.ReservationsAsync(), reservation => Assert.True(reservation is { Origin: Origin.Runtime } && (reservation.Problem is null || reservation.Address == Names.Ip("10.0.0.7"))));
        Assert.Equal(Names.Ip("10.0.0.8"), (await daemon.Hub.AskAsync(7, six: null)).IPv4);
        Assert.Equal(Names.Ip("10.0.0.7"), (await daemon.Hub.AskAsync(1, six: null)).IPv4);
        Assert.Null((await daemon.AskOneAsync<PoolAnswer>(new PoolsRequest { Pools = ["office"] })).Problem);
        await daemon.ReloadAsync(File);
        Assert.Equal(6, daemon.Hub.Log.Of("RuntimeEntryGivesWay").Count());
    }

    [Fact]
    public async Task A_route_that_comes_for_an_added_pool_leaves_that_as_it_is()
    {
        await using PlanDaemon daemon = await PlanDaemon.StartAsync([]);
        _ = await daemon.AskOneAsync<PoolAnswer>(new AddPoolRequest { Range = _more, Name = "more" });
        LeaseOutcome held = await daemon.Hub.AskAsync(1, six: null);
        daemon.Hub.Service.SetPools(Hub.Pools("10.9.0.0/29", "10.5.0.0/24"));
        await daemon.Hub.SettleAsync();
        Assert.Equal([("more", Origin.Runtime), (null, Origin.Route)], (await daemon.PoolsAsync()).Select(pool => (pool.Name, pool.Origin)));
        _ = await daemon.AskOneAsync<PoolAnswer>(new RemovePoolRequest { Pool = "more", Force = true });
        Assert.Equal(held.IPv4, (await daemon.Hub.AskAsync(1, six: null)).IPv4);
        Assert.Equal(["10.5.0.0/24", "10.9.0.0/29"], (await daemon.PoolsAsync()).Select(pool => pool.Range.ToString()));
    }
}
