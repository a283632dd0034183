using System.Diagnostics;
using WgDynamic.Leasing;

namespace WgDynamic.Storage.Tests;

public sealed class DurabilityTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_store_that_is_opened_again_has_all_and_knows_another_boot()
    {
        await using (SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot))
            await store.CommitAsync(5, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        foreach (string boot in (string[])[Leases.Boot, "another"])
        {
            await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, boot);
            StoredLeases stored = await store.LoadAsync(Leases.Cancelled);
            Assert.Equal([Leases.Active(Leases.Seven, Leases.Alice, 0)], stored.Records);
            Assert.Equal((boot == Leases.Boot, Leases.Time(5)), (stored.SameBoot, stored.LastCommit));
            Assert.Single(store.History(Leases.Seven));
        }
    }

    [Fact]
    public async Task Files_are_for_their_owner_only_and_so_is_a_directory_that_was_made_for_them()
    {
        string path = Path.Combine(_folder["made"], "wg0.db");
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(path, Leases.Boot);
        await store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["made"]));
        Assert.Equal(["wg0.db", "wg0.db-shm", "wg0.db-wal"], Directory.EnumerateFiles(_folder["made"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.EnumerateFiles(_folder["made"]), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task What_was_committed_survives_a_killed_process()
    {
        uint next = 0;
        Random random = new(1);
        for (int round = 0; round < 20; round++)
        {
            uint told = await RunAndKillAsync(next, random.Next(40));
            await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, "boot");
            LeaseRecord[] records = await store.RecordsAsync();
            // Whole batches, all that was told, and at most the one more that was being told of.
            Assert.InRange(records.Length, (int)told, (int)told + 10);
            Assert.Equal(0, records.Length % 10);
            Assert.Equal(Enumerable.Range(0, records.Length).Select(number => (UInt128)number), records.Select(record => record.Address.Bits));
            Assert.Equal(records.Length, store.Head.Sequence);
            next = (uint)records.Length;
        }

        Assert.Empty(LeaseDatabase.Check(_folder.Database).Problems);
    }

    // After so many batches, in the middle of whatever it does then.
    private async Task<uint> RunAndKillAsync(uint first, int batches)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "WgDynamic.Storage.Host"), [_folder.Database, $"{first}"])
        { RedirectStandardOutput = true })!;
        uint told = first;
        for (int i = 0; i < batches; i++)
            told = uint.Parse((await process.StandardOutput.ReadLineAsync(Leases.Cancelled))!);
        process.Kill();
        // What it said before it died counts.
        while (await process.StandardOutput.ReadLineAsync(Leases.Cancelled) is { } line)
            told = uint.TryParse(line, out uint number) && number > told ? number : told;
        await process.WaitForExitAsync(Leases.Cancelled);
        return told;
    }
}
