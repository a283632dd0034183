using System.Globalization;

namespace WgDynamic.Tool;

/// <summary>
/// A file that is there as a whole or not at all: it is written under another name beside it, only its owner can read it,
/// and it does not take the place of one that exists unless that is wanted. Disposing an unfinished one removes it.
/// </summary>
internal sealed class NewFile : IDisposable
{
    private readonly string _path;
    private readonly string _partial;
    private readonly bool _overwrites;
    private bool _isDone;

    /// <summary>Begins it.</summary>
    /// <param name="path">Where it comes to lie.</param>
    /// <param name="overwrites">Whether it may take the place of another.</param>
    /// <exception cref="ToolException">There is another.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public NewFile(string path, bool overwrites)
    {
        _path = Path.GetFullPath(path);
        _overwrites = overwrites;
        _partial = string.Create(CultureInfo.InvariantCulture, $"{_path}.{Environment.ProcessId}.partial");
        if (Directory.Exists(_path))
            throw new ToolException($"{path} is a directory; name a file in it");
        if (!overwrites && Path.Exists(_path))
            throw Exists();
        Stream = new FileStream(_partial, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            Options = FileOptions.Asynchronous,
        });
    }

    /// <summary>What is in it.</summary>
    public FileStream Stream { get; }

    /// <summary>Puts it in its place, with all of it on the disk.</summary>
    /// <exception cref="ToolException">There is another by now.</exception>
    public void Finish()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        try
        {
            File.Move(_partial, _path, _overwrites);
        }
        catch (IOException) when (!_overwrites && Path.Exists(_path))
        {
            throw Exists();
        }

        _isDone = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stream.Dispose();
        if (!_isDone)
            File.Delete(_partial);
    }

    private ToolException Exists() => new($"{_path} exists already; name another file, or put this in its place with --force");
}
