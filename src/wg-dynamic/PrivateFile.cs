using System.Globalization;

namespace WgDynamic.Tool;

/// <summary>A file with a private key in it, in a directory of its own that only this user can look into. Disposing removes both.</summary>
internal sealed class PrivateFile : IDisposable
{
    private const string Prefix = "quick.";

    private readonly string _directory;

    private PrivateFile(string directory, string name)
    {
        _directory = directory;
        Path = System.IO.Path.Combine(directory, name);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Makes it, and removes what processes have left that were killed.</summary>
    /// <param name="parent">Where the directory comes to lie, which nobody else may write to; made if missing.</param>
    /// <param name="name">What the file is called.</param>
    /// <param name="content">What is in it.</param>
    /// <exception cref="ToolException">It cannot be made.</exception>
    public static PrivateFile Create(string parent, string name, byte[] content)
    {
        try
        {
            _ = Directory.CreateDirectory(parent);
            foreach (string left in Directory.EnumerateDirectories(parent, Prefix + "*").Where(left => !Directory.Exists($"/proc/{left[(left.LastIndexOf('.') + 1)..]}")))
                Directory.Delete(left, recursive: true);
            string directory = System.IO.Path.Combine(parent, Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            // Of one that had this number before.
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
            _ = Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            PrivateFile created = new(directory, name);
            using FileStream file = new(created.Path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            file.Write(content);
            return created;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"cannot make a private file in {parent}: {error.Message}; run as root");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
