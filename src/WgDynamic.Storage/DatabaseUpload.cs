using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>
/// A backup that comes piece by piece, to be put in a database's place (<see cref="SqliteLeaseStore.ReplaceAsync"/>): a file beside
/// it, bounded, and gone again unless it was used. One at a time.
/// </summary>
public sealed class DatabaseUpload : IDisposable
{
    /// <summary>How long it may be, in bytes.</summary>
    public const long MaxBytes = 16L << 30;

    // So often is the file system asked how much room it has.
    private const long BetweenChecks = 1L << 20;

    private readonly FileStream _file;
    private long _length;

    private DatabaseUpload(string path, FileStream file)
    {
        Path = path;
        _file = file;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Makes the file, empty.</summary>
    /// <param name="database">The database.</param>
    /// <exception cref="LeaseStoreException">It cannot be made.</exception>
    public static DatabaseUpload Begin(string database)
    {
        string path = System.IO.Path.GetFullPath(database) + ".upload";
        try
        {
            StoreFile.Remove(path);
            StoreFile.Make(path);
            return new DatabaseUpload(path, new FileStream(path, FileMode.Open, FileAccess.Write));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Faults.Explain(path, error);
        }
    }

    /// <summary>Adds a piece.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LeaseStoreException">It is too long, or there is no room for it.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (_length + piece.Length > MaxBytes)
            throw new LeaseStoreException($"this is longer than {MaxBytes >> 30} GiB, which no lease database is");
        if (_length == 0 || _length / BetweenChecks != (_length + piece.Length) / BetweenChecks)
            StoreFile.RequireRoom(Path, BetweenChecks);
        try
        {
            await _file.WriteAsync(piece, cancellationToken);
            _length += piece.Length;
        }
        catch (IOException error)
        {
            throw Faults.Explain(Path, error);
        }
    }

    /// <summary>Ends it, and looks for whatever may be wrong with it, as <see cref="LeaseDatabase.Check"/> does.</summary>
    /// <exception cref="LeaseStoreException">Something is wrong with it; the message says what, without its name.</exception>
    public void Complete()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException error)
        {
            throw Faults.Explain(Path, error);
        }

        if (_length == 0)
            throw new LeaseStoreException("it is empty");
        DatabaseReport report;
        try
        {
            report = LeaseDatabase.Check(Path);
        }
        catch (LeaseStoreException error)
        {
            // The file is gone when this is read.
            throw new LeaseStoreException(error.Message.Replace(Path, "it", StringComparison.Ordinal), error);
        }

        if (report.Problems.Count > 0)
            throw new LeaseStoreException($"it is damaged: {report.Problems[0]}") { IsDamaged = true };
        StoreFile.RemoveCompanions(Path);
    }

    /// <summary>Removes it, unless it is the database now.</summary>
    public void Dispose()
    {
        try
        {
            _file.Dispose();
            StoreFile.Remove(Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next one replaces it.
        }
    }
}
