using System.Diagnostics;
using System.Globalization;
using WgDynamic.Leasing;

namespace WgDynamic.Bench;

/// <summary>What choosing, taking and freeing an address costs, by how full the pool is. Prints lines: name, nanoseconds.</summary>
internal static class PoolCost
{
    private const int Cycles = 300_000;

    public static void Run(bool quick)
    {
        Random random = new(1);
        UInt128 four = (UInt128)1 << (quick ? 20 : 24);
        foreach (double part in (ReadOnlySpan<double>)[0, 0.01, 0.5, 0.999])
        {
            FreeSet set = Filled(four, part, random);
            Print($"IPv4 /{(quick ? 12 : 8)}, {part * 100:0.#} % full", Measure(set, four, random));
        }

        // Nobody can fill a /64: this is its crowded part, where every search begins among taken addresses.
        UInt128 six = (UInt128)1 << 64;
        Print("IPv6 /64, empty", Measure(new FreeSet(six), six, random));
        FreeSet crowded = new(six);
        for (UInt128 number = 0; number < four; number++)
            _ = crowded.TryTake(number);
        Print($"IPv6 /64, in a run of {(long)four:N0} taken ones", Measure(crowded, four, random));

        foreach (double part in (ReadOnlySpan<double>)[0, 0.01, 0.5, 0.999])
            Print($"request and release, IPv4 /{(quick ? 16 : 13)}, {part * 100:0.#} % full", MeasureBook(quick ? 16 : 13, part));
    }

    private static FreeSet Filled(UInt128 size, double part, Random random)
    {
        FreeSet set = new(size);
        if (part <= 0.5)
        {
            for (long left = (long)((double)size * part); left > 0; left--)
                _ = set.TakeFrom((UInt128)random.NextInt64((long)size));
            return set;
        }

        for (UInt128 number = 0; number < size; number++)
            _ = set.TryTake(number);
        for (long left = (long)((double)size * (1 - part)); left > 0;)
        {
            UInt128 number = (UInt128)random.NextInt64((long)size);
            if (set.IsFree(number))
                continue;
            set.Return(number);
            left--;
        }

        return set;
    }

    private static double Measure(FreeSet set, UInt128 range, Random random)
    {
        long[] starts = new long[Cycles];
        for (int i = 0; i < starts.Length; i++)
            starts[i] = random.NextInt64((long)UInt128.Min(range, long.MaxValue));
        Cycle(set, starts);
        Stopwatch clock = Stopwatch.StartNew();
        Cycle(set, starts);
        return clock.Elapsed.TotalNanoseconds / Cycles;
    }

    private static void Cycle(FreeSet set, long[] starts)
    {
        foreach (long start in starts)
            set.Return(set.TakeFrom((UInt128)start));
    }

    private static double MeasureBook(int length, double part)
    {
        LeaseBook book = new(new LeasePolicy { GrantInterval = TimeSpan.Zero, AddressesPerPeer = 1 });
        book.SetPlan(new LeasePlan { Pools = [new PoolDefinition { Range = IpRange.FromPrefix(IpPrefix.Parse($"10.0.0.0/{length}")) }] });
        Moment now = new(TimeSpan.FromDays(1), DateTimeOffset.UnixEpoch);
        int filled = (int)((1 << (32 - length)) * part);
        for (int i = 0; i < filled; i++)
            _ = book.Request(new LeaseRequest(BenchPeer.Key(i), default(IpAddress), null), now);
        // Fewer than are free even in the fullest, so that nobody's former address is needed.
        PublicKey[] peers = [.. Enumerable.Range(filled, 50).Select(BenchPeer.Key)];
        CycleBook(book, peers, now);
        Stopwatch clock = Stopwatch.StartNew();
        CycleBook(book, peers, now);
        return clock.Elapsed.TotalNanoseconds / Cycles;
    }

    private static void CycleBook(LeaseBook book, PublicKey[] peers, Moment now)
    {
        for (int i = 0; i < Cycles; i++)
        {
            PublicKey peer = peers[i % peers.Length];
            LeaseGrant grant = book.Request(new LeaseRequest(peer, default(IpAddress), null), now);
            book.Release(peer, now);
            // Else the next request finds the address that it had, which chooses nothing.
            book.Clear(grant.IPv4!);
            book.Prune(now.Wall.AddDays(1));
            book.Changes.Clear();
        }
    }

    private static void Print(string name, double nanoseconds) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}\t{nanoseconds:0}"));
}
