using System.Net;

namespace WgDynamic.Netlink.Tests;

/// <summary>What every implementation of WireGuard must do, whether it is simulated, a process or the kernel.</summary>
public abstract class WireGuardTests : IAsyncLifetime
{
    internal const ushort ListenPort = 51_901;
    internal const uint FirewallMark = 0x51;

    // The virtual machine interprets every instruction.
    private static readonly int _many = Environment.GetEnvironmentVariable("RUN_VM") is null ? 10_000 : 2_000;

    private WireGuardUnderTest _started = null!;
    private IWireGuard _wireGuard = null!;

    public async ValueTask InitializeAsync()
    {
        _started = await StartAsync();
        _wireGuard = await _started.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _wireGuard?.Dispose();
        if (_started is not null)
            await _started.DisposeAsync();
    }

    private protected abstract Task<WireGuardUnderTest> StartAsync();

    [Fact]
    public async Task A_device_is_read_with_its_settings()
    {
        WireGuardDevice device = await ReadAsync();

        Assert.Equal(_started.Name, device.Name);
        Assert.Equal(ListenPort, device.ListenPort);
        Assert.Equal(FirewallMark, device.FirewallMark);
        Assert.Equal(_started.TellsPublicKey, device.PublicKey is not null);
        Assert.Empty(device.Peers);
    }

    [Fact]
    public async Task The_mark_of_its_packets_is_set_and_cleared_and_nothing_else_changes()
    {
        await ConfigureAsync(new PeerChange { PublicKey = Some.Key(1), UpdateOnly = false, AddAllowedIPs = [Some.Leased(1)] });

        await _wireGuard.SetFirewallMarkAsync(_started.Name, 51820, Some.Token);
        WireGuardDevice marked = await ReadAsync();
        await _wireGuard.SetFirewallMarkAsync(_started.Name, 0, Some.Token);
        WireGuardDevice cleared = await ReadAsync();

        Assert.Equal((51820u, 0u), (marked.FirewallMark, cleared.FirewallMark));
        Assert.Equal(ListenPort, cleared.ListenPort);
        Assert.Equal([Some.Leased(1)], Assert.Single(cleared.Peers).AllowedIPs);
    }

    [Fact]
    public async Task A_peer_is_read_as_it_was_written()
    {
        await ConfigureAsync(
            new PeerChange
            {
                PublicKey = Some.Key(1),
                UpdateOnly = false,
                Endpoint = IPEndPoint.Parse("192.0.2.7:51820"),
                PersistentKeepalive = 25,
                AddAllowedIPs = [Some.Leased(1), Some.Routed(1), IpPrefix.Parse("0.0.0.0/0"), IpPrefix.Parse("::/0")],
            },
            new PeerChange { PublicKey = Some.Key(2), UpdateOnly = false, Endpoint = IPEndPoint.Parse("[2001:db8::7]:1") });

        WireGuardDevice device = await ReadAsync();

        Assert.Equal(2, device.Peers.Count);
        WireGuardPeer peer = device.Peers.Single(peer => peer.PublicKey == Some.Key(1));
        Assert.Equal(IPEndPoint.Parse("192.0.2.7:51820"), peer.Endpoint);
        Assert.Equal(TimeSpan.FromSeconds(25), peer.PersistentKeepalive);
        Assert.Null(peer.LastHandshake);
        Assert.Equal((0ul, 0ul), (peer.ReceivedBytes, peer.SentBytes));
        Assert.Equal([IpPrefix.Parse("0.0.0.0/0"), Some.Leased(1), IpPrefix.Parse("::/0"), Some.Routed(1)], peer.AllowedIPs.Order());
        WireGuardPeer other = device.Peers.Single(peer => peer.PublicKey == Some.Key(2));
        Assert.Equal(IPEndPoint.Parse("[2001:db8::7]:1"), other.Endpoint);
        Assert.Null(other.PersistentKeepalive);
        Assert.Empty(other.AllowedIPs);
    }

    [Fact]
    public async Task What_is_not_said_stays_as_it_is()
    {
        await ConfigureAsync(new PeerChange
        {
            PublicKey = Some.Key(1),
            UpdateOnly = false,
            Endpoint = IPEndPoint.Parse("192.0.2.7:51820"),
            PersistentKeepalive = 25,
            AddAllowedIPs = [Some.Routed(1)],
        });

        await ConfigureAsync(new PeerChange { PublicKey = Some.Key(1), AddAllowedIPs = [Some.Leased(1)] });

        WireGuardPeer peer = Assert.Single((await ReadAsync()).Peers);
        Assert.Equal(IPEndPoint.Parse("192.0.2.7:51820"), peer.Endpoint);
        Assert.Equal(TimeSpan.FromSeconds(25), peer.PersistentKeepalive);
        Assert.Equal([Some.Leased(1), Some.Routed(1)], peer.AllowedIPs.Order());
    }

