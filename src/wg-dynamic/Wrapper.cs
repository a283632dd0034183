namespace WgDynamic.Tool;

/// <summary>The file that is called wg-quick and leads to us.</summary>
internal static class Wrapper
{
    // By this line it is known, so that nobody else's file is taken for it.
    private const string Mark = "# wg-quick that knows \"Address = auto\": wg-dynamic quick";

    /// <summary>Its text. Where wg-dynamic is gone, it still is wg-quick.</summary>
    /// <param name="program">This program.</param>
    /// <param name="stock">The distribution's wg-quick.</param>
    public static string Text(string program, string stock) =>
        $"""
        #!/bin/sh
        {Mark}
        [ ! -x {Shell.Quote(program)} ] || exec {Shell.Quote(program)} quick "$@"
        exec {Shell.Quote(stock)} "$@"

        """;

    /// <summary>Whether a file is one.</summary>
    /// <param name="path">The file; none is not one.</param>
    public static bool Is(string path) => File.Exists(path) && File.ReadLines(path).Take(2).LastOrDefault() == Mark;
}
