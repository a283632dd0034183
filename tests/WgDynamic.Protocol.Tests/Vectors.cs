namespace WgDynamic.Protocol.Tests;

/// <summary>The recordings in <c>vectors/</c>: what the prototype's server really answered.</summary>
internal static class Vectors
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "vectors");

    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.req").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    public static byte[] Request(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".req"));

    public static byte[] Response(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".resp"));
}
