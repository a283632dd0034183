using WgDynamic.Leasing;

namespace WgDynamic.Storage.Tests;

/// <summary>A copy to read, and another database in its place, while a store is in use.</summary>
public sealed class ReplacingTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_copy_is_as_the_database_was_and_leaves_no_file()
    {
        await using SqliteLeaseStore store = await OpenAsync(Leases.Grant(Leases.Seven, Leases.Alice, 0));
        await using FileStream copy = LeaseDatabase.OpenCopy(_folder.Database);
        await store.CommitAsync(1, Leases.Grant(Leases.Six, Leases.Alice, 1));

        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), file => file.Contains("copy", StringComparison.Ordinal));
        using (FileStream target = File.Create(_folder["backup"]))
            await copy.CopyToAsync(target, Leases.Cancelled);
        Assert.Equal(1, LeaseDatabase.Check(_folder["backup"]).ActiveLeases);
        // Closing a copy ends no lock of the store.
        await store.CommitAsync(2, Leases.End(Leases.Six, Leases.Alice, 1, 2));
    }

    [Fact]
    public async Task A_store_begins_anew_with_an_upload_and_goes_on_from_there()
    {
        await using SqliteLeaseStore store = await OpenAsync(Leases.Grant(Leases.Seven, Leases.Alice, 0));
        await store.CommitPlanAsync(RuntimePlan.Empty, Leases.SomePlan, Leases.Cancelled);
        HistoryHead head = store.Head;
        byte[] backup = Copy();
        await store.CommitPlanAsync(Leases.SomePlan, RuntimePlan.Empty, Leases.Cancelled);
        await store.CommitAsync(1, Leases.End(Leases.Seven, Leases.Alice, 0, 1), Leases.Grant(Leases.Seven, Leases.Bob, 1));

        string former;
        using (DatabaseUpload upload = await UploadAsync(backup))
        {
            upload.Complete();
            ReplacedStore replaced = await store.ReplaceAsync(upload.Path, Leases.At(5), Leases.Cancelled);
            Assert.Equal([Leases.Active(Leases.Seven, Leases.Alice, 0)], replaced.Leases.Records);
            Assert.True(replaced.Leases.SameBoot);
            Leases.AssertSame(Leases.SomePlan, replaced.Plan);
            former = replaced.Former!;
        }

        Assert.Equal($"{_folder.Database}.before-restore-20261104T030500Z", former);
        Assert.Equal(head, store.Head);
        await store.CommitAsync(6, Leases.Grant(Leases.Six, Leases.Alice, 6));
        Assert.Equal([Leases.Seven, Leases.Six], (await store.RecordsAsync()).Select(record => record.Address));
        Assert.Equal(Leases.Bob, LeaseHistory.Open(former).Of(Leases.Seven)[^1].Peer);
        Assert.Empty(LeaseDatabase.Check(_folder.Database).Problems);
        Assert.Equal([_folder.Database, former], Directory.EnumerateFiles(_folder.Path).Where(file => !file.EndsWith("-wal", StringComparison.Ordinal) && !file.EndsWith("-shm", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_upload_of_an_earlier_version_is_brought_to_the_present_one()
    {
        await using SqliteLeaseStore store = await OpenAsync();
        using DatabaseUpload upload = await UploadAsync(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "version-1.db"), Leases.Cancelled));
        upload.Complete();
        ReplacedStore replaced = await store.ReplaceAsync(upload.Path, Leases.At(5), Leases.Cancelled);

        Assert.NotEmpty(replaced.Leases.Records);
        await store.CommitPlanAsync(RuntimePlan.Empty, Leases.SomePlan, Leases.Cancelled);
        Leases.AssertSame(Leases.SomePlan, await store.LoadPlanAsync(Leases.Cancelled));
    }

    [Theory]
    [InlineData(0, "is empty")]
    [InlineData(100, "is damaged")]
    [InlineData(5000, "is damaged")]
    public async Task What_is_no_whole_database_is_refused_and_removed(int length, string problem)
    {
        await using SqliteLeaseStore store = await OpenAsync(Leases.Grant(Leases.Seven, Leases.Alice, 0));
        using (DatabaseUpload upload = await UploadAsync(Copy()[..length]))
        {
            string message = Assert.Throws<LeaseStoreException>(upload.Complete).Message;
            Assert.Contains(problem, message, StringComparison.Ordinal);
            Assert.DoesNotContain("upload", message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), file => file.Contains("upload", StringComparison.Ordinal));
        await store.CommitAsync(1, Leases.Grant(Leases.Six, Leases.Alice, 1));
    }

    [Fact]
    public async Task A_history_that_was_rewritten_is_refused()
    {
        await using SqliteLeaseStore store = await OpenAsync(Leases.Grant(Leases.Seven, Leases.Alice, 0));
        LeaseDatabase.Backup(_folder.Database, _folder["bad"]);
        using (Database database = Database.Open(_folder["bad"]))
            database.Execute("UPDATE history SET at = 0");
        using DatabaseUpload upload = await UploadAsync(await File.ReadAllBytesAsync(_folder["bad"], Leases.Cancelled));
        Assert.Contains("was changed", Assert.Throws<LeaseStoreException>(upload.Complete).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_put_in_place_leaves_the_store_as_it_was()
    {
        await using SqliteLeaseStore store = await OpenAsync(Leases.Grant(Leases.Seven, Leases.Alice, 0));
        await File.WriteAllTextAsync(_folder["text"], new string('x', 5000), Leases.Cancelled);
        foreach (string path in (string[])["text", "nothing"])
            _ = await Assert.ThrowsAsync<LeaseStoreException>(async () => await store.ReplaceAsync(_folder[path], Leases.At(5), Leases.Cancelled));

        await store.CommitAsync(1, Leases.Grant(Leases.Six, Leases.Alice, 1));
        Assert.Equal(2, (await store.RecordsAsync()).Length);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*before-restore*"));
    }

    private async Task<SqliteLeaseStore> OpenAsync(params LeaseChange[] changes)
    {
        SqliteLeaseStore store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot);
        await store.CommitAsync(0, changes);
        return store;
    }

    private byte[] Copy()
    {
        using FileStream copy = LeaseDatabase.OpenCopy(_folder.Database);
        byte[] bytes = new byte[copy.Length];
        copy.ReadExactly(bytes);
        return bytes;
    }

    private async Task<DatabaseUpload> UploadAsync(byte[] bytes)
    {
        DatabaseUpload upload = DatabaseUpload.Begin(_folder.Database);
        foreach (byte[] piece in bytes.Chunk(1000))
            await upload.AppendAsync(piece, Leases.Cancelled);
        return upload;
    }
}
