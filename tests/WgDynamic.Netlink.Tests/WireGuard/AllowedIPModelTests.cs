using CsCheck;

namespace WgDynamic.Netlink.Tests;

/// <summary>Any changes, in any order: whatever an implementation makes of a removal, the outcome is that of one that knows how.</summary>
public class AllowedIPModelTests
{
    // Few peers and prefixes, so that they meet.
    private static readonly Gen<PeerChange> _change = Gen.Select(
        Gen.Int[0, 3], Gen.Frequency((1, Gen.Const(true)), (9, Gen.Const(false))), Gen.Bool, Gen.Int[0, 5].Array[0, 3], Gen.Int[0, 5].Array[0, 3],
        (peer, remove, updateOnly, add, take) => new PeerChange
        {
            PublicKey = Some.Key(peer),
            Remove = remove,
            UpdateOnly = updateOnly,
            AddAllowedIPs = [.. add.Select(Some.Leased)],
            RemoveAllowedIPs = [.. take.Select(Some.Leased)],
        });

    [Theory]
    [InlineData(Removal.Refused)]
    [InlineData(Removal.Overlooked)]
    public Task The_throw_away_peer_does_what_removal_does(Removal removal) => _change.Array[0, 6].Array[1, 5].SampleAsync(async calls =>
    {
        Assert.Equal(await OutcomeAsync(Removal.Known, calls), await OutcomeAsync(removal, calls));
    });

    private static async Task<string> OutcomeAsync(Removal removal, PeerChange[][] calls)
    {
        SimulatedBackend backend = new(removal);
        using WireGuardClient client = new(backend);
        foreach (PeerChange[] changes in calls)
            await client.ConfigureAsync(backend.Name, changes);
        WireGuardDevice device = await backend.ReadAsync(backend.Name, CancellationToken.None);
        return string.Join('\n', device.Peers.OrderBy(peer => peer.PublicKey).Select(peer => $"{peer.PublicKey}: {string.Join(", ", peer.AllowedIPs.Order())}"));
    }
}
