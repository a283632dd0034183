using System.Security.Cryptography;
namespace WgDynamic.Netlink.Tests;

/// <summary>How much is asked of an implementation, and what is left when it fails.</summary>
public sealed class WireGuardClientTests
{
    private static readonly PeerChange[] _peers =
        [.. Enumerable.Range(0, 4).Select(i => new PeerChange { PublicKey = Some.Key(i), UpdateOnly = false, AddAllowedIPs = [Some.Leased(i), Some.Routed(i)] })];

    [Fact]
    public async Task Whether_prefixes_can_be_removed_is_found_out_once()
    {
        SimulatedBackend backend = new(Removal.Known);
        using WireGuardClient client = await OpenAsync(backend);

        await client.ConfigureAsync(backend.Name, [RemoveLeased(0)], Some.Token);
        Assert.Equal(2, backend.Reads);
        await client.ConfigureAsync(backend.Name, [RemoveLeased(1), RemoveLeased(2)], Some.Token);

        Assert.Equal(2, backend.Reads);
        Assert.DoesNotContain(backend.Applied, operation => operation.PublicKey == ThrowAwayPeer.PublicKey);
    }

    [Theory]
    [InlineData(Removal.Refused, 1)]
    [InlineData(Removal.Overlooked, 2)]
    public async Task That_prefixes_cannot_be_removed_is_found_out_once(Removal removal, int reads)
    {
        SimulatedBackend backend = new(removal);
        using WireGuardClient client = await OpenAsync(backend);

        await client.ConfigureAsync(backend.Name, [RemoveLeased(0)], Some.Token);
        Assert.Equal(reads, backend.Reads);
        backend.Applied.Clear();
        await client.ConfigureAsync(backend.Name, [RemoveLeased(1), RemoveLeased(2)], Some.Token);

        Assert.Equal(reads + 1, backend.Reads);
        Assert.Equal(2, backend.Applied.Count);
        Assert.Equal([Some.Leased(1), Some.Leased(2)], backend.Applied[0].AllowedIPs.Select(allowedIP => allowedIP.Prefix));
        Assert.Equal(ThrowAwayPeer.Discard, backend.Applied[1]);
    }

    [Fact]
    public async Task A_removal_of_what_is_not_there_decides_nothing()
    {
        SimulatedBackend backend = new(Removal.Refused);
        using WireGuardClient client = await OpenAsync(backend);

        await client.ConfigureAsync(backend.Name, [new PeerChange { PublicKey = Some.Key(0), RemoveAllowedIPs = [Some.Leased(1)] }], Some.Token);

        Assert.Empty(backend.Applied);
    }

    [Fact]
    public async Task Changes_that_remove_no_prefix_read_nothing()
    {
        SimulatedBackend backend = new(Removal.Refused);
        using WireGuardClient client = await OpenAsync(backend);

        await client.ConfigureAsync(backend.Name, [new PeerChange { PublicKey = Some.Key(0), AddAllowedIPs = [Some.Leased(9)] }, new PeerChange { PublicKey = Some.Key(1), Remove = true }], Some.Token);

        Assert.Equal(0, backend.Reads);
    }

    [Fact]
    public async Task A_failure_in_the_middle_of_a_removal_leaves_no_throw_away_peer()
    {
        SimulatedBackend backend = new(Removal.Refused);
        using WireGuardClient client = await OpenAsync(backend);
        await client.ConfigureAsync(backend.Name, [RemoveLeased(0)], Some.Token);

        // The prefix is taken; the peer that took it is not discarded.
        backend.FailsAfter = 1;
        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => client.ConfigureAsync(backend.Name, [RemoveLeased(1)], Some.Token).AsTask());

        Assert.Equal(Errno.EIO, e.Errno);
        Assert.False((await backend.ReadAsync(backend.Name, Some.Token)).HasThrowAwayPeer());
    }

    [Fact]
    public void The_key_of_the_throw_away_peer_is_the_hash_that_it_is_said_to_be() =>
        Assert.Equal(
            new PublicKey(SHA256.HashData("WgDynamic throw-away peer: nobody holds its private key"u8)),
            ThrowAwayPeer.PublicKey);

    private static PeerChange RemoveLeased(int number) => new() { PublicKey = Some.Key(number), RemoveAllowedIPs = [Some.Leased(number)] };

    private static async Task<WireGuardClient> OpenAsync(SimulatedBackend backend)
    {
        WireGuardClient client = new(backend);
        await client.ConfigureAsync(backend.Name, _peers, Some.Token);
        backend.Applied.Clear();
        return client;
    }
}
