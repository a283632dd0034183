using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>The files of a database, apart from what SQLite does with them: who may read them, and which is which.</summary>
internal static class StoreFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Without room the server can lease nothing.
    private const long LeftForServer = 64L << 20;

    // What SQLite keeps beside a database: the write-ahead log, the index to it, and the journal of other modes.
    private static readonly string[] _companions = ["-wal", "-shm", "-journal"];

    /// <summary>Makes an empty file, and its directory, if there is none: readable for their owner only, whatever the umask.</summary>
    /// <param name="path">The database.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void MakeIfMissing(string path)
    {
        if (File.Exists(path))
            return;
        string directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
        {
            _ = Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
            File.SetUnixFileMode(directory, OwnerOnly | UnixFileMode.UserExecute);
            FlushDirectory(directory);
        }

        Make(path);
        FlushDirectory(path);
    }

    /// <summary>Whether something fits beside a database that goes on growing.</summary>
    /// <param name="path">The database.</param>
    /// <param name="bytes">How large it is.</param>
    /// <exception cref="LeaseStoreException">It does not.</exception>
    public static void RequireRoom(string path, long bytes)
    {
        string directory = Path.GetDirectoryName(path)!;
        long free = new DriveInfo(directory).AvailableFreeSpace;
        if (free - bytes < LeftForServer)
            throw new LeaseStoreException($"{directory} has {free >> 20} MiB free, and {(bytes + LeftForServer) >> 20} are needed for this; make room there (df {directory})");
    }

    /// <summary>Makes an empty file that was not there.</summary>
    /// <param name="path">The file.</param>
    public static void Make(string path)
    {
        using FileStream file = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        File.SetUnixFileMode(file.SafeFileHandle, OwnerOnly);
    }

    /// <summary>A name beside a database for what is not finished, with nothing there from an attempt before.</summary>
    /// <param name="path">The database.</param>
    public static string Unfinished(string path)
    {
        string name = path + ".new";
        Remove(name);
        Make(name);
        return name;
    }

    /// <summary>Removes a database with all that belongs to it.</summary>
    /// <param name="path">The database.</param>
    public static void Remove(string path)
    {
        File.Delete(path);
        RemoveCompanions(path);
    }

    /// <summary>Removes what belongs to a database, but not the database.</summary>
    /// <param name="path">The database.</param>
    public static void RemoveCompanions(string path)
    {
        foreach (string companion in _companions)
            File.Delete(path + companion);
    }

    /// <summary>
    /// Puts a finished file in a database's place, so that a loss of power at any instant leaves the one or the other there.
    /// What belonged to the former one, its log above all, would be taken for the new one's: it goes first.
    /// </summary>
    /// <param name="unfinished">The file; its contents are on the disk.</param>
    /// <param name="path">The database.</param>
    public static void Put(string unfinished, string path)
    {
        RemoveCompanions(path);
        FlushDirectory(path);
        File.Move(unfinished, path, overwrite: true);
        FlushDirectory(path);
    }

    /// <summary>Like <see cref="Put"/>, but the former database stays, with all that belongs to it, under a name that says why and when.</summary>
    /// <param name="unfinished">The file; its contents are on the disk.</param>
    /// <param name="path">The database.</param>
    /// <param name="why">One word.</param>
    /// <param name="now">When, UTC.</param>
    /// <returns>The new name; null if there was no former database.</returns>
    public static string? PutAside(string unfinished, string path, string why, DateTimeOffset now)
    {
        string? name = File.Exists(path) ? Aside(path, why, now) : null;
        if (name is not null)
        {
            foreach (string companion in _companions.Where(companion => File.Exists(path + companion)))
                File.Move(path + companion, name + companion);
            FlushDirectory(path);
            // link(2) and rename(2): there is no moment without a database, in which the next server would begin with an empty one.
            File.Replace(unfinished, path, name);
            FlushDirectory(path);
        }
        else
        {
            Put(unfinished, path);
        }

        return name;
    }

    /// <summary>Copies a database with all that belongs to it to a name that says why and when.</summary>
    /// <param name="path">The database.</param>
    /// <param name="why">One word.</param>
    /// <param name="now">When, UTC.</param>
    /// <returns>The copy's name; null if there was nothing to copy.</returns>
    public static string? CopyAside(string path, string why, DateTimeOffset now)
    {
        if (!File.Exists(path))
            return null;
        string name = Aside(path, why, now);
        foreach (string companion in _companions.Where(companion => companion != "-shm" && File.Exists(path + companion)))
            Copy(path + companion, name + companion);
        Copy(path, name);
        return name;
    }

    /// <summary>Has the contents of a file on the disk, not only on their way there. Not while SQLite has it open: closing it would end SQLite's locks.</summary>
    /// <param name="path">The file.</param>
    public static void Flush(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Has the names in a file's directory on the disk: what was made, renamed and removed there.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SqliteError">They could not be written.</exception>
    public static void FlushDirectory(string path)
    {
        // .NET opens no directories, but SQLite can have one on the disk: that of a file that it removes.
        string marker = path + ".flush";
        File.WriteAllBytes(marker, []);
        Database.RemoveDurably(marker);
    }

    private static void Copy(string path, string target)
    {
        File.Copy(path, target);
        Flush(target);
    }

    private static string Aside(string path, string why, DateTimeOffset now)
    {
        string name = $"{path}.{why}-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}";
        string free = name;
        for (int i = 2; File.Exists(free); i++)
            free = $"{name}-{i}";
        return free;
    }
}
