namespace WgDynamic.Protocol.Tests;

public class ValueTests
{
    private static readonly IpAddress _four = IpAddress.Parse("192.0.2.1");
    private static readonly IpAddress _six = IpAddress.Parse("2001:db8::1");

    [Fact]
    public void A_request_refuses_what_the_wire_cannot_carry()
    {
        Assert.Throws<ArgumentException>(() => new Request { IPv4 = _six });
        Assert.Throws<ArgumentException>(() => new Request { IPv6 = _four });
        Assert.Throws<ArgumentException>(() => new Request { Hostname = "a\nip=::" });
        Assert.Throws<ArgumentException>(() => new Request { Hostname = "é" });
        Assert.Throws<ArgumentException>(() => new Request { Client = "a b" });
        Assert.Throws<ArgumentException>(() => new Request { Client = new string('a', WireLimits.MaxClientLength + 1) });
    }

    [Fact]
    public void A_reply_refuses_what_the_wire_cannot_carry()
    {
        Assert.Throws<ArgumentException>(() => new Reply { IPv4 = _six });
        Assert.Throws<ArgumentException>(() => new Reply { IPv6 = _four });
        Assert.Throws<ArgumentException>(() => new Reply { IPv4 = Request.AnyIPv4 });
        Assert.Throws<ArgumentException>(() => new Reply { IPv6 = Request.AnyIPv6 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Reply { LeaseStartUnixSeconds = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Reply { LeaseStartUnixSeconds = WireLimits.MaxLeaseStartUnixSeconds + 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Reply { RenewAfterSeconds = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Reply { Mtu = WireLimits.MinMtu - 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Reply { Mtu = WireLimits.MaxMtu + 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Reply { Error = (WireError)(-1) });
        Assert.Throws<ArgumentException>(() => new Reply { ErrorMessage = "a\nerrno=0" });
        Assert.Throws<ArgumentException>(() => new Reply { ErrorMessage = "" });
        Assert.Throws<ArgumentException>(() => new Reply { Search = ["a\n"] });
        Assert.Throws<ArgumentException>(() => new Reply { Search = [.. Enumerable.Repeat("a", WireLimits.MaxSearchDomains + 1)] });
        Assert.Throws<ArgumentException>(() => new Reply { Dns = [.. Enumerable.Repeat(_four, WireLimits.MaxDnsServers + 1)] });
        Assert.Throws<ArgumentException>(() => new Reply { Routes = [.. Enumerable.Repeat(IpPrefix.Host(_four), WireLimits.MaxRoutes + 1)] });
    }

    [Fact]
    public void A_list_that_was_never_set_is_empty()
    {
        Reply reply = new() { Routes = default, Dns = default, Search = default };
        Assert.Equal(new Reply(), reply);
        Assert.Equal(new Reply().GetHashCode(), reply.GetHashCode());
    }

    [Fact]
    public void Replies_are_the_same_if_they_say_the_same()
    {
        static Reply Make() => new()
        {
            Routes = [IpPrefix.Parse("10.0.0.0/8")],
            Dns = [IpAddress.Parse("192.0.2.53")],
            Search = ["example"],
        };
        Assert.Equal(Make(), Make());
        Assert.Equal(Make().GetHashCode(), Make().GetHashCode());
        Assert.NotEqual(Make(), Make() with { Routes = [] });
        Assert.NotEqual(Make(), Make() with { Dns = [] });
        Assert.NotEqual(Make(), Make() with { Search = ["Example"] });
        Assert.NotEqual(Make(), Make() with { Serial = 1 });
        Assert.False(Make().Equals(null));
    }

    [Fact]
    public void The_server_is_where_the_prototype_has_it()
    {
        Assert.Equal("fe80::", WireLimits.ServerAddress.ToString());
        Assert.Equal((970, 1023), (WireLimits.DefaultPort, WireLimits.HighestPrivilegedPort));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("9", true)]
    [InlineData("a-b.c--d.E9", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("a.", false)]
    [InlineData(".a", false)]
    [InlineData("a..b", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a.-b", false)]
    [InlineData("a_b", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("a\0", false)]
    [InlineData("é", false)]
    public void A_name_is_made_of_letters_digits_and_hyphens(string text, bool valid)
    {
        Assert.Equal(valid, WireText.IsName(text));
        Assert.Equal(valid, WireText.IsName(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void A_name_has_253_characters_and_63_in_a_label_at_most()
    {
        string label = new('a', 63);
        Assert.True(WireText.IsName(label));
        Assert.False(WireText.IsName(label + "a"));
        Assert.True(WireText.IsName($"{label}.{label}.{label}.{new string('a', 61)}"));
        Assert.False(WireText.IsName($"{label}.{label}.{label}.{new string('a', 62)}"));
    }
}
