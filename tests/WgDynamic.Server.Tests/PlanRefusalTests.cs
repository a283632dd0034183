using WgDynamic.Control;

namespace WgDynamic.Server.Tests;

/// <summary>What the control socket does not do to a plan: each with its code, and most with a remedy. Nothing changes by any of it.</summary>
public class PlanRefusalTests
{
    private const string File = """
        [Server]
        PoolsFromRoutes = true
        [Pool]
        Name = office
        Range = 10.0.0.0/24
        Exclude = 10.0.0.100-10.0.0.109
        [Reservation]
        PublicKey = BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
        Address = 10.0.0.7
        """;

    private static readonly PublicKey _one = Names.Key(1), _two = Names.Key(2);

    private static readonly (ControlError Code, string Message, string? Remedy, ControlRequest Request)[] _refused =
    [
        (ControlError.PoolExists, "10.0.0.128/25 overlaps the pool office (10.0.0.0/24), from /etc/wg-dynamic/wg0.conf", "beside it", new AddPoolRequest { Range = Range("10.0.0.128/25") }),
        (ControlError.PoolExists, "overlaps the pool 10.9.0.0/24, from a route", "beside it", new AddPoolRequest { Range = Range("10.9.0.0/16") }),
        (ControlError.PoolExists, "overlaps the pool more (10.7.0.0/24), added by the control socket", "beside it", new AddPoolRequest { Range = Range("10.7.0.255-10.7.1.0") }),
        (ControlError.PoolExists, "is called office", "another name", new AddPoolRequest { Range = Range("10.6.0.0/24"), Name = "office" }),
        (ControlError.PoolExists, "is called office", "another name", new SetPoolRequest { Pool = "more", Name = "office" }),
        (ControlError.PoolExists, "overlaps", "beside it", new SetPoolRequest { Pool = "more", Range = Range("10.0.0.0/8") }),
        (ControlError.AddressNotInPool, "every address", "your network", new AddPoolRequest { Range = Range("::/0") }),
        (ControlError.AddressNotInPool, "has link-local addresses", "your network", new AddPoolRequest { Range = Range("fe80::/64") }),
        (ControlError.AddressNotInPool, "has loopback addresses", "your network", new SetPoolRequest { Pool = "more", Range = Range("126.0.0.0-127.0.0.1") }),
        (ControlError.InvalidRequest, "is not a name", "letters", new AddPoolRequest { Range = Range("10.6.0.0/24"), Name = "two words" }),
        (ControlError.InvalidRequest, "is not a name", "letters", new AddPoolRequest { Range = Range("10.6.0.0/24"), Name = new string('x', 65) }),
        (ControlError.InvalidRequest, "10.6.0.1 is a range", "no address", new AddPoolRequest { Range = Range("10.6.0.0/24"), Name = "10.6.0.1" }),
        (ControlError.InvalidRequest, "cannot last 0.5 seconds", "whole seconds", new AddPoolRequest { Range = Range("10.6.0.0/24"), LeaseTime = TimeSpan.FromSeconds(0.5) }),
        (ControlError.InvalidRequest, "cannot last -1 seconds", "whole seconds", new SetPoolRequest { Pool = "more", LeaseTime = TimeSpan.FromSeconds(-1) }),
        (ControlError.InvalidRequest, "cannot last 4294967296 seconds", "4294967295", new AddReservationRequest { PublicKey = _two, Address = Names.Ip("10.7.0.9"), LeaseTime = TimeSpan.FromSeconds(4294967296) }),
        (ControlError.PoolNotFound, "no pool of this name or range", "wg-dynamic pools wg0", new SetPoolRequest { Pool = "10.0.0.0/25", Enabled = false }),
        (ControlError.PoolNotFound, "no pool of this name or range", "wg-dynamic pools wg0", new RemovePoolRequest { Pool = "Office", Force = true }),
        (ControlError.ReadOnly, "the pool office (10.0.0.0/24)", "in /etc/wg-dynamic/wg0.conf; change it there and run wg-dynamic-server --check-config wg0, then reload", new RemovePoolRequest { Pool = "office", Force = true }),
        (ControlError.ReadOnly, "the pool office (10.0.0.0/24)", "/etc/wg-dynamic/wg0.conf", new SetPoolRequest { Pool = "10.0.0.0/24", LeaseTime = TimeSpan.FromSeconds(9), Enabled = false }),
        (ControlError.ReadOnly, "the pool 10.9.0.0/24", "it is a route that leads to wg0", new RemovePoolRequest { Pool = "10.9.0.0/24" }),
        (ControlError.AddressNotInPool, "10.1.0.0/24 is in no pool", "wg-dynamic pools wg0", new AddExclusionRequest { Range = Range("10.1.0.0/24") }),
        (ControlError.PoolExists, "overlaps the exclusion 10.7.0.3/32", "beside it", new AddExclusionRequest { Range = Range("10.7.0.2/31") }),
        (ControlError.PoolExists, "excluded already, by 10.0.0.100-10.0.0.109 from /etc/wg-dynamic/wg0.conf", null, new AddExclusionRequest { Range = Range("10.0.0.104/31") }),
        (ControlError.ExclusionNotFound, "10.7.0.2/31 is no exclusion", "exactly", new RemoveExclusionRequest { Range = Range("10.7.0.2/31") }),
        (ControlError.ReadOnly, "the exclusion 10.0.0.100-10.0.0.109", "/etc/wg-dynamic/wg0.conf", new RemoveExclusionRequest { Range = Range("10.0.0.100-10.0.0.109") }),
        (ControlError.ReadOnly, "the exclusion 10.7.0.40/32", "it is in the AllowedIPs of " + Names.Key(4), new RemoveExclusionRequest { Range = Range("10.7.0.40") }),
        (ControlError.ReadOnly, "the exclusion 10.7.0.1/32", "an address of this host", new RemoveExclusionRequest { Range = Range("10.7.0.1") }),
        (ControlError.ReservationExists, "10.0.0.7 is reserved for " + Names.Key(7), "in /etc/wg-dynamic/wg0.conf", new AddReservationRequest { PublicKey = _two, Address = Names.Ip("10.0.0.7") }),
        (ControlError.ReservationExists, "has the reserved address 10.0.0.7 already, from /etc/wg-dynamic/wg0.conf", "in /etc/wg-dynamic/wg0.conf", new AddReservationRequest { PublicKey = Names.Key(7), Address = Names.Ip("10.7.0.9") }),
        (ControlError.ReservationExists, "10.7.0.5 is reserved for " + _one, "wg-dynamic unreserve wg0 10.7.0.5", new AddReservationRequest { PublicKey = _one, Address = Names.Ip("10.7.0.5") }),
        (ControlError.ReservationExists, "has the reserved address 10.7.0.5 already, added by the control socket", "wg-dynamic unreserve wg0 10.7.0.5", new AddReservationRequest { PublicKey = _one, Address = Names.Ip("10.7.0.6") }),
        (ControlError.ReservationExists, "has the reserved address 10.0.0.7 already", "in /etc/wg-dynamic/wg0.conf", new SetReservationRequest { Address = Names.Ip("10.7.0.5"), PublicKey = Names.Key(7) }),
        (ControlError.AddressInUse, $"10.7.0.6 is leased to {Names.Key(3)} until", "wg-dynamic revoke wg0 10.7.0.6", new AddReservationRequest { PublicKey = _two, Address = Names.Ip("10.7.0.6") }),
        (ControlError.AddressNotInPool, "10.7.0.1 is an address of this host", "another", new AddReservationRequest { PublicKey = _two, Address = Names.Ip("10.7.0.1") }),
        (ControlError.AddressNotInPool, "10.7.0.40 is in the AllowedIPs of " + Names.Key(4), "allowed-ips", new AddReservationRequest { PublicKey = _two, Address = Names.Ip("10.7.0.40") }),
        (ControlError.AddressNotInPool, "10.7.0.70 is in the AllowedIPs of " + Names.Key(5), "allowed-ips", new AddReservationRequest { PublicKey = _two, Address = Names.Ip("10.7.0.70") }),
        (ControlError.AddressNotInPool, "192.0.2.1 is in the AllowedIPs of " + Names.Key(5), "allowed-ips", new AddReservationRequest { PublicKey = _two, Address = Names.Ip("192.0.2.1") }),
        (ControlError.AddressNotInPool, "fe80::7 is link-local", "your network", new AddReservationRequest { PublicKey = _two, Address = Names.Ip("fe80::7") }),
        (ControlError.AddressNotInPool, "224.0.0.7 is multicast", "your network", new AddReservationRequest { PublicKey = _two, Address = Names.Ip("224.0.0.7") }),
        (ControlError.AddressNotInPool, "::1 is loopback", "your network", new AddReservationRequest { PublicKey = _two, Address = Names.Ip("::1") }),
        (ControlError.InvalidRequest, "description", "200 printable", new AddReservationRequest { PublicKey = _two, Address = Names.Ip("10.7.0.9"), Description = new string('x', 201) }),
        (ControlError.InvalidRequest, "description", "200 printable", new SetReservationRequest { Address = Names.Ip("10.7.0.5"), Description = "two\nlines" }),
        (ControlError.ReadOnly, "the reservation of 10.0.0.7", "/etc/wg-dynamic/wg0.conf", new SetReservationRequest { Address = Names.Ip("10.0.0.7"), Description = "" }),
        (ControlError.ReadOnly, "the reservation of 10.0.0.7", "/etc/wg-dynamic/wg0.conf", new RemoveReservationRequest { PublicKey = Names.Key(7) }),
        (ControlError.ReservationNotFound, "10.7.0.99 is not reserved", "wg-dynamic reserve wg0", new SetReservationRequest { Address = Names.Ip("10.7.0.99") }),
        (ControlError.ReservationNotFound, "no such reservation: 10.7.0.5 for " + _two, "wg-dynamic reservations wg0", new RemoveReservationRequest { Address = Names.Ip("10.7.0.5"), PublicKey = _two }),
        (ControlError.InvalidRequest, "every reservation", "name a peer or an address", new RemoveReservationRequest()),
    ];

