using SQLitePCL;
using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>What is wrong with a database, in words for people: what, where, and what to do.</summary>
internal static class Faults
{
    /// <summary>Says what SQLite said, with the remedy.</summary>
    /// <param name="path">The database.</param>
    /// <param name="error">What SQLite said.</param>
    public static LeaseStoreException Explain(string path, SqliteError error)
    {
        string directory = Path.GetDirectoryName(path) ?? "/";
        return error.Code switch
        {
            raw.SQLITE_FULL => Make($"{path}: no space is left on its file system; make room there (df {directory})", error),
            raw.SQLITE_READONLY => Make($"{path} cannot be written: it or its file system is read-only; see: ls -l {path}; findmnt -T {directory}{HandOver(directory)}", error),
            raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH =>
                Make($"{path} cannot be opened: {directory} must exist, and be writable for the user that runs this (ls -ld {directory} {path}){HandOver(directory)}", error),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => Make($"{path} is locked by another process; see which: fuser -v {path}", error),
            raw.SQLITE_IOERR when error.ExtendedCode == raw.SQLITE_IOERR_SHMSIZE =>
                Make($"{path}: no space is left for {path}-shm; make room there (df {directory})", error),
            raw.SQLITE_IOERR => Make($"{path}: reading or writing failed (SQLite error {error.ExtendedCode}); the kernel's log may say why: dmesg", error),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => Damaged(path, error.Message, error),
            // Every statement here is fixed and fits the schema: if not, tables or rows are not what they should be.
            raw.SQLITE_ERROR or raw.SQLITE_SCHEMA or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE or raw.SQLITE_TOOBIG or raw.SQLITE_FORMAT =>
                Damaged(path, error.Message, error),
            _ => Make($"{path}: {error.Message}", error),
        };
    }

    /// <summary>The file cannot be used any more.</summary>
    /// <param name="path">The database.</param>
    /// <param name="detail">What is wrong with it.</param>
    /// <param name="inner">What the library said.</param>
    public static LeaseStoreException Damaged(string path, string detail, Exception? inner = null) =>
        new($"{path} is damaged: {detail}; --check-database says more, --restore FILE puts a backup in its place, or move it away to start anew, with most peers getting the addresses that they had", inner)
        {
            IsDamaged = true,
        };

    /// <summary>Another file is there, or none.</summary>
    /// <param name="path">The database.</param>
    public static LeaseStoreException Replaced(string path) =>
        new($"{path} was removed, renamed or replaced while it was in use; stop the server before changing its database (--restore FILE puts a backup in its place)") { IsDamaged = true };

    /// <summary>The operating system refused something that is not SQLite's business.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">IOException or UnauthorizedAccessException.</param>
    public static LeaseStoreException Explain(string path, Exception error) =>
        Make($"{path} cannot be made or replaced: {error.Message}; see: ls -ld {Path.GetDirectoryName(path)}; df {Path.GetDirectoryName(path)}", error);

    // A server that root ran has left root's files.
    private static string HandOver(string directory) =>
        Environment.IsPrivilegedProcess ? "" : $"; what root's server has made is handed over with: chown -R {Environment.UserName}: {directory}";

    private static LeaseStoreException Make(string message, Exception inner) => new(message, inner);
}
