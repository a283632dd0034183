using CsCheck;
using WgDynamic.Control;

namespace WgDynamic.Server.Tests;

public class LeaseControlTests
{
    [Fact]
    public async Task Leases_come_by_address_with_all_that_is_known_of_them()
    {
        await using Desk desk = await Desk.OpenAsync();
        foreach (int peer in (int[])[3, 1, 2])
            _ = await desk.Hub.AskAsync(peer);
        desk.Hub.Clock.Advance(TimeSpan.FromSeconds(600));
        LeaseAnswer[] leases = await desk.LeasesAsync();
        Assert.Equal(6, leases.Length);
        Assert.Equal(leases.Select(lease => lease.Address).Order(), leases.Select(lease => lease.Address));
        Assert.All(leases, lease =>
        {
            Assert.Equal((LeaseState.Active, DaemonRole.Server, TimeSpan.FromHours(1), false), (lease.State, lease.Role, lease.LeaseTime, lease.Reserved));
            Assert.Equal(TimeSpan.FromSeconds(3000), lease.Remaining);
            Assert.Equal(lease.Start + TimeSpan.FromHours(1), lease.End);
            Assert.Equal(lease.Address.IsIPv6 ? "2001:db8::/64" : "10.0.0.0/24", lease.Pool);
            Assert.Equal(desk.Hub.Device.OwnerOf(IpPrefix.Host(lease.Address)), lease.PublicKey);
        });
    }

    [Fact]
    public async Task Ended_leases_are_there_as_well_and_say_how_they_ended()
    {
        await using Desk desk = await Desk.OpenAsync();
        _ = await desk.Hub.AskAsync(1, six: null);
        _ = await desk.Hub.ReleaseAsync(1);
        _ = await desk.Hub.AskAsync(2, six: null);
        await desk.Hub.PassAsync(3601);
        _ = await desk.Hub.AskAsync(3, six: null);
        LeaseAnswer[] leases = await desk.LeasesAsync();
        Assert.Equal(
            [(Names.Key(1), LeaseState.Released), (Names.Key(2), LeaseState.Expired), (Names.Key(3), LeaseState.Active)],
            leases.Select(lease => (lease.PublicKey, lease.State)).OrderBy(lease => lease.State.ToString() == "Active").ThenBy(lease => lease.State != LeaseState.Released));
        Assert.All(leases.Where(lease => lease.State != LeaseState.Active), lease => Assert.Equal(TimeSpan.Zero, lease.Remaining));
    }

    [Fact]
    public Task Whatever_is_asked_for_comes_as_if_all_were_gone_through_one_by_one() =>
        (from keys in Gen.Int[1, 8].HashSet[0, 3]
         from addresses in Gen.Int[0, 20].HashSet[0, 3]
         from wide in Gen.Bool
         from family in Gen.Int[0, 2]
         from states in Gen.Enum<LeaseState>().HashSet[0, 2]
         from pools in Gen.Int[0, 2].Select(number => new[] { "10.0.0.0/28", "2001:db8::/120", "nowhere" }[number]).HashSet[0, 2]
         select (keys, addresses, wide, family, states, pools)).SampleAsync(
            async sample =>
            {
                await using Desk desk = await Desk.OpenAsync(6, "10.0.0.0/28", "2001:db8::/120");
                for (int peer = 1; peer <= 6; peer++)
                    _ = await desk.Hub.AskAsync(peer);
                _ = await desk.Hub.ReleaseAsync(2);
                LeasesRequest request = new()
                {
                    PublicKeys = [.. sample.keys.Select(Names.Key)],
                    Addresses = [.. sample.addresses.Select(number => IpRange.Parse(sample.wide ? $"10.0.0.{number & ~3}/30" : $"10.0.0.{number}"))],
                    Family = sample.family switch { 0 => AddressFamilyName.IPv4, 1 => AddressFamilyName.IPv6, _ => null },
                    States = [.. sample.states],
                    Pools = [.. sample.pools],
                };
                LeaseAnswer[] all = await desk.LeasesAsync();
                Assert.Equal(12, all.Length);
                Assert.Equal(
                    all.Where(lease => (request.PublicKeys.Count == 0 || request.PublicKeys.Contains(lease.PublicKey))
                        && (request.Addresses.Count == 0 || request.Addresses.Any(range => range.Contains(lease.Address)))
                        && (request.Family is null || (request.Family == AddressFamilyName.IPv6) == lease.Address.IsIPv6)
                        && (request.States.Count == 0 || request.States.Contains(lease.State))
                        && (request.Pools.Count == 0 || request.Pools.Contains(lease.Pool!))).Select(lease => lease.Address),
                    (await desk.LeasesAsync(request)).Select(lease => lease.Address));
            },
            iter: 30);

