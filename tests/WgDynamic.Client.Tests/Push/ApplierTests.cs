using WgDynamic.Netlink;

namespace WgDynamic.Client.Tests;

public class ApplierTests
{
    private readonly FakeMachine _machine = new();
    private readonly RememberedEffects _store = new();

    [Fact]
    public async Task Everything_that_is_pushed_is_in_force_and_is_gone_when_withdrawn()
    {
        string before = _machine.Everything;
        Applier applier = New();

        await ApplyAsync(applier, State("10.0.0.0/8, 2001:db8::/32", dns: "10.0.0.53", mtu: 1380));

        Assert.Equal((1380, FakeMachine.Server), (_machine.Mtu, _machine.AllowedIPs[IpPrefix.Parse("10.0.0.0/8")]));
        Assert.Equal(["10.0.0.0/8", "2001:db8::/32"], _machine.Routes.Select(route => $"{route.Destination}"));
        Assert.All(_machine.Routes, route => Assert.Equal((Route.MainTable, RouteClient.RouteProtocol), (route.Table, route.Protocol)));
        Assert.Equal([IpAddress.Parse("10.0.0.53")], _machine.Names!.Servers);
        Assert.False(_machine.Names.Exclusive);
        Assert.Equal((0u, 2), (_machine.Mark, _machine.Rules.Count));

        Assert.Null(await applier.WithdrawAsync());
        Assert.Equal(before, _machine.Everything);
        Assert.Empty(_store.Effects);
    }

    [Fact]
    public async Task The_same_state_again_takes_no_step()
    {
        Applier applier = New();
        PushedState state = State("0.0.0.0/0, 10.0.0.0/8, ::/0", dns: "10.0.0.53", mtu: 1380);
        await ApplyAsync(applier, state);
        int steps = _machine.Taken.Count;
        await ApplyAsync(applier, state);
        await ApplyAsync(New(), state);
        Assert.Equal(steps, _machine.Taken.Count);
    }

    [Fact]
    public async Task A_default_route_goes_to_a_table_of_the_marks_number_behind_the_main_tables_better_routes()
    {
        Applier applier = New();
        await ApplyAsync(applier, State("0.0.0.0/0, ::/0, 10.0.0.0/8", dns: "10.0.0.53"));

        Assert.Equal((51820u, true), (_machine.Mark, _machine.ValidMark));
        Assert.True(_machine.Names!.Exclusive);
        foreach (bool isIPv6 in (bool[])[false, true])
        {
            RoutingRule[] rules = [.. _machine.Rules.Where(rule => rule.IsIPv6 == isIPv6).OrderBy(rule => rule.Priority)];
            Assert.Equal(
                [
                    new RoutingRule { IsIPv6 = isIPv6, Priority = 32764, Table = Route.MainTable, SuppressPrefixLength = 0 },
                    new RoutingRule { IsIPv6 = isIPv6, Priority = 32765, Table = 51820, Mark = 51820, Invert = true },
                ],
                rules[..2]);
        }

        Assert.Equal(["0.0.0.0/0 51820", "10.0.0.0/8 254", "::/0 51820"], _machine.Routes.Select(route => $"{route.Destination} {route.Table}").Order(StringComparer.Ordinal));
        // The rules must not be there before what they need.
        Assert.All(_machine.Taken.SkipWhile(step => step.To is not Effect.Rule), step => Assert.True(step.To is Effect.Rule or Effect.Names));
    }

    [Fact]
    public async Task A_route_that_the_tunnels_own_packets_would_take_is_treated_as_a_default_route()
    {
        await ApplyAsync(New(), State("203.0.113.0/24, 198.51.100.0/24"));
        Assert.Equal(["198.51.100.0/24 254", "203.0.113.0/24 51820"], _machine.Routes.Select(route => $"{route.Destination} {route.Table}").Order(StringComparer.Ordinal));
        Assert.Equal(51820u, _machine.Mark);
        Assert.DoesNotContain(_machine.Rules, rule => rule.IsIPv6 && rule.Mark is not null);
    }

