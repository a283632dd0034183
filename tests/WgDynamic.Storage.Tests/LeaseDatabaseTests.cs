using WgDynamic.Leasing;

namespace WgDynamic.Storage.Tests;

public sealed class LeaseDatabaseTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Checking_beside_a_running_store_counts_and_changes_nothing()
    {
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot);
        await store.CommitAsync(20, Leases.Grant(Leases.Seven, Leases.Alice, 0), Leases.Grant(Leases.Six, Leases.Alice, 0), Leases.End(Leases.Seven, Leases.Alice, 0, 10));
        byte[] before = await ReadAsync();
        DatabaseReport report = LeaseDatabase.Check(_folder.Database);
        Assert.Empty(report.Problems);
        Assert.Equal((1, 1, 3), (report.ActiveLeases, report.EndedLeases, report.HistoryRows));
        Assert.Equal(store.Head, report.Head);
        Assert.Equal(before, await ReadAsync());
        await store.CommitAsync(30, Leases.Grant(Leases.Seven, Leases.Bob, 30));

        // .NET would take SQLite's locks for its own, and its closing would end them: another process reads.
        async Task<byte[]> ReadAsync() => Convert.FromHexString((await TestKit.Command.RunAsync("od", "-An", "-v", "-tx1", _folder.Database)).ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Checking_a_closed_database_leaves_it_as_it_was()
    {
        await MakeAsync();
        byte[] before = await File.ReadAllBytesAsync(_folder.Database, Leases.Cancelled);
        Assert.Empty(LeaseDatabase.Check(_folder.Database).Problems);
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.Database, Leases.Cancelled));
    }

    [Fact]
    public async Task A_lease_with_impossible_values_is_a_problem_and_those_behind_it_are_checked_as_well()
    {
        await MakeAsync();
        using (Database database = Database.Open(_folder.Database))
            database.Execute("INSERT INTO lease SELECT x'01', peer, state, start, \"end\", expiry, 0, NULL FROM lease; INSERT INTO lease SELECT x'ff000000', peer, 9, start, \"end\", expiry, 0, NULL FROM lease LIMIT 1");
        DatabaseReport report = LeaseDatabase.Check(_folder.Database);
        Assert.Contains(report.Problems, problem => problem.Contains("address 01,", StringComparison.Ordinal));
        Assert.Contains(report.Problems, problem => problem.Contains("address ff000000,", StringComparison.Ordinal));
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot);
        Assert.True((await Assert.ThrowsAsync<LeaseStoreException>(async () => await store.LoadAsync(Leases.Cancelled))).IsDamaged);
    }

    [Fact]
    public void What_is_not_there_cannot_be_checked()
    {
        Assert.Contains("does not exist", Assert.Throws<LeaseStoreException>(() => LeaseDatabase.Check(_folder.Database)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public async Task A_history_is_compared_with_an_end_that_it_once_had()
    {
        List<HistoryHead> noted = [];
        await using (SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot))
        {
            for (int i = 0; i < 4; i++)
            {
                await store.CommitAsync(i, Leases.Grant(Leases.Ip(i), Leases.Alice, i), Leases.End(Leases.Ip(i), Leases.Alice, i, i + 0.5));
                Assert.True(HistoryHead.TryParse(store.HistoryEnd!, out HistoryHead head));
                noted.Add(head);
            }

            // The first two rows are pruned, and what is noted of the second is still known.
            await store.PruneAsync(Leases.Time(0), Leases.Time(0.75), Leases.Cancelled);
        }

        Assert.Equal([2, 4, 6, 8], noted.Select(head => head.Sequence));
        Assert.All(noted, head => Assert.Empty(LeaseDatabase.Check(_folder.Database, head).Problems));
        Assert.Contains("had the hash", Problem(noted[1] with { Hash = noted[0].Hash }), StringComparison.Ordinal);
        Assert.Contains("had the hash", Problem(noted[0] with { Hash = noted[1].Hash }), StringComparison.Ordinal);
        Assert.Contains("older than what is kept", Problem(noted[0] with { Sequence = 1 }), StringComparison.Ordinal);
        Assert.Contains("but row 9 was noted", Problem(noted[3] with { Sequence = 9 }), StringComparison.Ordinal);
        foreach (string text in (string[])["", "7", "7:", $"-1:{noted[0].Hash}", $"7:{noted[0].Hash}0", $"7:{noted[0].Hash[1..]}x", $"1:{noted[0]}"])
            Assert.False(HistoryHead.TryParse(text, out _));

        string Problem(HistoryHead head) => Assert.Single(LeaseDatabase.Check(_folder.Database, head).Problems);
    }

    [Fact]
    public async Task A_backup_beside_a_running_store_has_all_and_is_for_its_owner_only()
    {
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot);
        await store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        LeaseDatabase.Backup(_folder.Database, _folder["backup"]);
        await store.CommitAsync(1, Leases.Grant(Leases.Six, Leases.Alice, 1));

        Assert.Equal(1, LeaseDatabase.Check(_folder["backup"]).ActiveLeases);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["backup"]));
        Assert.Contains("exists already", Assert.Throws<LeaseStoreException>(() => LeaseDatabase.Backup(_folder.Database, _folder["backup"])).Message, StringComparison.Ordinal);
        LeaseDatabase.Backup(_folder.Database, _folder["backup"], overwrite: true);
        Assert.Equal(2, LeaseDatabase.Check(_folder["backup"]).ActiveLeases);
        _ = Assert.Throws<LeaseStoreException>(() => LeaseDatabase.Backup(_folder.Database, _folder.Database, overwrite: true));
        Assert.False(File.Exists(_folder["backup.new"]));
    }

    [Fact]
    public async Task A_backup_of_a_damaged_database_does_not_replace_a_good_one()
    {
        await MakeAsync();
        LeaseDatabase.Backup(_folder.Database, _folder["backup"]);
        byte[] good = await File.ReadAllBytesAsync(_folder["backup"], Leases.Cancelled);
        using (Database database = Database.Open(_folder.Database))
            database.Execute("UPDATE history SET at = 0");
        Assert.True(Assert.Throws<LeaseStoreException>(() => LeaseDatabase.Backup(_folder.Database, _folder["backup"], overwrite: true)).IsDamaged);
        Assert.Equal(good, await File.ReadAllBytesAsync(_folder["backup"], Leases.Cancelled));
    }

    [Fact]
    public async Task Restoring_puts_the_backup_in_place_and_keeps_the_former_database()
    {
        await MakeAsync();
        LeaseDatabase.Backup(_folder.Database, _folder["backup"]);
        await using (SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot))
            await store.CommitAsync(1, Leases.Grant(Leases.Six, Leases.Alice, 1));
        // A log that a killed server left is not the backup's.
        await File.WriteAllBytesAsync(_folder.Database + "-wal", new byte[100], Leases.Cancelled);

        string? former = LeaseDatabase.Restore(_folder["backup"], _folder.Database, Leases.Time(5));
        Assert.Equal($"{_folder.Database}.before-restore-20261104T030500Z", former);
        Assert.Equal(1, LeaseDatabase.Check(_folder.Database).ActiveLeases);
        Assert.True(File.Exists(former + "-wal"));
        File.Delete(former + "-wal");
        Assert.Equal(2, LeaseDatabase.Check(former!).ActiveLeases);
        Assert.Equal($"{former}-2", LeaseDatabase.Restore(_folder["backup"], _folder.Database, Leases.Time(5)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Database));
    }

    [Fact]
    public async Task Restoring_what_is_no_good_changes_nothing()
    {
        await MakeAsync();
        byte[] before = await File.ReadAllBytesAsync(_folder.Database, Leases.Cancelled);
        await File.WriteAllTextAsync(_folder["text"], "no database, but long enough to be looked at as one " + new string('x', 1000), Leases.Cancelled);
        LeaseDatabase.Backup(_folder.Database, _folder["bad"]);
        using (Database database = Database.Open(_folder["bad"]))
            database.Execute("DELETE FROM history");
        foreach (string source in (string[])["text", "bad", "nothing"])
            _ = Assert.Throws<LeaseStoreException>(() => LeaseDatabase.Restore(_folder[source], _folder.Database, Leases.Time(5)));
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.Database, Leases.Cancelled));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*before-restore*"));
    }

    private async Task MakeAsync()
    {
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot);
        await store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0));
    }
}