    [Fact]
    public async Task What_cannot_be_is_refused_with_its_code_and_changes_nothing()
    {
        await using PlanDaemon daemon = await PlanDaemon.StartAsync([], File);
        daemon.Hub.Service.SetPools(new PoolSource([Names.Prefix("10.9.0.0/24")], [Names.Ip("10.7.0.1")]));
        daemon.Hub.Device.Give(4, Names.Prefix("10.7.0.40/32"));
        daemon.Hub.Device.Give(5, Names.Prefix("10.7.0.64/28"));
        daemon.Hub.Device.Give(5, Names.Prefix("192.0.2.1/32"));
        // The site from which the pools were cut takes nothing from anybody.
        daemon.Hub.Device.Give(6, Names.Prefix("10.0.0.0/8"));
        await daemon.Hub.SettleAsync();
        _ = await daemon.AskOneAsync<PoolAnswer>(new AddPoolRequest { Range = Range("10.7.0.0/24"), Name = "more" });
        _ = await daemon.AskOneAsync<ReservationAnswer>(new AddReservationRequest { PublicKey = _one, Address = Names.Ip("10.7.0.5") });
        _ = await daemon.AskOneAsync<ExclusionAnswer>(new AddExclusionRequest { Range = Range("10.7.0.3") });
        Assert.Equal(Names.Ip("10.7.0.6"), (await daemon.Hub.AskAsync(3, "10.7.0.6", null)).IPv4);
        string before = await StateAsync();

        foreach ((ControlError code, string message, string? remedy, ControlRequest request) in _refused)
        {
            ControlException error = await daemon.RefusedAsync(code, request);
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
            if (remedy is null)
                Assert.Null(error.Remedy);
            else
                Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
        }

        Assert.Equal(before, await StateAsync());

        async Task<string> StateAsync() =>
            string.Join('\n', [.. (await daemon.PoolsAsync()), .. (await daemon.ReservationsAsync()), .. (await daemon.AskAsync<ControlAnswer>(new ExclusionsRequest()))]);
    }