    [Fact]
    public async Task A_mark_that_the_operator_has_set_is_used_and_stays()
    {
        _machine.Mark = 0x1234;
        Applier applier = New();
        await ApplyAsync(applier, State("0.0.0.0/0"));
        Assert.Contains(_machine.Rules, rule => rule is { Mark: 0x1234, Table: 0x1234 });
        Assert.Null(await applier.WithdrawAsync());
        Assert.Equal(0x1234u, _machine.Mark);
    }

    [Fact]
    public async Task Without_nft_a_default_route_is_in_force_and_the_person_is_told_what_is_missing()
    {
        _machine.HasFirewall = false;
        Applier applier = New();
        await ApplyAsync(applier, State("0.0.0.0/0, ::/0"));
        Assert.Equal((51820u, 6), (_machine.Mark, _machine.Rules.Count));
        Assert.Contains("install nftables", Assert.Single(applier.Refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mark_whose_table_is_the_kernels_own_keeps_default_routes_out()
    {
        _machine.Mark = 254;
        Applier applier = New();
        await ApplyAsync(applier, State("0.0.0.0/0, 10.0.0.0/8"));
        Assert.Equal("10.0.0.0/8", Assert.Single(_machine.Routes).Destination.ToString());
        Assert.Contains("--table", Assert.Single(applier.Refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_wg_quick_has_set_up_for_a_default_route_is_not_set_up_twice()
    {
        _machine.Mark = 51820;
        _machine.Give("0.0.0.0/0", FakeMachine.Server);
        _machine.AddRoute("0.0.0.0/0", 51820);
        _machine.AddRule(new RoutingRule { IsIPv6 = false, Priority = 32764, Table = Route.MainTable, SuppressPrefixLength = 0, Protocol = 3 });
        _machine.AddRule(new RoutingRule { IsIPv6 = false, Priority = 32765, Table = 51820, Mark = 51820, Invert = true, Protocol = 3 });
        _machine.HasFirewall = false;
        string before = _machine.Everything;
        Applier applier = New();
        await ApplyAsync(applier, State("0.0.0.0/0"));
        Assert.Equal((before, 0), (_machine.Everything, applier.Refused.Count));
        await ApplyAsync(applier, State("0.0.0.0/0, 0.0.0.0/1"));
        Assert.Contains(_machine.Routes, route => route.Destination == IpPrefix.Parse("0.0.0.0/1") && route.Table == 51820);
        Assert.Null(await applier.WithdrawAsync());
        Assert.Equal(before, _machine.Everything);
    }

    [Fact]
    public async Task What_the_operator_has_already_stays_when_the_rest_goes()
    {
        _machine.Give("10.0.0.0/8", FakeMachine.Server);
        _machine.AddRoute("10.0.0.0/8");
        string before = _machine.Everything;
        Applier applier = New();
        await ApplyAsync(applier, State("10.0.0.0/8, 10.1.0.0/16"));
        await ApplyAsync(applier, State("10.0.0.0/8"));
        Assert.Equal(before, _machine.Everything);
        Assert.Empty(_store.Effects);
    }

    [Fact]
    public async Task A_prefix_of_another_peer_is_not_taken_from_it()
    {
        _machine.Give("10.0.0.0/8", FakeMachine.OtherPeer);
        Applier applier = New();
        await ApplyAsync(applier, State("10.0.0.0/8, 192.0.2.0/24"));
        Assert.Equal(FakeMachine.OtherPeer, _machine.AllowedIPs[IpPrefix.Parse("10.0.0.0/8")]);
        Assert.Equal("192.0.2.0/24", Assert.Single(_machine.Routes).Destination.ToString());
        Assert.Contains("another peer", Assert.Single(applier.Refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_that_leads_elsewhere_stays_and_is_not_ours_to_remove()
    {
        _machine.Elsewhere.Add(IpPrefix.Parse("10.0.0.0/8"));
        Applier applier = New();
        await ApplyAsync(applier, State("10.0.0.0/8, 192.0.2.0/24"));
        Assert.Contains("through another interface", Assert.Single(applier.Refused), StringComparison.Ordinal);
        Assert.DoesNotContain(applier.Current, effect => effect is Effect.TunnelRoute { Destination.Length: 8 });
    }

    [Theory]
    [InlineData("off", "")]
    [InlineData("77", "0.0.0.0/0 77, 10.0.0.0/8 77")]
    [InlineData("main", "0.0.0.0/0 254, 10.0.0.0/8 254")]
    public async Task With_a_table_of_the_persons_choice_there_are_no_rules(string table, string routes)
    {
        Assert.True(RouteTable.TryParse(table, out RouteTable chosen));
        await ApplyAsync(new Applier(_machine, _store, chosen, []), State("0.0.0.0/0, 10.0.0.0/8"));
        Assert.Equal(routes, string.Join(", ", _machine.Routes.Select(route => $"{route.Destination} {route.Table}")));
        Assert.Equal((2, 0u, 3), (_machine.Rules.Count, _machine.Mark, _machine.AllowedIPs.Count));
    }

    [Fact]
    public async Task An_MTU_that_somebody_has_set_since_is_left_alone()
    {
        Applier applier = New();
        await ApplyAsync(applier, State("", mtu: 1380));
        await ApplyAsync(applier, State("", mtu: 1300));
        _machine.Mtu = 1400;
        Assert.Null(await applier.WithdrawAsync());
        Assert.Equal(1400, _machine.Mtu);
    }

    [Fact]
    public async Task Servers_that_were_set_by_hand_stay_and_where_nobody_can_be_told_the_rest_is_in_force()
    {
        _machine.OperatorHasNames = true;
        Applier applier = New();
        await ApplyAsync(applier, State("10.0.0.0/8", dns: "10.0.0.53"));
        Assert.Contains("by hand", Assert.Single(applier.Refused), StringComparison.Ordinal);
        _machine.NameService = null;
        await ApplyAsync(applier, State("10.0.0.0/8", dns: "10.0.0.54"));
        Assert.Contains("install openresolv", Assert.Single(applier.Refused), StringComparison.Ordinal);
        Assert.Null(_machine.Names);
        Assert.Single(_machine.Routes);
    }

    // The link was down, or somebody has reset the device.
    [Fact]
    public async Task What_has_vanished_comes_back()
    {
        Applier applier = New();
        await ApplyAsync(applier, State("0.0.0.0/0, 10.0.0.0/8"));
        string complete = _machine.Everything;
        _machine.LoseRoutes();
        _machine.LoseAllowedIPs();
        Assert.Null(await applier.RestoreAsync());
        Assert.Equal(complete, _machine.Everything);
    }

    [Fact]
    public async Task A_glance_looks_closely_only_if_something_is_missing_that_nobody_announces_and_brings_that_back()
    {
        Applier applier = New();
        await ApplyAsync(applier, State("0.0.0.0/0", mtu: 1380));
        string complete = _machine.Everything;
        int looks = _machine.Looks;
        foreach ((Action lose, string[] effects) in ((Action, string[])[])[(() => { }, []), (_machine.LoseRules, ["IPv4 rule 32764", "IPv4 rule 32765"]), (_machine.LoseAllowedIPs, ["AllowedIPs 0.0.0.0/0", "fwmark 51820"])])
        {
            lose();
            Assert.Null(await applier.RestoreAsync(glance: true));
            Assert.Equal(effects, applier.Restored.Select(effect => $"{effect}"));
            Assert.Equal(looks += effects.Length > 0 ? 1 : 0, _machine.Looks);
            Assert.Equal(complete, _machine.Everything);
        }
    }

    // Its peer is another then, and what a person gave that one is not ours to take back.
    [Fact]
    public async Task When_the_server_has_another_key_what_is_ours_follows_it()
    {
        Applier applier = New();
        await ApplyAsync(applier, State("10.0.0.0/8, 192.0.2.0/24"));
        foreach (string prefix in (string[])["fe80::/128", "192.0.2.0/24"])
            _machine.Give(prefix, FakeMachine.OtherPeer);
        Assert.Null(await applier.RestoreAsync(glance: true));
        Assert.Equal(FakeMachine.OtherPeer, _machine.AllowedIPs[IpPrefix.Parse("10.0.0.0/8")]);
        Assert.True(_store.Settled);
        Assert.Null(await New().WithdrawAsync());
        Assert.Equal(["192.0.2.0/24", "fe80::/128"], _machine.AllowedIPs.Keys.Select(prefix => $"{prefix}").Order(StringComparer.Ordinal));
        Assert.Empty(_machine.Routes);
    }

    [Fact]
    public async Task An_MTU_that_somebody_has_set_since_stays_until_the_server_pushes_another_and_then_comes_back_in_the_end()
    {
        Applier applier = New();
        await ApplyAsync(applier, State("10.0.0.0/8", mtu: 1380));
        _machine.Mtu = 1350;
        Assert.Null(await applier.RestoreAsync());
        await ApplyAsync(applier, State("10.1.0.0/16", mtu: 1380));
        Assert.Equal(1350, _machine.Mtu);
        Assert.Contains(applier.Refused, refusal => refusal.StartsWith("MTU 1380: somebody has set it to 1350", StringComparison.Ordinal));
        await ApplyAsync(applier, State("10.1.0.0/16", mtu: 1300));
        Assert.Equal(1300, _machine.Mtu);
        Assert.Null(await applier.WithdrawAsync());
        Assert.Equal(1350, _machine.Mtu);
    }

    // wg syncconf between two replies: without its mark the tunnel's packets would go into the tunnel.
    [Fact]
    public async Task What_has_vanished_is_back_before_another_state_is_put_into_force()
    {
        Applier applier = New();
        await ApplyAsync(applier, State("0.0.0.0/0"));
        _machine.LoseAllowedIPs();
        await ApplyAsync(applier, State("0.0.0.0/0, 10.0.0.0/8"));
        Assert.Equal((51820u, 3), (_machine.Mark, _machine.AllowedIPs.Count));
    }

    [Fact]
    public async Task Whatever_step_fails_the_machine_is_as_it_was_before_and_the_reason_is_told()
    {
        PushedState first = State("10.0.0.0/8, 192.0.2.0/24, 0.0.0.0/0", dns: "10.0.0.53", mtu: 1380);
        PushedState second = State("10.0.0.0/8, ::/0, 2001:db8::/32", dns: "10.0.0.54", mtu: 1300);
        foreach ((PushedState from, PushedState to) in ((PushedState, PushedState)[])[(PushedState.None, first), (first, second), (second, PushedState.None), (second, first)])
        {
            for (int step = 0; ; step++)
            {
                FakeMachine machine = new();
                RememberedEffects store = new();
                Applier applier = new(machine, store, RouteTable.Auto, []);
                await ApplyAsync(applier, from);
                string before = machine.Everything;
                machine.FailsAfter = step;
                string? failure = await applier.ApplyAsync(to);
                if (failure is null)
                {
                    Assert.True(step > 3);
                    break;
                }

                Assert.StartsWith("no ", failure, StringComparison.Ordinal);
                Assert.Equal(before, machine.Everything);
                Assert.Equal(applier.Current, store.Effects);
                machine.FailsAfter = null;
                await ApplyAsync(applier, to);
            }
        }
    }

    [Fact]
    public async Task Nothing_is_done_that_cannot_be_remembered()
    {
        string before = _machine.Everything;
        _store.Fails = true;
        Assert.Equal("disk full", await New().ApplyAsync(State("10.0.0.0/8")));
        Assert.Equal(before, _machine.Everything);
    }

    [Fact]
    public async Task What_cannot_be_undone_remains_ours_and_is_undone_next_time()
    {
        string before = _machine.Everything;
        Applier applier = New();
        await ApplyAsync(applier, State("10.0.0.0/8, 0.0.0.0/0", dns: "10.0.0.53", mtu: 1380));
        _machine.FailsAfter = 2;
        Assert.StartsWith("no remove", await applier.WithdrawAsync(), StringComparison.Ordinal);
        Assert.Single(applier.Current);
        Assert.Null(await applier.WithdrawAsync());
        Assert.Equal(before, _machine.Everything);
    }

    private Applier New() => new(_machine, _store, RouteTable.Auto, _store.Effects);

    private static async Task ApplyAsync(Applier applier, PushedState state) => Assert.Null(await applier.ApplyAsync(state));

    internal static PushedState State(string routes, string dns = "", int? mtu = null) => new()
    {
        Routes = [.. routes.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(route => IpPrefix.Parse(route)).Distinct().Order()],
        Dns = [.. dns.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(address => IpAddress.Parse(address))],
        Mtu = mtu,
        Addresses = [IpAddress.Parse(Scene.Four), IpAddress.Parse(Scene.Six)],
    };
}
