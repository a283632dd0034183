using SQLitePCL;

namespace WgDynamic.Storage;

/// <summary>A connection to a SQLite database: as much of SQLite as is needed here, with errors as exceptions. One user at a time.</summary>
internal sealed class Database : IDisposable
{
    private static readonly bool _isReady = LoadLibrary();
    private readonly sqlite3 _handle;
    private readonly List<Statement> _statements = [];

    private Database(sqlite3 handle) => _handle = handle;

    /// <summary>Whether SQLite could open the file for reading only, though asked to write.</summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(_handle, "main") == 1;

    /// <summary>How many rows the last INSERT, UPDATE or DELETE changed.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Opens an existing file for reading and writing.</summary>
    /// <param name="path">An absolute path.</param>
    /// <exception cref="SqliteError">It cannot be opened.</exception>
    public static Database Open(string path) => Open(path, raw.SQLITE_OPEN_READWRITE);

    /// <summary>Opens an existing file for reading.</summary>
    /// <param name="path">An absolute path.</param>
    /// <exception cref="SqliteError">It cannot be opened.</exception>
    public static Database OpenReadOnly(string path) => Open(path, raw.SQLITE_OPEN_READONLY);

    /// <summary>Opens a file that nobody is going to write, without locks and without its write-ahead log: for read-only file systems.</summary>
    /// <param name="path">An absolute path.</param>
    /// <exception cref="SqliteError">It cannot be opened.</exception>
    public static Database OpenImmutable(string path)
    {
        // sqlite.org/uri.html
        string escaped = path.Replace("%", "%25", StringComparison.Ordinal).Replace("?", "%3f", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
        return Open($"file:{escaped}?immutable=1", raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI);
    }

    private static Database Open(string name, int flags)
    {
        // One user at a time, so that SQLite needs no mutex of its own for the connection.
        int code = _isReady ? raw.sqlite3_open_v2(name, out sqlite3 handle, flags | raw.SQLITE_OPEN_NOMUTEX, null) : throw new InvalidOperationException();
        Database database = new(handle);
        try
        {
            database.Check(code);
            _ = raw.sqlite3_extended_result_codes(handle, 1);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>How long a statement waits for another process's lock before it fails.</summary>
    /// <param name="timeout">The longest time.</param>
    public void WaitForLocks(TimeSpan timeout) => Check(raw.sqlite3_busy_timeout(_handle, (int)timeout.TotalMilliseconds));

    /// <summary>Prepares a statement, which lasts as long as the connection.</summary>
    public Statement Prepare(string sql)
    {
        Statement statement = PrepareOnce(sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs statements once, for their effect.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>The first value of the first row, as a number; 0 if there is none.</summary>
    public long Number(string sql)
    {
        using Statement statement = PrepareOnce(sql);
        return statement.Step() ? statement.Integer(0) : 0;
    }

    /// <summary>The first value of the first row, as a text; null if there is none.</summary>
    public string? Text(string sql)
    {
        using Statement statement = PrepareOnce(sql);
        return statement.Step() ? statement.Text(0) : null;
    }

    /// <summary>Prepares a statement that its user disposes of.</summary>
    public Statement PrepareOnce(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_handle, sql, out sqlite3_stmt handle));
        return new Statement(this, handle);
    }

    /// <summary>Undoes what the open transaction did, if one is open. Some failures have done so by themselves.</summary>
    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(_handle) == 0)
            _ = raw.sqlite3_exec(_handle, "ROLLBACK");
    }

    /// <summary>Copies the whole database, as it is at one moment, over another one.</summary>
    /// <param name="target">The other one.</param>
    public void CopyTo(Database target)
    {
        sqlite3_backup backup = raw.sqlite3_backup_init(target._handle, "main", _handle, "main");
        if (backup.IsInvalid)
            throw target.LastError(raw.sqlite3_errcode(target._handle));
        int code = raw.sqlite3_backup_step(backup, -1);
        _ = raw.sqlite3_backup_finish(backup);
        if (code != raw.SQLITE_DONE)
            throw new SqliteError(code, raw.sqlite3_errstr(code).utf8_to_string());
    }

    /// <summary>Removes a file, and has its directory on the disk.</summary>
    /// <param name="path">A file that exists.</param>
    /// <exception cref="SqliteError">It failed.</exception>
    public static void RemoveDurably(string path)
    {
        int code = _isReady ? raw.sqlite3__vfs__delete("unix", path, 1) : throw new InvalidOperationException();
        if (code != raw.SQLITE_OK)
            throw new SqliteError(code, $"{path} and its directory could not be flushed");
    }

    /// <summary>Throws unless a call went well.</summary>
    internal void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw LastError(code);
    }

    internal SqliteError LastError(int code)
    {
        int extended = raw.sqlite3_extended_errcode(_handle);
        return new SqliteError((extended & 0xff) == (code & 0xff) ? extended : code, raw.sqlite3_errmsg(_handle).utf8_to_string());
    }

    public void Dispose()
    {
        foreach (Statement statement in _statements)
            statement.Dispose();
        _handle.Dispose();
    }

    private static bool LoadLibrary()
    {
        Batteries_V2.Init();
        return true;
    }
}
