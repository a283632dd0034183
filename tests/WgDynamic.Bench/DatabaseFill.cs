using WgDynamic.Leasing;
using WgDynamic.Storage;

namespace WgDynamic.Bench;

/// <summary>Makes a database with active leases: peer number N has its address, since now and for a day.</summary>
internal static class DatabaseFill
{
    private const int Batch = 10_000;

    public static async Task RunAsync(string path, int count)
    {
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(path, BootId.Read());
        TimeSpan uptime = TimeSpan.FromMilliseconds(Environment.TickCount64);
        Moment now = new(uptime, DateTimeOffset.UtcNow);
        foreach (int[] numbers in Enumerable.Range(0, count).Chunk(Batch))
        {
            LeaseChange[] changes = Array.ConvertAll(numbers, number => new LeaseChange(LeaseEvent.Granted, new LeaseRecord(
                BenchPeer.Leased(number), BenchPeer.Key(number), LeaseState.Active, now.Wall, now.Wall.AddDays(1), uptime + TimeSpan.FromDays(1), true, null)));
            await store.CommitAsync(changes, now, CancellationToken.None);
        }
    }
}
