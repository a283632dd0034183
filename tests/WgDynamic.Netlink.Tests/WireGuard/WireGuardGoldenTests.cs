using System.Net;

namespace WgDynamic.Netlink.Tests;

/// <summary>The kernel's WireGuard, byte by byte: see <see cref="GoldenFile"/>. Recorded in the virtual machine.</summary>
public class WireGuardGoldenTests
{
    private static readonly InterfaceName _name = InterfaceName.Parse("wg0");

    [Fact]
    public Task A_device_is_read_with_all_that_the_kernel_says() => PlayAsync("wireguard-device", """
        ip link add wg0 type wireguard
        ip link add wg1 type wireguard
        wg genkey > /tmp/golden-a; wg genkey > /tmp/golden-b; wg genpsk > /tmp/golden-psk
        ip address add 10.99.0.1/24 dev wg0
        wg set wg1 private-key /tmp/golden-b listen-port 51902 peer $(wg pubkey < /tmp/golden-a) preshared-key /tmp/golden-psk allowed-ips 10.99.0.1/32
        wg set wg0 private-key /tmp/golden-a listen-port 51901 fwmark 0x51 peer $(wg pubkey < /tmp/golden-b) preshared-key /tmp/golden-psk endpoint 127.0.0.1:51902 persistent-keepalive 25 allowed-ips 10.99.0.2/32,2001:db8::/32
        wg set wg0 peer $(wg genkey | wg pubkey) endpoint [fe80::7%lo]:7 allowed-ips 0.0.0.0/0
        wg set wg0 peer $(wg genkey | wg pubkey)
        ip link set wg1 up
        ip link set wg0 up
        until wg show wg0 latest-handshakes | grep -q '[1-9][0-9]*$'; do sleep 0.05; done
        """, static async backend =>
    {
        WireGuardDevice device = await backend.ReadAsync(_name, Some.Token);

        Assert.Equal((_name, (ushort)51901, 0x51u), (device.Name, device.ListenPort, device.FirewallMark));
        Assert.NotNull(device.PublicKey);
        Assert.Equal(3, device.Peers.Count);
        WireGuardPeer peer = Assert.Single(device.Peers, peer => peer.LastHandshake is not null);
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:51902"), peer.Endpoint);
        Assert.Equal(TimeSpan.FromSeconds(25), peer.PersistentKeepalive);
        Assert.Equal([IpPrefix.Parse("10.99.0.2/32"), IpPrefix.Parse("2001:db8::/32")], peer.AllowedIPs);
        Assert.Equal((92ul, 180ul), (peer.ReceivedBytes, peer.SentBytes));
        Assert.InRange(peer.LastHandshake!.Value.Year, 2024, 2100);
        WireGuardPeer linkLocal = Assert.Single(device.Peers, peer => peer.AllowedIPs.Count == 1);
        Assert.Equal(IPEndPoint.Parse("[fe80::7%1]:7"), linkLocal.Endpoint);
        WireGuardPeer bare = Assert.Single(device.Peers, peer => peer.AllowedIPs.Count == 0);
        Assert.Equal((null, null, 0ul), (bare.Endpoint, bare.PersistentKeepalive, bare.SentBytes));
    });

    [Fact]
    public Task A_peer_that_the_kernel_splits_over_messages_is_one_peer() => PlayAsync("wireguard-split-peer", """
        ip link add wg0 type wireguard
        for peer in 1 2 3; do
          wg set wg0 peer $(wg genkey | wg pubkey) allowed-ips $(seq -s, -f "2001:db8:$peer:%g::/64" 1 150)
        done
        """, static async backend =>
    {
        WireGuardDevice device = await backend.ReadAsync(_name, Some.Token);

        Assert.Equal(3, device.Peers.Select(peer => peer.PublicKey).Distinct().Count());
        Assert.Equal(3, device.Peers.Count);
        Assert.All(device.Peers, peer => Assert.Equal(150, peer.AllowedIPs.Distinct().Count()));
    });