    [Fact]
    public async Task There_is_an_end_to_pools_and_exclusions_too_and_the_last_that_may_be_is_in_force()
    {
        await using PlanDaemon daemon = await PlanDaemon.StartAsync([]);
        // All but one of each: a pool has 64 addresses, and four of them are excluded.
        await daemon.Hub.Store.CommitPlanAsync(
            Leasing.RuntimePlan.Empty,
            new Leasing.RuntimePlan
            {
                Pools = [.. Enumerable.Range(1, PlanChecks.MaxPools - 1).Select(i => new Leasing.PoolDefinition { Range = new IpRange(Number((64 * i) - 1), Number((64 * i) + 62)) })],
                Exclusions = [.. Enumerable.Range(1, PlanChecks.MaxExclusions - 1).Select(i => new IpRange(Number((16 * i) + 63), Number((16 * i) + 63)))],
            },
            Names.Cancelled);
        await using PlanDaemon full = await PlanDaemon.StartAsync([], store: daemon.Hub.Store);
        _ = await full.AskOneAsync<PoolAnswer>(new AddPoolRequest { Range = Range("10.200.0.0/26") });
        _ = await full.AskOneAsync<ExclusionAnswer>(new AddExclusionRequest { Range = Range("10.200.0.0/27") });
        Assert.Contains("1024 pools", (await full.RefusedAsync(ControlError.Failed, new AddPoolRequest { Range = Range("10.201.0.0/26") })).Message, StringComparison.Ordinal);
        Assert.Contains("4096 exclusions", (await full.RefusedAsync(ControlError.Failed, new AddExclusionRequest { Range = Range("10.200.0.32") })).Message, StringComparison.Ordinal);
        PoolAnswer[] pools = await full.PoolsAsync();
        // The last address of an IPv4 prefix is nobody's.
        Assert.Equal((PlanChecks.MaxPools, (UInt128)31), (pools.Length, pools.Single(pool => pool.Range == Range("10.200.0.0/26")).Size));
        Assert.Equal(PlanChecks.MaxExclusions, (await full.AskAsync<ExclusionAnswer>(new ExclusionsRequest())).Length);
    }

