namespace WgDynamic.Netlink.Tests;

/// <summary>rtnetlink, byte by byte: see <see cref="GoldenFile"/>.</summary>
public class RouteGoldenTests
{
    // Lifetimes of a day do not change by the second.
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    [Fact]
    public Task Links_of_every_kind_are_read() => PlayAsync("links", """
        ip link add link0 mtu 1400 type ifb
        ip link set link0 up
        ip tuntap add tun0 mode tun
        ip link add veth0 type veth peer name veth1
        """, static async client =>
    {
        List<Link> links = await client.GetLinksAsync(Some.Token);

        Assert.Equal(
            [
                new Link(1, InterfaceName.Parse("lo"), true, 65536, null, IsLoopback: true),
                new Link(2, InterfaceName.Parse("link0"), true, 1400, "ifb"),
                new Link(3, InterfaceName.Parse("tun0"), false, 1500, "tun", IsPointToPoint: true),
                new Link(4, InterfaceName.Parse("veth1"), false, 1500, "veth"),
                new Link(5, InterfaceName.Parse("veth0"), false, 1500, "veth"),
            ],
            links.OrderBy(link => link.Index));
        Assert.Equal(links[1], await client.FindLinkAsync(InterfaceName.Parse("link0"), Some.Token));
        Assert.Null(await client.FindLinkAsync(InterfaceName.Parse("nothing"), Some.Token));
    });

    [Fact]
    public Task Links_are_changed() => PlayAsync("link-changes", "ip link add link1 type veth peer name link0", static async client =>
    {
        await client.SetLinkUpAsync(2, up: true, Some.Token);
        await client.SetLinkMtuAsync(2, 1280, Some.Token);
        Assert.Equal((true, 1280), await StateAsync());
        await client.SetLinkUpAsync(2, up: false, Some.Token);
        Assert.Equal((false, 1280), await StateAsync());

        NetlinkException refused = await Assert.ThrowsAsync<NetlinkException>(() => client.SetLinkMtuAsync(2, 1, Some.Token).AsTask());
        Assert.Equal("set MTU 1 on interface 2: Invalid argument (EINVAL): mtu less than device minimum", refused.Message);
        NetlinkException missing = await Assert.ThrowsAsync<NetlinkException>(() => client.SetLinkUpAsync(77, true, Some.Token).AsTask());
        Assert.True(missing.IsNoSuchDevice);

        async Task<(bool, int)> StateAsync()
        {
            Link? link = await client.FindLinkAsync(InterfaceName.Parse("link0"), Some.Token);
            return (link!.IsUp, link.Mtu);
        }
    });

    [Fact]
    public Task Addresses_are_read() => PlayAsync("addresses", """
        ip link add link0 type ifb
        ip link set link0 addrgenmode none
        ip link set link0 up
        ip address add 192.0.2.1/24 dev link0
        ip address add 192.0.2.2/24 dev link0 valid_lft 100000 preferred_lft 0
        ip address add 10.9.0.1 peer 10.9.0.2/32 dev link0
        ip address add 2001:db8::1/64 dev link0 nodad noprefixroute
        ip address add fe80::1 peer fe80::2/128 dev link0 nodad
        """, static async client =>
    {
        List<InterfaceAddress> addresses = await client.GetAddressesAsync(2, Some.Token);

        Assert.Equal(
            [
                Address("10.9.0.1", 32) with { Peer = IpAddress.Parse("10.9.0.2"), Flags = AddressFlags.Permanent },
                Address("192.0.2.1", 24) with { Flags = AddressFlags.Permanent },
                Address("192.0.2.2", 24) with
                {
                    ValidLifetime = TimeSpan.FromSeconds(100_000),
                    PreferredLifetime = TimeSpan.Zero,
                    Flags = AddressFlags.Secondary | AddressFlags.Deprecated,
                },
                Address("2001:db8::1", 64) with { Flags = AddressFlags.Permanent | AddressFlags.NoDuplicateDetection | AddressFlags.NoPrefixRoute },
                Address("fe80::1", 128) with
                {
                    Peer = IpAddress.Parse("fe80::2"),
                    Scope = RouteScope.Link,
                    Flags = AddressFlags.Permanent | AddressFlags.NoDuplicateDetection,
                },
            ],
            addresses.OrderBy(address => address.Address));
        Assert.Equal(2 + addresses.Count, (await client.GetAddressesAsync(0, Some.Token)).Count);
        NetlinkException missing = await Assert.ThrowsAsync<NetlinkException>(() => client.GetAddressesAsync(77, Some.Token).AsTask());
        Assert.True(missing.IsNoSuchDevice);
    });

