namespace WgDynamic.EndToEnd;

/// <summary>Each wireguard-go watches its socket with inotify, and Linux lets a user have 128 of these. Raised while this lives.</summary>
internal sealed class InotifyLimit : IDisposable
{
    private const string Path = "/proc/sys/fs/inotify/max_user_instances";
    private readonly int _before = int.Parse(File.ReadAllText(Path));

    public InotifyLimit(int instances)
    {
        if (_before < instances)
            File.WriteAllText(Path, $"{instances}");
    }

    public void Dispose() => File.WriteAllText(Path, $"{_before}");
}