    [Fact]
    public async Task A_lease_that_is_there_all_the_time_comes_once_whatever_happens_meanwhile()
    {
        const int Peers = 1500;
        await using Desk desk = await Desk.OpenAsync(Peers, "10.0.0.0/20");
        for (int peer = 1; peer <= Peers; peer++)
            _ = await desk.Hub.AskAsync(peer, six: null);
        HashSet<IpAddress> lasting = [.. (await desk.LeasesAsync()).Where(lease => lease.PublicKey != Names.Key(7) && lease.PublicKey != Names.Key(8)).Select(lease => lease.Address)];

        await using ControlConnection connection = await desk.ConnectAsync();
        List<LeaseAnswer> seen = [];
        await foreach (ControlAnswer answer in connection.AskAsync(new LeasesRequest(), Names.Cancelled))
        {
            seen.Add((LeaseAnswer)answer);
            // Others come and go, and the tables are made anew.
            if (seen.Count % 200 == 0)
            {
                _ = await desk.Hub.ReleaseAsync(7);
                _ = await desk.Hub.AskAsync(8, $"10.0.{(seen.Count / 200) + 4}.77", six: null);
                _ = await desk.AskAsync(new AddExclusionRequest { Range = IpRange.Parse($"10.0.15.{seen.Count / 200}") });
            }
        }

        Assert.Equal(seen.Count, seen.Select(lease => lease.Address).Distinct().Count());
        Assert.Equal([], lasting.Except(seen.Select(lease => lease.Address)));
    }

    [Fact]
    public async Task A_lease_that_is_revoked_is_stored_and_off_the_device_when_that_is_answered()
    {
        await using Desk desk = await Desk.OpenAsync();
        LeaseOutcome had = await desk.Hub.AskAsync(1);
        _ = await desk.Hub.AskAsync(2);
        LeaseAnswer[] revoked = [.. (await desk.AskAsync(new RevokeRequest { PublicKey = Names.Key(1), Reason = "moved out" })).Cast<LeaseAnswer>()];
        Assert.Equal([had.IPv4!.Value, had.IPv6!.Value], revoked.Select(lease => lease.Address));
        Assert.All(revoked, lease => Assert.Equal((LeaseState.Revoked, TimeSpan.Zero), (lease.State, lease.Remaining)));
        Assert.All(revoked, lease => Assert.Null(desk.Hub.Device.OwnerOf(IpPrefix.Host(lease.Address))));
        Assert.Equal(2, (await desk.LeasesAsync(new LeasesRequest { States = [LeaseState.Active] })).Length);
        Assert.Contains("moved out", Assert.Single(desk.Hub.Log.Of("RevokedByHand").Take(1)), StringComparison.Ordinal);
        EventAnswer[] events = [.. (await desk.AskAsync(new EventsRequest { Types = [EventType.Revoked] })).Cast<EventAnswer>()];
        Assert.Equal(2, events.Length);
        Assert.All(events, happened => Assert.Matches("was taken back by user [0-9]+: moved out$", happened.Message));

        // It may come back: only taking it off the interface keeps a peer out.
        Assert.Equal(had.IPv4, (await desk.Hub.AskAsync(1)).IPv4);
    }

    [Fact]
    public async Task Only_what_fits_both_key_and_address_is_revoked_and_nothing_in_particular_is_nothing()
    {
        await using Desk desk = await Desk.OpenAsync();
        LeaseOutcome one = await desk.Hub.AskAsync(1), two = await desk.Hub.AskAsync(2);
        ControlException error = await desk.RefusedAsync(new RevokeRequest { PublicKey = Names.Key(1), Addresses = [two.IPv4!.Value] });
        Assert.Equal(ControlError.LeaseNotFound, error.Code);
        Assert.Equal(ControlError.InvalidRequest, (await desk.RefusedAsync(new RevokeRequest())).Code);
        Assert.Equal(ControlError.InvalidRequest, (await desk.RefusedAsync(new RevokeRequest { PublicKey = Names.Key(1), Reason = new string('x', 201) })).Code);
        Assert.Equal(4, (await desk.LeasesAsync(new LeasesRequest { States = [LeaseState.Active] })).Length);
        LeaseAnswer revoked = (LeaseAnswer)Assert.Single(await desk.AskAsync(new RevokeRequest { PublicKey = Names.Key(1), Addresses = [one.IPv6!.Value, two.IPv6!.Value] }));
        Assert.Equal(one.IPv6, revoked.Address);
    }

    [Fact]
    public async Task A_revocation_that_cannot_be_stored_is_told_and_made_good_later()
    {
        await using Desk desk = await Desk.OpenAsync();
        LeaseOutcome had = await desk.Hub.AskAsync(1, six: null);
        desk.Hub.Store.Fails = true;
        ControlException error = await desk.RefusedAsync(new RevokeRequest { PublicKey = Names.Key(1) });
        Assert.Equal(ControlError.Failed, error.Code);
        ServerStatusAnswer status = (ServerStatusAnswer)Assert.Single(await desk.AskAsync(new StatusRequest()));
        Assert.NotNull(status.StoreProblem);
        desk.Hub.Store.Fails = false;
        await desk.Hub.PassAsync(2);
        Assert.Null(desk.Hub.Device.OwnerOf(IpPrefix.Host(had.IPv4!.Value)));
        Assert.Null(((ServerStatusAnswer)Assert.Single(await desk.AskAsync(new StatusRequest()))).StoreProblem);
    }

    [Fact]
    public async Task A_filter_that_is_too_long_is_refused()
    {
        await using Desk desk = await Desk.OpenAsync();
        ControlException error = await desk.RefusedAsync(new LeasesRequest { PublicKeys = [.. Enumerable.Range(1, ControlProtocol.MaxFilterItems + 1).Select(Names.Key)] });
        Assert.Equal(ControlError.InvalidRequest, error.Code);
    }
}
