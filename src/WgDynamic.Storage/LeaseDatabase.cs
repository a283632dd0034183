using SQLitePCL;
using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>What an operator does with a database: check, back up, restore.</summary>
public static class LeaseDatabase
{
    /// <summary>Looks for whatever may be wrong. Changes nothing; works beside a running server and on read-only files.</summary>
    /// <param name="path">The database.</param>
    /// <param name="noted">An end that the history once had, from the log: what is before it must be as it was then. Null for none.</param>
    /// <returns>What is there and what is wrong with it.</returns>
    /// <exception cref="LeaseStoreException">It cannot be looked at: it is not there, not readable, somebody else's, or of a later version.</exception>
    public static DatabaseReport Check(string path, HistoryHead? noted = null)
    {
        HistoryChain.RequireHash();
        path = Path.GetFullPath(path);
        try
        {
            using Database database = ReadOnlyDatabase.Open(path, out bool withoutLog);
            DatabaseCheck check = new(database, noted);
            if (withoutLog)
                check.Report($"{path}-wal cannot be read here, so the last commits were not checked; copy both files to where you may write, and check them there");
            return check.Run();
        }
        catch (SqliteError error)
        {
            throw Faults.Explain(path, error);
        }
        catch (LeaseStoreException error) when (error.IsDamaged)
        {
            // The rest of the message sends people here.
            return new DatabaseReport([error.InnerException?.Message ?? error.Message], 0, 0, 0, default);
        }
    }

    /// <summary>Copies a database as it is at one moment, beside a running server or not.</summary>
    /// <param name="path">The database.</param>
    /// <param name="target">Where the copy goes; complete or not at all, with mode 0600.</param>
    /// <param name="overwrite">Whether it may replace a file that is there.</param>
    /// <exception cref="LeaseStoreException">It cannot be copied, or something is wrong with it.</exception>
    public static void Backup(string path, string target, bool overwrite = false)
    {
        path = Path.GetFullPath(path);
        target = Path.GetFullPath(target);
        if (path == target)
            throw new LeaseStoreException($"{target} is the database itself; name another file for the backup");
        if (!overwrite && Path.Exists(target))
            throw new LeaseStoreException($"{target} exists already; name another file for the backup, or move it away");
        Copy(path, target, unfinished => StoreFile.Put(unfinished, target));
    }

    /// <summary>Copies a database as it is at one moment, to be read while the server goes on.</summary>
    /// <param name="path">The database.</param>
    /// <returns>The copy, whose file is gone already: nothing is left of it when this is disposed of, or the process ends.</returns>
    /// <exception cref="LeaseStoreException">It cannot be copied, or something is wrong with it. One at a time.</exception>
    public static FileStream OpenCopy(string path)
    {
        path = Path.GetFullPath(path);
        string copy = path + ".copy";
        StoreFile.RequireRoom(path, new[] { path, path + "-wal" }.Sum(file => new FileInfo(file) is { Exists: true, Length: var length } ? length : 0));
        Backup(path, copy, overwrite: true);
        try
        {
            return new FileStream(copy, FileMode.Open, FileAccess.Read);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Faults.Explain(copy, error);
        }
        finally
        {
            StoreFile.Remove(copy);
        }
    }

    /// <summary>Puts a backup in a database's place. No server may have the database open.</summary>
    /// <param name="source">The backup.</param>
    /// <param name="path">The database.</param>
    /// <param name="now">When, for the name of the former database.</param>
    /// <returns>Where the former database is now; null if there was none.</returns>
    /// <exception cref="LeaseStoreException">Something is wrong with the backup, or it cannot be put there; the database is as it was.</exception>
    public static string? Restore(string source, string path, DateTimeOffset now)
    {
        path = Path.GetFullPath(path);
        source = Path.GetFullPath(source);
        if (path == source)
            throw new LeaseStoreException($"{source} is the database itself; name a backup");
        string? former = null;
        Copy(source, path, unfinished =>
        {
            former = StoreFile.CopyAside(path, "before-restore", now);
            StoreFile.Put(unfinished, path);
        });
        return former;
    }

    // Copies, looks whether the copy is good, and has it put in its place.
    private static void Copy(string source, string target, Action<string> place)
    {
        string blamed = source;
        string? unfinished = null;
        try
        {
            using (Database from = ReadOnlyDatabase.Open(source, out bool withoutLog))
            {
                if (withoutLog)
                    throw new LeaseStoreException($"{source}-wal cannot be read here, so the last commits would be missing; copy both files to where you may write, and name that copy");
                blamed = target;
                unfinished = StoreFile.Unfinished(target);
                using Database to = Database.Open(unfinished);
                from.CopyTo(to);
            }

            DatabaseReport report = Check(unfinished);
            if (report.Problems.Count > 0)
                throw new LeaseStoreException($"{source} is damaged, and {target} was left as it was: {report.Problems[0]}") { IsDamaged = true };
            StoreFile.RemoveCompanions(unfinished);
            StoreFile.Flush(unfinished);
            place(unfinished);
        }
        catch (SqliteError error)
        {
            throw Faults.Explain(error.Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB ? source : blamed, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Faults.Explain(target, error);
        }
        finally
        {
            if (unfinished is not null)
                StoreFile.Remove(unfinished);
        }
    }
}
