namespace WgDynamic.Storage;

/// <summary>
/// Notices that the open file is not the one of its name any more: somebody has removed, renamed or replaced it, and what
/// is written would be lost. The kernel keeps the present name of an open file in /proc/self/fd; asking costs one readlink(2).
/// </summary>
internal sealed class FileWatch
{
    private readonly FileInfo? _link;
    private readonly string? _target;

    private FileWatch(FileInfo? link, string? target)
    {
        _link = link;
        _target = target;
    }

    /// <summary>Whether the file has another name now, or none.</summary>
    public bool IsMoved
    {
        get
        {
            if (_link is null)
                return false;
            _link.Refresh();
            return _link.LinkTarget != _target;
        }
    }

    /// <summary>Finds the descriptor of a file that this process has open. Without /proc there is no watching.</summary>
    /// <param name="path">The file.</param>
    public static FileWatch Of(string path)
    {
        string target = Resolve(path);
        try
        {
            FileInfo? link = new DirectoryInfo("/proc/self/fd").EnumerateFiles().FirstOrDefault(link => link.LinkTarget == target);
            return new FileWatch(link, target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new FileWatch(null, null);
        }
    }

    // realpath(3)
    private static string Resolve(string path)
    {
        if (Path.GetDirectoryName(path) is not { } directory)
            return path;
        string here = Path.Combine(Resolve(directory), Path.GetFileName(path));
        return File.ResolveLinkTarget(here, returnFinalTarget: true) is { } target ? Resolve(target.FullName) : here;
    }
}