    [Fact]
    public async Task Thousands_of_peers_are_written_and_read()
    {
        await AddPeersAsync(_many);

        WireGuardDevice device = await ReadAsync();

        Assert.Equal(_many, device.Peers.Count);
        Dictionary<PublicKey, WireGuardPeer> peers = device.Peers.ToDictionary(peer => peer.PublicKey);
        for (int i = 0; i < _many; i++)
            Assert.Equal([Some.Leased(i), Some.Routed(i)], peers[Some.Key(i)].AllowedIPs.Order());
    }

    [Fact]
    public async Task A_peer_with_thousands_of_prefixes_is_written_and_read()
    {
        IpPrefix[] prefixes = [.. Enumerable.Range(0, 3_000).Select(Some.Leased), .. Enumerable.Range(0, 3_000).Select(Some.Routed)];

        await ConfigureAsync(new PeerChange { PublicKey = Some.Key(1), UpdateOnly = false, PersistentKeepalive = 7, AddAllowedIPs = prefixes });

        WireGuardPeer peer = Assert.Single((await ReadAsync()).Peers);
        Assert.Equal(prefixes, peer.AllowedIPs.Order());
        Assert.Equal(TimeSpan.FromSeconds(7), peer.PersistentKeepalive);
    }

    [Fact]
    public async Task Thousands_of_prefixes_are_removed_at_once_and_the_others_stay()
    {
        await AddPeersAsync(_many);

        await ConfigureAsync([.. Enumerable.Range(0, _many).Select(RemoveLeased)]);

        WireGuardDevice device = await ReadAsync();
        Assert.Equal(_many, device.Peers.Count);
        Assert.Equal(
            Enumerable.Range(0, _many).Select(Some.Routed),
            device.Peers.Select(peer => Assert.Single(peer.AllowedIPs)).Order());
    }

    [Fact]
    public async Task The_other_prefixes_of_a_peer_are_there_at_every_moment_of_a_removal()
    {
        const int Peers = 500;
        await AddPeersAsync(Peers);
        IEnumerable<IpPrefix> routed = Enumerable.Range(0, Peers).Select(Some.Routed);

        Task removal = Task.Run(async () =>
        {
            for (int i = 0; i < Peers; i += 50)
                await ConfigureAsync([.. Enumerable.Range(i, 50).Select(RemoveLeased)]);
        }, Some.Token);
        do
        {
            WireGuardDevice device = await ReadAsync();
            Assert.Equal(routed, device.Peers.SelectMany(peer => peer.AllowedIPs).Where(prefix => prefix.Address.IsIPv6).Order());
            Assert.DoesNotContain(device.Peers, peer => peer.PublicKey == ThrowAwayPeer.PublicKey);
        }
        while (!removal.IsCompleted);

        await removal;
        Assert.DoesNotContain((await ReadAsync()).Peers, peer => peer.AllowedIPs.Any(prefix => !prefix.Address.IsIPv6));
    }

    [Fact]
    public async Task A_prefix_that_another_peer_has_by_now_stays_there()
    {
        await AddPeersAsync(3);
        await ConfigureAsync(new PeerChange { PublicKey = Some.Key(1), AddAllowedIPs = [Some.Leased(0)] });

        await ConfigureAsync(RemoveLeased(0), RemoveLeased(2));

        Dictionary<PublicKey, WireGuardPeer> peers = await ReadPeersAsync();
        Assert.Equal([Some.Routed(0)], peers[Some.Key(0)].AllowedIPs);
        Assert.Equal([Some.Leased(0), Some.Leased(1), Some.Routed(1)], peers[Some.Key(1)].AllowedIPs.Order());
        Assert.Equal([Some.Routed(2)], peers[Some.Key(2)].AllowedIPs);
    }

    [Fact]
    public async Task Changes_are_made_in_order()
    {
        await AddPeersAsync(2);

        await ConfigureAsync(
            RemoveLeased(0),
            new PeerChange { PublicKey = Some.Key(1), AddAllowedIPs = [Some.Leased(0), Some.Leased(7)] },
            new PeerChange { PublicKey = Some.Key(1), RemoveAllowedIPs = [Some.Leased(7), Some.Leased(1)], AddAllowedIPs = [Some.Leased(1), Some.Leased(8)] },
            new PeerChange { PublicKey = Some.Key(0), AddAllowedIPs = [Some.Leased(8)] },
            RemoveLeased(8));

        Dictionary<PublicKey, WireGuardPeer> peers = await ReadPeersAsync();
        Assert.Equal([Some.Leased(8), Some.Routed(0)], peers[Some.Key(0)].AllowedIPs.Order());
        Assert.Equal([Some.Leased(0), Some.Leased(1), Some.Routed(1)], peers[Some.Key(1)].AllowedIPs.Order());
    }

