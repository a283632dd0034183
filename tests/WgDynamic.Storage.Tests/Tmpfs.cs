using WgDynamic.TestKit;

namespace WgDynamic.Storage.Tests;

/// <summary>A file system of a test's own, that can be full and read-only.</summary>
internal sealed class Tmpfs : IAsyncDisposable
{
    private Tmpfs(string path) => Path = path;

    public string Path { get; }

    /// <summary>Mounts one, or skips the test.</summary>
    public static async Task<Tmpfs> MountAsync(string path, string options)
    {
        _ = Directory.CreateDirectory(path);
        try
        {
            _ = await Command.RunAsync("mount", "-t", "tmpfs", "-o", options, "tmpfs", path);
        }
        catch (InvalidOperationException error)
        {
            Assert.Skip($"needs a small file system of its own, and mount says: {error.Message}");
        }

        return new Tmpfs(path);
    }

    public Task RemountAsync(string mode) => Command.RunAsync("mount", "-o", $"remount,{mode}", Path);

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using FileStream file = File.Create(System.IO.Path.Combine(Path, "filling"));
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
                file.Flush();
            }
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Gives it back.</summary>
    public void Empty() => File.Delete(System.IO.Path.Combine(Path, "filling"));

    public async ValueTask DisposeAsync() => _ = await Command.RunAsync("umount", "-l", Path);
}
