using WgDynamic.Leasing;

namespace WgDynamic.Storage.Tests;

public sealed class FaultTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_disk_fails_the_commit_and_nothing_is_lost_once_there_is_room()
    {
        await using Tmpfs disk = await Tmpfs.MountAsync(_folder["full"], "size=512k");
        string path = Path.Combine(disk.Path, "wg0.db");
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(path, Leases.Boot);
        await store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        LeaseRecord[] before = await store.RecordsAsync();
        HistoryHead head = store.Head;

        disk.Fill();
        LeaseChange[] batch = [.. Enumerable.Range(100, 3000).Select(number => Leases.Grant(Leases.Ip(number), Leases.Bob, 1))];
        LeaseStoreException error = await Assert.ThrowsAsync<LeaseStoreException>(async () => await store.CommitAsync(1, batch));
        Assert.False(error.IsDamaged);
        Assert.StartsWith($"{path}: no space is left", error.Message, StringComparison.Ordinal);
        Assert.Contains($"df {disk.Path}", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await store.RecordsAsync());
        Assert.Equal(head, store.Head);

        disk.Empty();
        await store.CommitAsync(2, batch[..100]);
        Assert.Equal(101, (await store.RecordsAsync()).Length);
        Assert.Equal(101, store.Head.Sequence);
        Assert.Empty(LeaseDatabase.Check(path).Problems);
    }

    [Fact]
    public async Task A_read_only_file_system_is_named_and_can_be_checked_and_backed_up()
    {
        await using Tmpfs disk = await Tmpfs.MountAsync(_folder["ro"], "size=4m");
        string path = Path.Combine(disk.Path, "wg0.db");
        await using (SqliteLeaseStore store = SqliteLeaseStore.Open(path, Leases.Boot))
            await store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        await disk.RemountAsync("ro");

        LeaseStoreException error = Assert.Throws<LeaseStoreException>(() => SqliteLeaseStore.Open(path, Leases.Boot));
        Assert.False(error.IsDamaged);
        Assert.StartsWith($"{path} cannot be written", error.Message, StringComparison.Ordinal);
        Assert.Empty(LeaseDatabase.Check(path).Problems);
        LeaseDatabase.Backup(path, _folder["copy.db"]);
        using (LeaseHistory history = LeaseHistory.Open(path))
            Assert.Single(history.Of(Leases.Seven));

        await disk.RemountAsync("rw");
        await using SqliteLeaseStore again = SqliteLeaseStore.Open(path, Leases.Boot);
        await again.CommitAsync(1, Leases.Grant(Leases.Six, Leases.Alice, 1));
    }

    [Fact]
    public async Task Another_processes_lock_fails_the_commit_soon_and_a_later_one_succeeds()
    {
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot);
        using (Database other = Database.Open(_folder.Database))
        {
            other.Execute("BEGIN EXCLUSIVE");
            long start = TimeProvider.System.GetTimestamp();
            LeaseStoreException error = await Assert.ThrowsAsync<LeaseStoreException>(async () => await store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0)));
            Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(1));
            Assert.False(error.IsDamaged);
            Assert.Equal($"{_folder.Database} is locked by another process; see which: fuser -v {_folder.Database}", error.Message);
            other.Execute("ROLLBACK");
        }

        await store.CommitAsync(1, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        Assert.Single(store.History(Leases.Seven));
        Assert.Single(await store.RecordsAsync());
    }

    [Fact]
    public void A_database_of_a_later_version_is_left_alone_and_both_versions_are_named()
    {
        StoreFile.Make(_folder.Database);
        using (Database database = Database.Open(_folder.Database))
            database.Execute($"CREATE TABLE t (a); PRAGMA application_id = {Schema.ApplicationId}; PRAGMA user_version = 7");
        byte[] before = File.ReadAllBytes(_folder.Database);
        LeaseStoreException error = Assert.Throws<LeaseStoreException>(() => SqliteLeaseStore.Open(_folder.Database, Leases.Boot));
        Assert.False(error.IsDamaged);
        Assert.Contains("schema version 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("knows 2 at most", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, Assert.Throws<LeaseStoreException>(() => LeaseDatabase.Check(_folder.Database)).Message);
        Assert.Equal(before, File.ReadAllBytes(_folder.Database));
    }

    [Fact]
    public void A_database_of_another_program_is_left_alone()
    {
        StoreFile.Make(_folder.Database);
        using (Database database = Database.Open(_folder.Database))
            database.Execute("CREATE TABLE t (a)");
        byte[] before = File.ReadAllBytes(_folder.Database);
        Assert.Contains("another program", Assert.Throws<LeaseStoreException>(() => SqliteLeaseStore.Open(_folder.Database, Leases.Boot)).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_folder.Database));
    }

    [Fact]
    public async Task An_earlier_version_becomes_the_present_one_in_one_transaction()
    {
        string[] three = [.. Schema.Migrations, "ALTER TABLE lease ADD COLUMN colour TEXT"];
        await SqliteLeaseStore.Open(_folder.Database, Leases.Boot).DisposeAsync();

        string[] broken = [.. three, "CREATE TABLE half (a); SELECT * FROM nothing"];
        _ = Assert.Throws<LeaseStoreException>(() => SqliteLeaseStore.Open(_folder.Database, Leases.Boot, broken));
        Assert.Equal((2, 0), Inspect());
        await SqliteLeaseStore.Open(_folder.Database, Leases.Boot, three).DisposeAsync();
        Assert.Equal((3, 1), Inspect());

        (long Version, long Columns) Inspect()
        {
            using Database database = Database.Open(_folder.Database);
            return (database.Number("PRAGMA user_version"), database.Number("SELECT count(*) FROM pragma_table_info('lease') WHERE name = 'colour'"));
        }
    }

    // version-1.db was written by release 0.1.0: twenty leases of tests/WgDynamic.Storage.Host.
    [Fact]
    public async Task A_database_of_the_first_release_is_opened_checked_and_restored_and_then_takes_what_operators_add()
    {
        string first = Path.Combine(AppContext.BaseDirectory, "version-1.db");
        DatabaseReport report = LeaseDatabase.Check(first);
        Assert.Empty(report.Problems);
        Assert.Equal(20, report.ActiveLeases);
        _ = LeaseDatabase.Restore(first, _folder.Database, Leases.Time(0));
        await using (SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot))
        {
            Assert.Equal(20, (await store.RecordsAsync()).Length);
            Leases.AssertSame(RuntimePlan.Empty, await store.LoadPlanAsync(Leases.Cancelled));
            await store.CommitPlanAsync(RuntimePlan.Empty, Leases.SomePlan, Leases.Cancelled);
        }

        LeaseDatabase.Backup(_folder.Database, _folder["backup"]);
        _ = LeaseDatabase.Restore(_folder["backup"], _folder["other.db"], Leases.Time(0));
        await using (SqliteLeaseStore store = SqliteLeaseStore.Open(_folder["other.db"], Leases.Boot))
            Leases.AssertSame(Leases.SomePlan, await store.LoadPlanAsync(Leases.Cancelled));

        // The first release knows one version.
        LeaseStoreException error = Assert.Throws<LeaseStoreException>(() => SqliteLeaseStore.Open(_folder.Database, Leases.Boot, [.. Schema.Migrations.Take(1)]));
        Assert.False(error.IsDamaged);
        Assert.Contains("schema version 2, made by a later version of wg-dynamic-server", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INSERT INTO plan_pool (first, last) VALUES (x'0a000000', x'09000000')")]
    [InlineData("INSERT INTO plan_pool (first, last) VALUES (x'00000000', x'ffffffff')")]
    [InlineData("INSERT INTO plan_pool (first, last) VALUES (x'0a000000', x'00000000000000000000000000000001')")]
    [InlineData("INSERT INTO plan_pool (first, last, lease_time) VALUES (x'0a000000', x'0a000001', 0)")]
    [InlineData("INSERT INTO plan_reservation (address, peer) VALUES (x'0a000001', x'01')")]
    [InlineData("INSERT INTO plan_reservation (address, peer, lease_time) VALUES (x'0a000001', zeroblob(32), 4294967296)")]
    [InlineData("INSERT INTO plan_exclusion (first, last) VALUES (x'', x'')")]
    [InlineData("INSERT INTO plan_disabled (first, last) VALUES (x'0a', x'0a')")]
    public async Task A_plan_with_impossible_values_is_damaged(string insert)
    {
        await SqliteLeaseStore.Open(_folder.Database, Leases.Boot).DisposeAsync();
        using (Database database = Database.Open(_folder.Database))
            database.Execute(insert);
        Assert.Contains("pools, reservations and exclusions cannot be read", Assert.Single(LeaseDatabase.Check(_folder.Database).Problems), StringComparison.Ordinal);
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot);
        Assert.True((await Assert.ThrowsAsync<LeaseStoreException>(async () => await store.LoadPlanAsync(Leases.Cancelled))).IsDamaged);
    }

    [Fact]
    public void What_is_no_database_is_damaged_and_the_remedies_are_named()
    {
        File.WriteAllText(_folder.Database, new string('x', 5000));
        LeaseStoreException error = Assert.Throws<LeaseStoreException>(() => SqliteLeaseStore.Open(_folder.Database, Leases.Boot));
        Assert.True(error.IsDamaged);
        foreach (string remedy in (string[])["--check-database", "--restore FILE", "move it away"])
            Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(LeaseDatabase.Check(_folder.Database).Problems);
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_named()
    {
        File.WriteAllText(_folder["file"], "");
        LeaseStoreException error = Assert.Throws<LeaseStoreException>(() => SqliteLeaseStore.Open(_folder["file/wg0.db"], Leases.Boot));
        Assert.Contains(_folder["file/wg0.db"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_corrupted_anywhere_fails_with_nothing_but_the_stores_exception_and_is_rebuilt()
    {
        Random random = new(7);
        LeaseChange[] grants = [.. Enumerable.Range(0, 400).Select(number => Leases.Grant(Leases.Ip(number), Leases.Peer(number), number))];
        await using (SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot))
            await store.CommitAsync(500, grants);
        byte[] good = await File.ReadAllBytesAsync(_folder.Database, Leases.Cancelled);

        int noticed = 0;
        for (int round = 0; round < 150; round++)
        {
            StoreFile.Remove(_folder.Database);
            byte[] bad = [.. good];
            int page = random.Next(bad.Length / 4096) * 4096;
            switch (random.Next(3))
            {
                case 0:
                    random.NextBytes(bad.AsSpan(page, 4096));
                    break;
                case 1:
                    bad = bad[..random.Next(1, bad.Length)];
                    break;
                default:
                    for (int i = 0; i < 20; i++)
                        bad[random.Next(bad.Length)] ^= (byte)random.Next(1, 256);
                    break;
            }

            await File.WriteAllBytesAsync(_folder.Database, bad, Leases.Cancelled);
            try
            {
                if (LeaseDatabase.Check(_folder.Database).Problems.Count > 0)
                    noticed++;
            }
            catch (LeaseStoreException)
            {
                noticed++;
            }

            try
            {
                await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot);
                try
                {
                    _ = await store.LoadAsync(Leases.Cancelled);
                    await store.CommitAsync(600, [.. grants.Select(grant => new LeaseChange(LeaseEvent.Renewed, grant.Record)), Leases.Grant(Leases.Six, Leases.Bob, 600)]);
                    _ = store.History(Leases.Ip(5));
                    await store.PruneAsync(Leases.Time(0), Leases.Time(50), Leases.Cancelled);
                }
                catch (LeaseStoreException)
                {
                }

                string? aside = await store.RebuildAsync([.. grants.Select(grant => grant.Record)], RuntimePlan.Empty, Leases.At(700), Leases.Cancelled);
                Assert.True(File.Exists(aside));
                Assert.Equal(grants.Select(grant => grant.Record), await store.RecordsAsync());
                Assert.Empty(LeaseDatabase.Check(_folder.Database).Problems);
                foreach (string file in Directory.EnumerateFiles(_folder.Path, "*.damaged-*"))
                    File.Delete(file);
            }
            catch (LeaseStoreException)
            {
                // It did not even open.
            }
        }

        Assert.InRange(noticed, 140, 150);
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("renamed")]
    [InlineData("replaced")]
    public async Task A_file_that_is_taken_away_is_noticed_at_once_and_rebuilt_from_memory(string how)
    {
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot);
        await store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        if (how == "removed")
            File.Delete(_folder.Database);
        else
            File.Move(_folder.Database, _folder["elsewhere.db"]);
        if (how == "replaced")
            await SqliteLeaseStore.Open(_folder.Database, Leases.Boot).DisposeAsync();

        for (int i = 0; i < 2; i++)
        {
            LeaseStoreException error = await Assert.ThrowsAsync<LeaseStoreException>(async () => await store.CommitAsync(1, Leases.Renew(Leases.Seven, Leases.Alice, 0, 1)));
            Assert.True(error.IsDamaged);
            Assert.Contains("removed, renamed or replaced", error.Message, StringComparison.Ordinal);
        }

        LeaseChange ended = Leases.End(Leases.Ip(2), Leases.Bob, -100, -50);
        string? aside = await store.RebuildAsync([Leases.Active(Leases.Seven, Leases.Alice, 0), ended.Record], Leases.SomePlan, Leases.At(2), Leases.Cancelled);
        Assert.Equal(how == "replaced" ? $"{_folder.Database}.damaged-20261104T030200Z" : null, aside);
        await store.CommitAsync(70, Leases.End(Leases.Seven, Leases.Alice, 0, 60));
        Assert.Equal((Leases.Time(0), Leases.Time(60)), (Assert.Single(store.History(Leases.Seven)).Start, Assert.Single(store.History(Leases.Seven)).End));
        Assert.Contains(ended.Record, await store.RecordsAsync());
        Leases.AssertSame(Leases.SomePlan, await store.LoadPlanAsync(Leases.Cancelled));
        Assert.Empty(LeaseDatabase.Check(_folder.Database).Problems);
    }

    [Fact]
    public async Task A_file_that_comes_back_is_used_again()
    {
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot);
        await store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        // With the log, as mv wg0.db* does.
        foreach (string end in (string[])["", "-wal", "-shm"])
            File.Move(_folder.Database + end, _folder["elsewhere.db"] + end);
        _ = await Assert.ThrowsAsync<LeaseStoreException>(async () => await store.CommitAsync(1, Leases.Grant(Leases.Six, Leases.Alice, 1)));
        foreach (string end in (string[])["", "-wal", "-shm"])
        {
            if (File.Exists(_folder["elsewhere.db"] + end))
                File.Move(_folder["elsewhere.db"] + end, _folder.Database + end);
        }

        await store.CommitAsync(1, Leases.Grant(Leases.Six, Leases.Alice, 1));
        Assert.Equal(2, (await store.RecordsAsync()).Length);
    }
}
