using System.Text;
using Microsoft.Win32.SafeHandles;
using WgDynamic.Netlink;

namespace WgDynamic.Tool;

/// <summary>Where the program writes, and what it knows of who reads that.</summary>
internal sealed class Terminal
{
    // A line of a table has some hundred characters.
    private const int BufferSize = 16 * 1024;

    private const int StandardOutput = 1;
    private const int StandardError = 2;
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
        Output = new StreamWriter(Open(StandardOutput), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferSize) { NewLine = "\n" },
        Error = new StreamWriter(Open(StandardError), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n", AutoFlush = true },
        Screen = Console.IsOutputRedirected ? Screen.None : new Screen(Width(), WantsColours()),
        ShowsProgress = !Console.IsErrorRedirected,
        Clock = clock,
    };

    // The console's streams say nothing when nobody reads any more, and watching would go on for ever; and they first have a
    // terminal send its keys in another way. For a file that others write to as well they are right: a stream of our own
    // keeps a position of its own.
    private static Stream Open(int descriptor)
    {
        try
        {
            FileStream stream = new(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!stream.CanSeek)
                return stream;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // It is closed.
        }

        return descriptor == StandardOutput ? Console.OpenStandardOutput() : Console.OpenStandardError();
    }

    private static int Width() => ProcessControl.TerminalWidth() is > 0 and var width ? width : UsualWidth;

    // https://no-color.org
    private static bool WantsColours() =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";
}
