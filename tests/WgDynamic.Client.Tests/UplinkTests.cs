using WgDynamic.Daemon;
using WgDynamic.Netlink;

namespace WgDynamic.Client.Tests;

public class UplinkTests
{
    private static readonly InterfaceName _wg0 = InterfaceName.Parse("wg0");

    [Fact]
    public void The_own_address_is_the_one_link_local_one_of_full_length() =>
        Assert.Equal(IpAddress.Parse("fe80::abcd"), Own("192.0.2.1/32", "2001:db8::1/128", "fe80::1/64", "fe80::abcd/128"));

    [Theory]
    [InlineData("no link-local address", "2001:db8::1/128", "fe80::1/64")]
    [InlineData("2 link-local addresses", "fe80::1/128", "fe80::2/128")]
    [InlineData("the server's address", "fe80::/128")]
    public void An_interface_without_such_an_address_or_with_several_will_not_do_and_the_message_says_what_to_do(string problem, params string[] addresses)
    {
        StartupException error = Assert.Throws<StartupException>(() => Own(addresses));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("wg0", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fe80::/128")]
    [InlineData("fe80::/64")]
    [InlineData("fe80::/10")]
    [InlineData("::/0")]
    public void The_server_is_the_peer_that_its_address_leads_to(string prefix) =>
        Assert.Equal(Key(1), Uplink.ServerOf(Device(["10.0.0.0/8", prefix], ["192.0.2.0/24", "fe80::5/128"])));

    [Fact]
    public void Of_several_peers_it_is_the_one_with_the_longest_prefix()
    {
        Assert.Equal(Key(2), Uplink.ServerOf(Device(["::/0"], ["fe80::/128"], ["fe80::/64"])));
        Assert.Equal(Key(1), Uplink.ServerOf(Device(["fe80::/64"], ["::/0"])));
    }

    [Fact]
    public void Without_such_a_peer_there_is_no_server_to_ask_and_the_message_says_what_to_do()
    {
        StartupException error = Assert.Throws<StartupException>(() => Uplink.ServerOf(Device(["0.0.0.0/0", "fe80::1/128"])));
        Assert.Contains("fe80::/128", error.Message, StringComparison.Ordinal);
        Assert.Contains("wg set wg0", error.Message, StringComparison.Ordinal);
    }

    private static IpAddress Own(params string[] addresses) => Uplink.OwnAddress(_wg0, addresses.Select(text => text.Split('/')).Select(parts =>
        new InterfaceAddress { InterfaceIndex = 7, Address = IpAddress.Parse(parts[0]), PrefixLength = int.Parse(parts[1]) }));

    private static WireGuardDevice Device(params string[][] peers) => new()
    {
        Name = _wg0,
        Peers = [.. peers.Select((prefixes, i) => new WireGuardPeer { PublicKey = Key((byte)(i + 1)), AllowedIPs = [.. prefixes.Select(prefix => IpPrefix.Parse(prefix))] })],
    };

    private static PublicKey Key(byte number)
    {
        byte[] bytes = new byte[PublicKey.ByteLength];
        bytes[0] = number;
        return new PublicKey(bytes);
    }
}