    [Fact]
    public Task Peers_are_configured() => PlayAsync("wireguard-changes", "ip link add wg0 type wireguard", static async backend =>
    {
        await backend.ApplyAsync(
            _name,
            [
                new PeerOperation(Some.Key(1))
                {
                    Endpoint = IPEndPoint.Parse("192.0.2.7:51820"),
                    PersistentKeepalive = 25,
                    AllowedIPs = [new AllowedIPOperation(Some.Leased(1)), new AllowedIPOperation(Some.Routed(1))],
                },
                new PeerOperation(Some.Key(2)) { Endpoint = IPEndPoint.Parse("[2001:db8::7]:1") },
                new PeerOperation(Some.Key(3)) { UpdateOnly = true, AllowedIPs = [new AllowedIPOperation(Some.Leased(3))] },
                new PeerOperation(Some.Key(4)),
                new PeerOperation(Some.Key(4)) { Remove = true },
            ],
            Some.Token);

        NetlinkException refused = await Assert.ThrowsAsync<NetlinkException>(() => backend.ApplyAsync(
            _name,
            [new PeerOperation(Some.Key(1)) { UpdateOnly = true, AllowedIPs = [new AllowedIPOperation(Some.Leased(1), Remove: true)] }],
            Some.Token).AsTask());
        NetlinkException missing = await Assert.ThrowsAsync<NetlinkException>(
            () => backend.ReadAsync(InterfaceName.Parse("wg7"), Some.Token).AsTask());

        Assert.Equal("configure WireGuard interface wg0: Invalid argument (EINVAL)", refused.Message);
        Assert.True(missing.IsNoSuchDevice);
        WireGuardDevice device = await backend.ReadAsync(_name, Some.Token);
        Assert.Equal([Some.Key(1), Some.Key(2)], device.Peers.Select(peer => peer.PublicKey));
        Assert.Equal([Some.Leased(1), Some.Routed(1)], device.Peers[0].AllowedIPs);
    });

    [Fact]
    public Task A_mark_is_set_and_cleared() => PlayAsync("wireguard-mark", "ip link add wg0 type wireguard", static async backend =>
    {
        await backend.SetFirewallMarkAsync(_name, 51820, Some.Token);
        Assert.Equal(51820u, (await backend.ReadAsync(_name, Some.Token)).FirewallMark);
        await backend.SetFirewallMarkAsync(_name, 0, Some.Token);
        Assert.Equal(0u, (await backend.ReadAsync(_name, Some.Token)).FirewallMark);
        NetlinkException missing = await Assert.ThrowsAsync<NetlinkException>(
            () => backend.SetFirewallMarkAsync(InterfaceName.Parse("wg7"), 7, Some.Token).AsTask());
        Assert.True(missing.IsNoSuchDevice);
        Assert.StartsWith("set fwmark 0x7 on WireGuard interface wg7", missing.Message, StringComparison.Ordinal);
    });

    [Fact]
    public Task The_family_is_found_by_name() =>
        GoldenFile.PlayAsync("wireguard-family", NetlinkProtocol.Generic, "ip link add wg0 type wireguard", static async connection =>
        {
            using KernelBackend? backend = await KernelBackend.TryOpenAsync(connection, Some.Token);
            Assert.NotNull(backend);
            _ = await backend.ReadAsync(_name, Some.Token);
        });

    // The family is looked for over another connection: the first answer on a new one is short, and splits what is long.
    private static Task PlayAsync(string name, string preparation, Func<KernelBackend, Task> scenario) =>
        GoldenFile.PlayAsync(name, NetlinkProtocol.Generic, preparation, async connection =>
        {
            ushort family = connection is RecordedConnection ? await FindFamilyAsync() : ((ReplayedConnection)connection).FirstType;
            using KernelBackend backend = new(new RequestChannel(connection), family);
            await scenario(backend);
        });

    private static async Task<ushort> FindFamilyAsync()
    {
        using RequestChannel channel = new(NetlinkSocket.Open(NetlinkProtocol.Generic));
        return await KernelBackend.FindFamilyAsync(channel, Some.Token) ?? throw new InvalidOperationException("no WireGuard here");
    }
}
