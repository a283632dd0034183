using WgDynamic.Leasing;
using WgDynamic.Storage;

namespace WgDynamic.EndToEnd;

/// <summary>A copy of a database and its write-ahead log, so that looking at it does not spare the next server the recovery.</summary>
internal sealed class DatabaseCopy : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wgd-copy-");

    /// <param name="database">Whose server writes nothing now.</param>
    public DatabaseCopy(string database)
    {
        foreach (string suffix in (string[])["", "-wal"])
        {
            if (File.Exists(database + suffix))
                File.Copy(database + suffix, Path + suffix);
        }
    }

    public string Path => System.IO.Path.Combine(_directory.FullName, "leases.db");

    public async Task<IReadOnlyList<LeaseRecord>> ReadAsync()
    {
        await using SqliteLeaseStore store = SqliteLeaseStore.Open(Path, BootId.Read());
        return (await store.LoadAsync(CancellationToken.None)).Records;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