    [Fact]
    public async Task A_removed_peer_does_not_come_back_by_an_update()
    {
        await AddPeersAsync(2);
        await ConfigureAsync(new PeerChange { PublicKey = Some.Key(0), Remove = true });

        await ConfigureAsync(
            new PeerChange { PublicKey = Some.Key(0), AddAllowedIPs = [Some.Leased(0)], PersistentKeepalive = 5 },
            new PeerChange { PublicKey = Some.Key(1), AddAllowedIPs = [Some.Leased(9)] });

        WireGuardPeer peer = Assert.Single((await ReadAsync()).Peers);
        Assert.Equal(Some.Key(1), peer.PublicKey);
        Assert.Equal([Some.Leased(1), Some.Leased(9), Some.Routed(1)], peer.AllowedIPs.Order());
    }

    [Fact]
    public async Task Removing_what_is_not_there_is_fine()
    {
        await AddPeersAsync(1);

        await ConfigureAsync(
            new PeerChange { PublicKey = Some.Key(7), Remove = true },
            new PeerChange { PublicKey = Some.Key(8), RemoveAllowedIPs = [Some.Leased(0)] },
            new PeerChange { PublicKey = Some.Key(0), RemoveAllowedIPs = [Some.Leased(9)] });
        await ConfigureAsync();

        WireGuardPeer peer = Assert.Single((await ReadAsync()).Peers);
        Assert.Equal([Some.Leased(0), Some.Routed(0)], peer.AllowedIPs.Order());
    }

    [Fact]
    public async Task A_device_that_is_not_there_is_no_such_device()
    {
        InterfaceName name = InterfaceName.Parse("wgd-nowhere");

        NetlinkException reading = await Assert.ThrowsAsync<NetlinkException>(() => _wireGuard.GetDeviceAsync(name, Some.Token).AsTask());
        NetlinkException writing = await Assert.ThrowsAsync<NetlinkException>(
            () => _wireGuard.ConfigureAsync(name, [RemoveLeased(1)], Some.Token).AsTask());

        Assert.True(reading.IsNoSuchDevice);
        Assert.True(writing.IsNoSuchDevice);
        Assert.Contains("wgd-nowhere", reading.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_throw_away_peer_that_was_left_behind_is_hidden_and_discarded()
    {
        await AddPeersAsync(1);
        await LeaveThrowAwayPeerBehindAsync();
        Assert.Single((await ReadAsync()).Peers);

        await ConfigureAsync(new PeerChange { PublicKey = Some.Key(0), AddAllowedIPs = [Some.Leased(9)] });

        Assert.False(await HasThrowAwayPeerAsync());
    }

    [Fact]
    public async Task Opening_discards_a_throw_away_peer_that_was_left_behind()
    {
        await LeaveThrowAwayPeerBehindAsync();

        using IWireGuard opened = await _started.OpenAsync();

        Assert.False(await HasThrowAwayPeerAsync());
    }

    [Fact]
    public async Task No_throw_away_peer_is_left_after_a_removal()
    {
        await AddPeersAsync(1);

        await ConfigureAsync(RemoveLeased(0));

        Assert.False(await HasThrowAwayPeerAsync());
        Assert.Equal([Some.Routed(0)], Assert.Single((await ReadAsync()).Peers).AllowedIPs);
    }

    private static PeerChange RemoveLeased(int number) => new() { PublicKey = Some.Key(number), RemoveAllowedIPs = [Some.Leased(number)] };

    private Task AddPeersAsync(int count) => ConfigureAsync([.. Enumerable.Range(0, count).Select(i => new PeerChange
    {
        PublicKey = Some.Key(i),
        UpdateOnly = false,
        AddAllowedIPs = [Some.Leased(i), Some.Routed(i)],
    })]);

    private Task ConfigureAsync(params PeerChange[] changes) => _wireGuard.ConfigureAsync(_started.Name, changes, Some.Token).AsTask();

    private Task<WireGuardDevice> ReadAsync() => _wireGuard.GetDeviceAsync(_started.Name, Some.Token).AsTask();

    private async Task<Dictionary<PublicKey, WireGuardPeer>> ReadPeersAsync() => (await ReadAsync()).Peers.ToDictionary(peer => peer.PublicKey);

    private async Task LeaveThrowAwayPeerBehindAsync()
    {
        using IWireGuardBackend backend = await _started.OpenBackendAsync();
        await backend.ApplyAsync(_started.Name, [ThrowAwayPeer.Take([new AllowedIPOperation(Some.Leased(5))])], Some.Token);
        Assert.True((await backend.ReadAsync(_started.Name, Some.Token)).HasThrowAwayPeer());
    }

    private async Task<bool> HasThrowAwayPeerAsync()
    {
        using IWireGuardBackend backend = await _started.OpenBackendAsync();
        return (await backend.ReadAsync(_started.Name, Some.Token)).HasThrowAwayPeer();
    }
}