    [Fact]
    public Task Addresses_are_added_renewed_and_removed() => PlayAsync("address-changes", """
        ip link add link0 type ifb
        ip link set link0 addrgenmode none
        ip link set link0 up
        """, static async client =>
    {
        InterfaceAddress leased = Address("192.0.2.9", 32) with { ValidLifetime = _day, PreferredLifetime = _day };
        InterfaceAddress leased6 = Address("2001:db8::9", 128) with { ValidLifetime = _day, PreferredLifetime = _day };

        await client.AddAddressAsync(leased, Some.Token);
        await client.AddAddressAsync(leased6, Some.Token);
        NetlinkException again = await Assert.ThrowsAsync<NetlinkException>(() => client.AddAddressAsync(leased, Some.Token).AsTask());
        Assert.True(again.IsExists);
        Assert.StartsWith("add address 192.0.2.9/32 to interface 2: File exists (EEXIST)", again.Message, StringComparison.Ordinal);
        await client.ReplaceAddressAsync(leased with { ValidLifetime = 2 * _day }, Some.Token);
        await client.ReplaceAddressAsync(leased6 with { ValidLifetime = 2 * _day }, Some.Token);

        List<InterfaceAddress> addresses = await client.GetAddressesAsync(2, Some.Token);
        Assert.Equal(
            [
                leased with { ValidLifetime = 2 * _day },
                leased6 with { ValidLifetime = 2 * _day, Flags = AddressFlags.NoDuplicateDetection },
            ],
            addresses);

        Assert.False(await client.DeleteAddressAsync(2, leased.Address, 24, Some.Token));
        Assert.True(await client.DeleteAddressAsync(2, leased.Address, 32, Some.Token));
        Assert.False(await client.DeleteAddressAsync(2, leased.Address, 32, Some.Token));
        Assert.True(await client.DeleteAddressAsync(2, leased6.Address, 128, Some.Token));
        Assert.False(await client.DeleteAddressAsync(2, leased6.Address, 128, Some.Token));
    });