    [Fact]
    public async Task There_is_an_end_to_what_may_be_added_and_all_of_it_is_listed()
    {
        await using PlanDaemon daemon = await PlanDaemon.StartAsync(["10.64.0.0/10"]);
        await daemon.Hub.Store.CommitPlanAsync(
            Leasing.RuntimePlan.Empty,
            new Leasing.RuntimePlan { Reservations = [.. Enumerable.Range(0, PlanChecks.MaxReservations).Select(i => new Leasing.Reservation(Names.Key(1000 + i), Number(i)))] },
            Names.Cancelled);
        await using PlanDaemon full = await PlanDaemon.StartAsync(["10.64.0.0/10"], store: daemon.Hub.Store);
        ControlException error = await full.RefusedAsync(ControlError.Failed, new AddReservationRequest { PublicKey = _one, Address = Names.Ip("10.127.0.1") });
        Assert.Contains("65536 reservations", error.Message, StringComparison.Ordinal);
        ReservationAnswer[] all = await full.ReservationsAsync();
        Assert.Equal(Enumerable.Range(0, PlanChecks.MaxReservations).Select(Number), all.Select(reservation => reservation.Address));
        Assert.Equal((UInt128)PlanChecks.MaxReservations, Assert.Single(await full.PoolsAsync()).Reserved);
        Assert.Equal(Number(77), (await full.AskOneAsync<ReservationAnswer>(new ReservationsRequest { PublicKeys = [Names.Key(1077)] })).Address);
        Assert.Equal(2, (await full.AskAsync<ReservationAnswer>(new ReservationsRequest { Addresses = [new IpRange(Number(5), Number(6))] })).Length);
        _ = await full.AskOneAsync<ReservationAnswer>(new RemoveReservationRequest { Address = Number(5) });
        _ = await full.AskOneAsync<ReservationAnswer>(new AddReservationRequest { PublicKey = _one, Address = Names.Ip("10.127.0.1") });
    }

    private static IpAddress Number(int i) => new(System.Net.Sockets.AddressFamily.InterNetwork, (UInt128)(0x0a400001 + i));

    private static IpRange Range(string text) => IpRange.Parse(text);
}
