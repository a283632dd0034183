namespace WgDynamic.Server;

/// <summary>A piece of a configuration file and its place, for messages. Points into the text of the file.</summary>
/// <param name="Line">The line, from 1; 0 for the file as a whole.</param>
/// <param name="Column">The character in the line, from 1; 0 for the file as a whole.</param>
/// <param name="Text">The piece.</param>
internal readonly record struct Word(int Line, int Column, ReadOnlyMemory<char> Text)
{
    /// <summary>The place of what concerns no line in particular.</summary>
    public static readonly Word WholeFile;

    public ReadOnlySpan<char> Span => Text.Span;

    /// <summary>The piece of <paramref name="length"/> characters at an offset, without the white space around it.</summary>
    public Word Slice(int start, int length)
    {
        ReadOnlyMemory<char> part = Text.Slice(start, length);
        ReadOnlyMemory<char> withoutLeading = part.TrimStart();
        return new Word(Line, Column + start + part.Length - withoutLeading.Length, withoutLeading.TrimEnd());
    }

    /// <summary>Everything from an offset on, without the white space around it.</summary>
    public Word Slice(int start) => Slice(start, Text.Length - start);

    /// <summary>The text, whether or not it can be shown; for people it is <see cref="Quoted"/>.</summary>
    public override string ToString() => Span.ToString();
}
