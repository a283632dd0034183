using System.Text;
using SQLitePCL;

namespace WgDynamic.Storage;

/// <summary>A prepared statement, made once and run many times. Parameters count from 1 and columns from 0, as in SQLite.</summary>
internal sealed class Statement : IDisposable
{
    private readonly Database _database;
    private readonly sqlite3_stmt _statement;

    internal Statement(Database database, sqlite3_stmt statement)
    {
        _database = database;
        _statement = statement;
    }

    public Statement Bind(int parameter, long value)
    {
        _database.Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    /// <summary>Binds a blob; the bytes are copied.</summary>
    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        _database.Check(raw.sqlite3_bind_blob(_statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, IpAddress value)
    {
        Span<byte> bytes = stackalloc byte[16];
        return Bind(parameter, bytes[..value.CopyTo(bytes)]);
    }

    public Statement Bind(int parameter, PublicKey value)
    {
        Span<byte> bytes = stackalloc byte[PublicKey.ByteLength];
        value.CopyTo(bytes);
        return Bind(parameter, bytes);
    }

    /// <summary>Binds text in UTF-8, copied, or NULL. Null and empty are different.</summary>
    public Statement Bind(int parameter, string? value)
    {
        if (value is null)
        {
            _database.Check(raw.sqlite3_bind_null(_statement, parameter));
            return this;
        }

        // The binding of an empty span would be NULL.
        if (value.Length == 0)
        {
            _database.Check(raw.sqlite3_bind_text(_statement, parameter, utf8z.FromString("")));
            return this;
        }

        int most = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> utf8 = most <= 1024 ? stackalloc byte[1024] : new byte[most];
        _database.Check(raw.sqlite3_bind_text(_statement, parameter, (ReadOnlySpan<byte>)utf8[..Encoding.UTF8.GetBytes(value, utf8)]));
        return this;
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>Whether there is one; if not, the statement can be run again.</returns>
    /// <exception cref="SqliteError">It failed; the statement can be run again.</exception>
    public bool Step()
    {
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
            return true;
        SqliteError? error = code == raw.SQLITE_DONE ? null : _database.LastError(code);
        // It repeats the error of the step.
        _ = raw.sqlite3_reset(_statement);
        return error is null ? false : throw error;
    }

    /// <summary>Runs a statement that has no rows, or whose rows do not matter.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Leaves the remaining rows alone. A statement in the middle of its rows keeps its transaction open.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_statement);

    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>A blob or a text as bytes, until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    /// <summary>A text, or null for NULL.</summary>
    public string? Text(int column) => IsNull(column) ? null : Encoding.UTF8.GetString(Bytes(column));

    public void Dispose() => _statement.Dispose();
}
