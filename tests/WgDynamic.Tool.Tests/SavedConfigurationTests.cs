using System.Text;

namespace WgDynamic.Tool.Tests;

public class SavedConfigurationTests
{
    private const string Hub = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private const string Other = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private static readonly LeasedState _leased = LeasedState.Read(
        [
            "# what the client writes", "interface 7", "settled", $"allowed-ips {Hub} 10.8.0.0/16 ::/0", "mtu 1380 1420", "mark 51820",
            "route 10.8.0.0/16 254", "names resolvconf tun.wg0 exclusive 10.66.0.1 fd66::1 - example.org",
        ],
        7) with
    { Addresses = new HashSet<IpAddress> { IpAddress.Parse("10.66.0.9"), IpAddress.Parse("fd66::9") } };

    [Fact]
    public void What_the_server_has_leased_and_pushed_is_not_saved_and_auto_is()
    {
        const string Saved = $"""
            [Interface]
            Address = 10.66.0.9/32
            Address = 10.1.1.1/32
            Address = fd66::9/128
            Address = fe80::abcd/128
            DNS = 10.66.0.1
            DNS = 192.0.2.53
            MTU = 1380
            SaveConfig = true
            PostUp = echo Address = 10.66.0.9/32
            ListenPort = 5
            FwMark = 0xca6c
            PrivateKey = p

            [Peer]
            PublicKey = {Other}
            AllowedIPs = 10.8.0.0/16

            [Peer]
            PublicKey = {Hub}
            AllowedIPs = fe80::/128, 10.8.0.0/16, ::/0
            Endpoint = 192.0.2.1:51820

            """;
        Assert.Equal(
            $"""
            [Interface]
            Address = 10.1.1.1/32
            Address = fe80::abcd/128, auto
            DNS = 192.0.2.53
            MTU = 1420
            SaveConfig = true
            PostUp = echo Address = 10.66.0.9/32
            ListenPort = 5
            PrivateKey = p

            [Peer]
            PublicKey = {Other}
            AllowedIPs = 10.8.0.0/16

            [Peer]
            PublicKey = {Hub}
            AllowedIPs = fe80::/128
            Endpoint = 192.0.2.1:51820

            """,
            Save("Address = fe80::ABCD/128, auto", Saved, _leased));
    }

    [Theory]
    [InlineData("Address = auto", "Address = fe80::1/128\nMTU = 1300", "Address = fe80::1/128\nAddress = auto\nMTU = 1300")]
    [InlineData("Address = auto, fe80::1/128", "Address = fe80::1/128", "Address = fe80::1/128\nAddress = auto")]
    [InlineData("Address = fe80::2, auto", "Address = fe80::1/128", "Address = fe80::1/128\nAddress = auto")]
    [InlineData("Address = auto", "ListenPort = 1", "Address = auto\nListenPort = 1")]
    [InlineData("Address = 10.0.0.1/24, AUTO, fe80::2", "Address = 10.0.0.1/24\nAddress = fe80::2/128", "Address = 10.0.0.1/24, AUTO\nAddress = fe80::2/128")]
    public void Auto_is_where_it_was_or_else_behind_the_addresses(string before, string saved, string expected) =>
        Assert.Equal($"[Interface]\n{expected}\n", Save(before, $"[Interface]\n{saved}\n", new LeasedState()));

    [Fact]
    public void What_is_about_another_interface_of_the_name_does_not_count() =>
        Assert.Empty(LeasedState.Read(["interface 7", "settled", $"allowed-ips {Hub} 10.8.0.0/16"], 8).AllowedIPs);

    private static string Save(string before, string saved, LeasedState leased) =>
        Encoding.UTF8.GetString(TunnelConfiguration.Read(Encoding.UTF8.GetBytes($"[Interface]\n{before}\n")).Save(Encoding.UTF8.GetBytes(saved), leased));
}
