namespace WgDynamic.Storage.Tests;

/// <summary>A directory of a test's own, that goes with the test.</summary>
internal sealed class Folder : IDisposable
{
    public Folder() => Path = Directory.CreateTempSubdirectory("wgd").FullName;

    public string Path { get; }

    /// <summary>Where a test has its database.</summary>
    public string Database => this["wg0.db"];

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
