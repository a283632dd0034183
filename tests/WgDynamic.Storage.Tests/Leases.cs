using System.Net.Sockets;
using WgDynamic.Leasing;

namespace WgDynamic.Storage.Tests;

/// <summary>Names, times and leases that the tests of this project share.</summary>
internal static class Leases
{
    public const string Boot = "boot 1";

    public static readonly PublicKey Alice = Peer(1);
    public static readonly PublicKey Bob = Peer(2);
    public static readonly DateTimeOffset Epoch = new DateTimeOffset(2026, 11, 4, 3, 0, 0, TimeSpan.Zero).AddTicks(7);
    public static readonly IpAddress Seven = IpAddress.Parse("10.66.0.7");
    public static readonly IpAddress Six = IpAddress.Parse("2001:db8::6");

    /// <summary>Some of everything that operators may add.</summary>
    public static readonly RuntimePlan SomePlan = new()
    {
        Pools = [new PoolDefinition { Range = IpRange.Parse("10.67.0.0/16"), Name = "more", LeaseTime = LeasePolicy.MaxLeaseTime }, new PoolDefinition { Range = IpRange.Parse("10.5.0.9-10.5.0.12") }],
        Reservations = [new Reservation(Alice, Seven, LeasePolicy.MinLeaseTime, "der Drucker im zwölften Stock 🙂"), new Reservation(Alice, Six)],
        Exclusions = [IpRange.Parse("10.67.0.1"), IpRange.Parse("2001:db8::-2001:db8::ff")],
        DisabledPools = [IpRange.Parse("10.66.0.0/24")],
    };

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static PublicKey Peer(int number)
    {
        byte[] bytes = new byte[PublicKey.ByteLength];
        _ = BitConverter.TryWriteBytes(bytes, number);
        return new PublicKey(bytes);
    }

    public static IpAddress Ip(int number) => new(AddressFamily.InterNetwork, (UInt128)(0x0a420000 + number));

    public static DateTimeOffset Time(double minutes) => Epoch.AddMinutes(minutes);

    public static Moment At(double minutes) => new(TimeSpan.FromMinutes(10_000 + minutes), Time(minutes));

    /// <summary>A lease of an hour.</summary>
    public static LeaseRecord Active(IpAddress address, PublicKey peer, double start, double? renewed = null, string? hostname = "laptop") =>
        new(address, peer, LeaseState.Active, Time(start), Time((renewed ?? start) + 60), At((renewed ?? start) + 60).Uptime, true, hostname);

    public static LeaseChange Grant(IpAddress address, PublicKey peer, double start, string? hostname = "laptop") =>
        new(LeaseEvent.Granted, Active(address, peer, start, hostname: hostname));

    public static LeaseChange Renew(IpAddress address, PublicKey peer, double start, double renewed, string? hostname = "laptop") =>
        new(LeaseEvent.Renewed, Active(address, peer, start, renewed, hostname));

    public static LeaseChange End(IpAddress address, PublicKey peer, double start, double end, LeaseState state = LeaseState.Expired, string? hostname = "laptop") =>
        new(LeaseEvent.Ended, Active(address, peer, start, hostname: hostname) with { State = state, End = Time(end) });

    public static LeaseChange Clear(LeaseChange end) => new(LeaseEvent.Cleared, end.Record with { OwnsAllowedIP = false });

    public static ValueTask CommitAsync(this ILeaseStore store, double minutes, params LeaseChange[] changes) =>
        store.CommitAsync(changes, At(minutes), Cancelled);

    public static void AssertSame(RuntimePlan expected, RuntimePlan actual)
    {
        Assert.Equal(expected.Pools.Select(pool => (pool.Range, pool.Name, pool.LeaseTime)), actual.Pools.Select(pool => (pool.Range, pool.Name, pool.LeaseTime)));
        Assert.Equal(expected.Reservations.OrderBy(reservation => reservation.Address), actual.Reservations.OrderBy(reservation => reservation.Address));
        Assert.Equal(expected.Exclusions.Order(), actual.Exclusions.Order());
        Assert.Equal(expected.DisabledPools.Order(), actual.DisabledPools.Order());
    }

    public static async Task<LeaseRecord[]> RecordsAsync(this ILeaseStore store) =>
        [.. (await store.LoadAsync(Cancelled)).Records.OrderBy(record => record.Address)];
}
