using WgDynamic.Leasing;

namespace WgDynamic.Storage.Tests;

[Collection(nameof(AloneCollection))]
public sealed class AllocationTests : IDisposable
{
    private const int Rows = 256;

    // The readlink of the file watch is some 200 bytes a commit; of the rows themselves there is nothing.
    private const long MostBytesEach = 4;
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_row_of_a_batch_allocates_next_to_nothing()
    {
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot);
        LeaseChange[] grants = [.. Enumerable.Range(0, Rows).Select(number => Leases.Grant(Leases.Ip(number), Leases.Peer(number), 0))];
        LeaseChange[] renewals = [.. Enumerable.Range(0, Rows).Select(number => Leases.Renew(Leases.Ip(number), Leases.Peer(number), 0, 30))];
        for (int i = 0; i < 3; i++)
        {
            await store.CommitAsync(grants, Leases.At(1), CancellationToken.None);
            await store.CommitAsync(renewals, Leases.At(1), CancellationToken.None);
        }

        long granted = await MeasureAsync(grants);
        long renewed = await MeasureAsync(renewals);
        TestContext.Current.TestOutputHelper?.WriteLine($"{granted} bytes for each grant, {renewed} for each renewal");
        Assert.InRange(granted, 0, MostBytesEach);
        Assert.InRange(renewed, 0, MostBytesEach);

        // The store never waits, so all of it is on this thread.
        async Task<long> MeasureAsync(LeaseChange[] batch)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++)
                await store.CommitAsync(batch, Leases.At(1), CancellationToken.None);
            return (GC.GetAllocatedBytesForCurrentThread() - before) / (10 * Rows);
        }
    }
}