    [Fact]
    public Task Routes_of_every_kind_are_read() => PlayAsync("routes", """
        ip link add link0 type ifb
        ip link add link1 type ifb
        ip link set link0 addrgenmode none
        ip link set link0 up
        ip link set link1 addrgenmode none
        ip link set link1 up
        ip address add 192.0.2.1/24 dev link0 noprefixroute
        ip route add 192.0.2.0/24 dev link0
        ip route add default via 192.0.2.254 metric 4294967295 proto 217
        ip route add 198.51.100.0/24 nexthop via 192.0.2.253 dev link0 weight 3 nexthop dev link1
        ip route add 203.0.113.0/24 dev link0 src 192.0.2.1 table 51820
        ip route add blackhole 10.0.0.0/8
        ip route add 10.1.0.0/16 via inet6 fe80::5 dev link1
        ip -6 route add 2001:db8:1::/48 nexthop via fe80::1 dev link0 nexthop via fe80::2 dev link1
        ip -6 route add unreachable 2001:db8:2::/48 metric 7
        """, static async client =>
    {
        List<Route> routes = await client.GetRoutesAsync(0, Some.Token);
        List<Route> ofLink1 = await client.GetRoutesAsync(3, Some.Token);

        Route At(string prefix) => Assert.Single(routes, route => route.Destination == IpPrefix.Parse(prefix));
        Route made = new() { Destination = IpPrefix.Parse("192.0.2.0/24"), InterfaceIndex = 2, Protocol = 3, Scope = RouteScope.Link };
        Assert.Equal(made, At("192.0.2.0/24"));
        Assert.Equal(
            new Route
            {
                Destination = IpPrefix.Parse("0.0.0.0/0"),
                InterfaceIndex = 2,
                Gateway = IpAddress.Parse("192.0.2.254"),
                Priority = uint.MaxValue,
                Protocol = RouteClient.RouteProtocol,
                Scope = RouteScope.Universe,
            },
            At("0.0.0.0/0"));
        Assert.Equal(
            made with { Destination = IpPrefix.Parse("203.0.113.0/24"), Table = 51820, PreferredSource = IpAddress.Parse("192.0.2.1") },
            At("203.0.113.0/24"));
        Assert.Equal(RouteType.Blackhole, At("10.0.0.0/8").Type);
        Assert.Equal(IpAddress.Parse("fe80::5"), At("10.1.0.0/16").Gateway);
        Assert.Equal((RouteType.Unreachable, 7u), (At("2001:db8:2::/48").Type, At("2001:db8:2::/48").Priority));
        Assert.Equal([new NextHop(2, IpAddress.Parse("192.0.2.253"), 3), new NextHop(3, null, 1)], At("198.51.100.0/24").NextHops);
        Assert.Equal([2, 3], At("2001:db8:1::/48").NextHops.Select(hop => hop.InterfaceIndex).Order());
        Assert.Equal(
            routes.Where(route => route.Uses(3)).Select(route => route.Destination),
            ofLink1.Select(route => route.Destination));
    });

    [Fact]
    public Task Routes_are_added_looked_up_and_removed() => PlayAsync("route-changes", """
        ip link add link0 type ifb
        ip link add link1 type ifb
        ip link set link0 addrgenmode none
        ip link set link0 up
        ip link set link1 addrgenmode none
        ip link set link1 up
        ip address add 192.0.2.1/24 dev link0
        ip route add blackhole 10.0.0.0/8
        ip route add prohibit 11.0.0.0/8
        """, static async client =>
    {
        Route[] routes =
        [
            new() { Destination = IpPrefix.Parse("198.51.100.0/24"), InterfaceIndex = 2 },
            new() { Destination = IpPrefix.Parse("203.0.113.0/24"), InterfaceIndex = 2, Gateway = IpAddress.Parse("192.0.2.254"), Priority = 9, Table = 51820 },
            new() { Destination = IpPrefix.Parse("10.1.0.0/16"), InterfaceIndex = 3, Gateway = IpAddress.Parse("fe80::5") },
            new() { Destination = IpPrefix.Parse("2001:db8:1::/48"), InterfaceIndex = 3, Priority = 1000 },
            new() { Destination = IpPrefix.Parse("2001:db8:2::/48"), InterfaceIndex = 3, Gateway = IpAddress.Parse("fe80::1"), Priority = 1000 },
        ];
        foreach (Route route in routes)
        {
            await client.AddRouteAsync(route, Some.Token);
            NetlinkException again = await Assert.ThrowsAsync<NetlinkException>(() => client.AddRouteAsync(route, Some.Token).AsTask());
            Assert.True(again.IsExists);
        }

        Assert.Equal(routes[0] with { Scope = RouteScope.Link }, await LookupAsync("198.51.100.7", 2));
        Assert.Equal(routes[2] with { Scope = RouteScope.Universe }, await LookupAsync("10.1.2.3", 0));
        Assert.Equal(routes[4] with { Scope = RouteScope.Universe }, await LookupAsync("2001:db8:2::7", 3));
        Assert.Null(await LookupAsync("198.51.100.7", 3));
        Assert.Null(await LookupAsync("2001:db8:7::7", 3));
        Assert.Null(await LookupAsync("10.7.7.7", 0));
        Assert.Null(await LookupAsync("11.7.7.7", 0));
        NetlinkException missing = await Assert.ThrowsAsync<NetlinkException>(() => LookupAsync("10.1.2.3", 77));
        Assert.True(missing.IsNoSuchDevice);

        foreach (Route route in routes)
        {
            Assert.False(await client.DeleteRouteAsync(route with { Protocol = 4 }, Some.Token));
            Assert.True(await client.DeleteRouteAsync(route, Some.Token));
            Assert.False(await client.DeleteRouteAsync(route, Some.Token));
        }

        Task<Route?> LookupAsync(string destination, int interfaceIndex) =>
            client.LookupRouteAsync(IpAddress.Parse(destination), interfaceIndex, Some.Token).AsTask();
    });

