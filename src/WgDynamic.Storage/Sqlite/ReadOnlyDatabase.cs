using SQLitePCL;
using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>Opens databases to look at them: beside a server that writes, and on file systems that cannot be written.</summary>
internal static class ReadOnlyDatabase
{
    // Nobody is answered late because of it.
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(5);

    /// <summary>Opens a database and looks whose it is.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="withoutLog">Whether there is a write-ahead log that cannot be read, so that the last commits are missing.</param>
    /// <exception cref="LeaseStoreException">It cannot be read, or it is not one of ours.</exception>
    public static Database Open(string path, out bool withoutLog)
    {
        withoutLog = false;
        if (!File.Exists(path))
            throw new LeaseStoreException($"{path} does not exist; see: ls -l {Path.GetDirectoryName(path)}");
        try
        {
            try
            {
                return Opened(Database.OpenReadOnly(path), path);
            }
            catch (SqliteError error) when (error.Code is raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY)
            {
                // Even to read beside a log, SQLite has to make a file; where it cannot, nobody else writes either.
                withoutLog = new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };
                return Opened(Database.OpenImmutable(path), path);
            }
        }
        catch (SqliteError error)
        {
            throw Faults.Explain(path, error);
        }
    }

    private static Database Opened(Database database, string path)
    {
        try
        {
            database.WaitForLocks(_wait);
            if (Schema.Verify(database, path, Schema.Migrations.Count) == 0)
                throw new LeaseStoreException($"{path} is empty: no server has used it yet");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
