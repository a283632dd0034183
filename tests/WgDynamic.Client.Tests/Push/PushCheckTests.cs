using WgDynamic.Protocol;

namespace WgDynamic.Client.Tests;

public class PushCheckTests
{
    private static readonly Acceptance _usual = new();
    private static readonly Acceptance _everything = new() { DefaultRoute = true };

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("192.0.2.7/32")]
    [InlineData("fc00::/7")]
    [InlineData("2001:db8::/32")]
    public void A_route_to_where_hosts_are_is_accepted(string route) => Assert.Equal(([IpPrefix.Parse(route)], ""), Routes(_usual, route));

    [Theory]
    [InlineData("127.0.0.0/8")]
    [InlineData("127.0.0.1/32")]
    [InlineData("169.254.0.0/16")]
    [InlineData("169.0.0.0/8")]
    [InlineData("224.0.0.5/32")]
    [InlineData("240.0.0.0/8")]
    [InlineData("255.255.255.255/32")]
    [InlineData("0.0.0.0/8")]
    [InlineData("::1/128")]
    [InlineData("::/96")]
    [InlineData("::/7")]
    [InlineData("::ffff:10.0.0.0/104")]
    [InlineData("fe80::/64")]
    [InlineData("fe00::/7")]
    [InlineData("ff02::1/128")]
    public void A_route_to_loopback_link_local_multicast_or_reserved_addresses_is_refused_whatever_is_accepted(string route)
    {
        (ValueList<IpPrefix> accepted, string refused) = Routes(_everything, route);
        Assert.Empty(accepted);
        Assert.Contains($"route {route}: ", refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("0.0.0.0/1")]
    [InlineData("128.0.0.0/1")]
    [InlineData("10.0.0.0/7")]
    [InlineData("2000::/3")]
    [InlineData("8000::/1")]
    public void A_default_route_and_what_is_as_good_as_one_is_accepted_only_if_asked_for(string route)
    {
        (ValueList<IpPrefix> accepted, string refused) = Routes(_usual, route);
        Assert.Empty(accepted);
        Assert.Contains("add default-route to --accept", refused, StringComparison.Ordinal);
        Assert.Equal(([IpPrefix.Parse(route)], ""), Routes(_everything, route));
        Assert.Equal(([IpPrefix.Parse(route)], ""), Routes(_everything with { Routes = false }, route));
    }

    [Fact]
    public void With_prefixes_to_accept_only_what_lies_inside_one_is_accepted()
    {
        Acceptance acceptance = _everything with { Within = [IpPrefix.Parse("10.0.0.0/8"), IpPrefix.Parse("2001:db8::/32")] };
        (ValueList<IpPrefix> accepted, string refused) = Routes(acceptance, "10.1.0.0/16", "10.0.0.0/8", "10.0.0.0/7", "192.168.0.0/24", "2001:db8:7::/48", "::/0");
        Assert.Equal("10.0.0.0/8, 10.1.0.0/16, 2001:db8:7::/48", accepted.ToString());
        Assert.Equal(3, refused.Split('\n').Length);
        Assert.Contains("--accept-prefix 192.168.0.0/24", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_refused_does_not_keep_the_rest_from_being_accepted()
    {
        Reply reply = Pushing("0.0.0.0/0", "10.0.0.0/8") with { Dns = [IpAddress.Parse("127.0.0.1"), IpAddress.Parse("10.0.0.53")], Search = ["example.org"], Mtu = 1400 };
        PushedState state = PushCheck.Judge(reply, _usual, out IReadOnlyList<string> refused);
        Assert.Equal("routes 10.0.0.0/8, DNS 10.0.0.53, search example.org, MTU 1400", state.ToString());
        Assert.Equal(2, refused.Count);
    }

    [Fact]
    public void What_is_not_accepted_is_not_taken_and_the_line_says_how_it_would_be()
    {
        Reply reply = Pushing("10.0.0.0/8") with { Dns = [IpAddress.Parse("10.0.0.53")], Search = ["example.org"], Mtu = 1400 };
        Assert.True(Acceptance.TryParse("none", out Acceptance nothing));
        Assert.Equal("nothing", PushCheck.Judge(reply, nothing, out IReadOnlyList<string> refused).ToString());
        Assert.Equal(
            [
                "DNS 10.0.0.53: add dns to --accept to accept it",
                "MTU 1400: add mtu to --accept to accept it",
                "route 10.0.0.0/8: add routes to --accept to accept it",
                "search example.org: add dns to --accept to accept it",
            ],
            refused.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Search_domains_without_a_DNS_server_are_none()
    {
        Reply reply = new() { Search = ["example.org"], Dns = [IpAddress.Parse("fe80::53")] };
        Assert.Equal("nothing", PushCheck.Judge(reply, _usual, out IReadOnlyList<string> refused).ToString());
        Assert.Equal(2, refused.Count);
    }

    [Fact]
    public void The_same_routes_in_another_order_or_twice_are_the_same_state() =>
        Assert.Equal(
            PushCheck.Judge(Pushing("10.0.0.0/8", "192.0.2.0/24"), _usual, out _),
            PushCheck.Judge(Pushing("192.0.2.0/24", "10.0.0.0/8", "192.0.2.0/24"), _usual, out _));

    [Theory]
    [InlineData("routes,dns,mtu", true, true, true, false)]
    [InlineData("none", false, false, false, false)]
    [InlineData("default-route", false, false, false, true)]
    [InlineData("mtu, routes", true, false, true, false)]
    public void A_list_of_what_to_accept_is_read(string list, bool routes, bool dns, bool mtu, bool defaultRoute)
    {
        Assert.True(Acceptance.TryParse(list, out Acceptance acceptance));
        Assert.Equal((routes, dns, mtu, defaultRoute), (acceptance.Routes, acceptance.Dns, acceptance.Mtu, acceptance.DefaultRoute));
        Assert.True(Acceptance.TryParse(acceptance.ToString(), out Acceptance again));
        Assert.Equal(acceptance, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("routes,")]
    [InlineData("route")]
    [InlineData("none,dns")]
    [InlineData("Routes")]
    public void A_list_with_a_word_that_is_not_known_is_none(string list) => Assert.False(Acceptance.TryParse(list, out _));

    [Theory]
    [InlineData("auto", null)]
    [InlineData("off", 0u)]
    [InlineData("main", 254u)]
    [InlineData("51820", 51820u)]
    [InlineData("4294967295", uint.MaxValue)]
    public void A_table_is_read(string text, uint? number)
    {
        Assert.True(RouteTable.TryParse(text, out RouteTable table));
        Assert.Equal((number, text == "main" ? "254" : text), (table.Number, table.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("4294967296")]
    [InlineData("on")]
    public void What_is_no_table_is_refused(string text) => Assert.False(RouteTable.TryParse(text, out _));

    private static (ValueList<IpPrefix> Accepted, string Refused) Routes(Acceptance acceptance, params string[] routes)
    {
        PushedState state = PushCheck.Judge(Pushing(routes), acceptance, out IReadOnlyList<string> refused);
        return (state.Routes, string.Join('\n', refused));
    }

    private static Reply Pushing(params string[] routes) => new() { Routes = [.. routes.Select(route => IpPrefix.Parse(route))] };
}
