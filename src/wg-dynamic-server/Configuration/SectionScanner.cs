namespace WgDynamic.Server;

/// <summary>Cuts the text of a configuration file into sections and entries: WireGuard's dialect, and nothing about what it means.</summary>
/// <param name="text">The file.</param>
/// <param name="problems">Takes what is in no section, or unknown, or there twice.</param>
internal sealed class SectionScanner(string text, ProblemList problems)
{
    // Long enough for every word that a person could have meant as a key, too short for a secret.
    private const int MaxKeyLength = 32;

    private readonly Dictionary<SectionKind, int> _firstLines = [];
    private Section? _section;
    private bool _inSection;

    /// <summary>Reads on until a section is complete, and so to the end.</summary>
    public IEnumerable<Section> Read()
    {
        ReadOnlyMemory<char> rest = text.AsMemory();
        for (int number = 1; !rest.IsEmpty; number++)
        {
            int end = rest.Span.IndexOf('\n');
            ReadOnlyMemory<char> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            int comment = line.Span.IndexOf('#');
            Word word = new Word(number, 1, comment < 0 ? line : line[..comment]).Slice(0);
            if (word.Span.IsEmpty)
                continue;
            if (word.Span[0] != '[')
            {
                ReadEntry(word);
                continue;
            }

            if (_section is not null)
                yield return _section;
            _section = ReadHeading(word);
            _inSection = true;
        }

        if (_section is not null)
            yield return _section;
    }

    // Null for an unknown one, whose lines mean nothing then.
    private Section? ReadHeading(Word line)
    {
        int close = line.Span.IndexOf(']');
        Word name = close < 0 ? line.Slice(1) : line.Slice(1, close - 1);
        SectionKind? kind = Vocabulary.Find(name.Span);
        if (kind is null)
        {
            problems.Error(
                line,
                IsWord(name.Span) ? $"there is no section [{name.Span}]" : "this is not the heading of a section",
                problems.IsFull ? "" : Vocabulary.RemedyForSection(name.Span));
            return null;
        }

        if (close != line.Span.Length - 1)
            problems.Error(line, "a heading is the name of a section in brackets, and nothing else", $"write [{kind.Name}]");
        if (!_firstLines.TryAdd(kind, line.Line) && !kind.Repeats)
            problems.Error(line, $"there is a second [{kind.Name}]; the first is in line {_firstLines[kind]}", "put everything into the first");
        return new Section(kind, line);
    }

    private void ReadEntry(Word line)
    {
        if (_inSection && _section is null)
            return;
        int equals = line.Span.IndexOf('=');
        Word name = equals < 0 ? line : line.Slice(0, equals);
        // Neither key nor value is repeated where the line is not what it should be: it may be a private key.
        if (equals < 0 || !IsWord(name.Span))
        {
            problems.Error(line, "this is neither 'Key = value' nor a [Section]", "write it so, or begin it with '#' if it is a comment");
            return;
        }

        Word value = line.Slice(equals + 1);
        if (_section is null)
            problems.Error(line, $"{name.Span} stands in front of all sections", problems.IsFull ? "" : Vocabulary.RemedyForKey(name.Span, null));
        else if (_section.Kind.Find(name.Span) is not { } key)
            problems.Error(line, $"[{_section.Kind.Name}] has no key {name.Span}", problems.IsFull ? "" : Vocabulary.RemedyForKey(name.Span, _section.Kind));
        else if (value.Span.IsEmpty)
            problems.Error(line, $"{key.Name} has no value", "write one, or delete the line");
        else if (!key.IsList && _section.Single(key) is { } first)
            problems.Error(line, $"{key.Name} is there a second time; the first is in line {first.Value.Line}", "delete one of them");
        else
            _section.Add(new Entry(key, value));
    }

    private static bool IsWord(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxKeyLength)
            return false;
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        }

        return true;
    }
}