    [Fact]
    public Task Rules_are_added_read_and_removed() => PlayAsync("rules", """
        ip rule add from 192.0.2.0/24 table 7 pref 100
        ip rule add fwmark 0x10/0xf0 table 8 pref 101
        ip rule add blackhole fwmark 9 pref 102
        ip -6 rule add iif lo table 51820 pref 103
        """, static async client =>
    {
        List<RoutingRule> before = await client.GetRulesAsync(Some.Token);
        RoutingRule[] rules =
        [
            new() { IsIPv6 = false, Priority = 98, Table = Route.MainTable, SuppressPrefixLength = 0 },
            new() { IsIPv6 = false, Priority = 99, Table = 51820, Mark = 51820, Invert = true },
            new() { IsIPv6 = true, Priority = 98, Table = Route.MainTable, SuppressPrefixLength = 0 },
            new() { IsIPv6 = true, Priority = 99, Table = 70, Mark = 0x46, Invert = true },
        ];
        foreach (RoutingRule rule in rules)
        {
            await client.AddRuleAsync(rule, Some.Token);
            NetlinkException again = await Assert.ThrowsAsync<NetlinkException>(() => client.AddRuleAsync(rule, Some.Token).AsTask());
            Assert.True(again.IsExists);
        }

        Assert.Equal(Sorted(before.Concat(rules)), Sorted(await client.GetRulesAsync(Some.Token)));
        // What the kernel has of its own is known whole; what asks for a source, a part of a mark or an interface, or does something else, is not.
        Assert.Equal([100u, 101u, 102u, 103u], before.Where(rule => rule.HasMore).Select(rule => rule.Priority));
        Assert.Contains(new RoutingRule { IsIPv6 = false, Priority = 32766, Table = Route.MainTable, Protocol = 2 }, before);

        foreach (RoutingRule rule in rules)
        {
            Assert.False(await client.DeleteRuleAsync(rule with { Table = 71 }, Some.Token));
            Assert.True(await client.DeleteRuleAsync(rule, Some.Token));
            Assert.False(await client.DeleteRuleAsync(rule, Some.Token));
        }

        Assert.Equal(Sorted(before), Sorted(await client.GetRulesAsync(Some.Token)));

        static IEnumerable<RoutingRule> Sorted(IEnumerable<RoutingRule> rules) => rules.OrderBy(rule => (rule.IsIPv6, rule.Priority, rule.Table));
    });

    private static Task PlayAsync(string name, string preparation, Func<RouteClient, Task> scenario) =>
        GoldenFile.PlayAsync(name, NetlinkProtocol.Route, preparation, async connection =>
        {
            using RouteClient client = new(connection);
            await scenario(client);
        });

    private static InterfaceAddress Address(string address, int prefixLength) =>
        new() { InterfaceIndex = 2, Address = IpAddress.Parse(address), PrefixLength = prefixLength };
}
