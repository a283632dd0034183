using System.Text;
using Microsoft.Win32.SafeHandles;

namespace WgDynamic.Tool;

/// <summary>Where the program writes, and what it knows of who reads that.</summary>
internal sealed class Terminal
{
    // A line of a table has some hundred characters.
    private const int BufferSize = 16 * 1024;

    private const int StandardOutput = 1;
    private const int UsualWidth = 80;

    /// <summary>Takes what was asked for. It is buffered: <see cref="TextWriter.Flush"/> before waiting.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Takes what went wrong.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Who reads <see cref="Output"/>.</summary>
    public Screen Screen { get; init; }

    /// <summary>Whether somebody watches <see cref="Error"/>, for whom progress is shown.</summary>
    public bool ShowsProgress { get; init; }

    /// <summary>The time of day, and time limits.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>That of this process.</summary>
    /// <param name="clock">The clock.</param>
    public static Terminal Standard(TimeProvider clock) => new()
    {
        Output = new StreamWriter(OpenOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferSize) { NewLine = "\n" },
        Error = Console.Error,
        Screen = Console.IsOutputRedirected ? Screen.None : new Screen(Width(), WantsColours()),
        ShowsProgress = !Console.IsErrorRedirected,
        Clock = clock,
    };

    // The console's stream says nothing when nobody reads any more, and watching would go on for ever. For a file that
    // others write to as well, a stream of our own would be wrong: it keeps its own position.
    private static Stream OpenOutput()
    {
        if (!Console.IsOutputRedirected)
            return Console.OpenStandardOutput();
        try
        {
            FileStream stream = new(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return stream.CanSeek ? Console.OpenStandardOutput() : stream;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // It is closed.
            return Console.OpenStandardOutput();
        }
    }

    private static int Width()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : UsualWidth;
        }
        catch (IOException)
        {
            return UsualWidth;
        }
    }

    // https://no-color.org
    private static bool WantsColours() =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";
}
