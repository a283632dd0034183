using Microsoft.Extensions.Time.Testing;

namespace WgDynamic.Leasing.Tests;

/// <summary>Names, keys and times that the tests of this project share.</summary>
internal static class Peers
{
    public static readonly IpAddress Any4 = IpAddress.Parse("0.0.0.0");
    public static readonly IpAddress Any6 = IpAddress.Parse("::");

    public static readonly PublicKey Alice = Peer(1);
    public static readonly PublicKey Bob = Peer(2);
    public static readonly PublicKey Carol = Peer(3);

    public static PublicKey Peer(int number)
    {
        byte[] bytes = new byte[PublicKey.ByteLength];
        BitConverter.TryWriteBytes(bytes, number);
        return new PublicKey(bytes);
    }

    public static Moment At(double seconds) =>
        new(TimeSpan.FromSeconds(1000 + seconds), new FakeTimeProvider().Start.AddSeconds(seconds));

    public static IpAddress Ip(string text) => IpAddress.Parse(text);

    public static PoolDefinition Define(string range) => new() { Range = IpRange.Parse(range) };

    public static StoredLeases Stored(params LeaseRecord[] records) => new(records, SameBoot: false, LastCommit: null);

    public static void SetPools(this LeaseBook book, IEnumerable<IpPrefix> pools, IReadOnlyCollection<Exclusion> exclusions) =>
        book.SetPlan(new LeasePlan { Pools = [.. pools.Select(pool => new PoolDefinition { Range = IpRange.FromPrefix(pool) })], Exclusions = exclusions });
}
