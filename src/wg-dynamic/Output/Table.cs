namespace WgDynamic.Tool;

/// <summary>What is in a table's cell.</summary>
/// <param name="Text">The text.</param>
/// <param name="Colour">Its colour.</param>
internal readonly record struct Cell(string Text, Colour Colour = Colour.None)
{
    public static implicit operator Cell(string? text) => new(text ?? "");
}

/// <summary>A column of a table for people.</summary>
/// <typeparam name="T">What a row is about.</typeparam>
/// <param name="Heading">What stands above it.</param>
/// <param name="Of">The row's cell.</param>
internal sealed record Column<T>(string Heading, Func<T, Cell> Of)
{
    /// <summary>Whether it holds keys, which are shortened on a terminal that is too narrow for them.</summary>
    public bool IsKey { get; init; }

    /// <summary>Whether a terminal that is too narrow does without it: the later in the table, the sooner.</summary>
    public bool IsOptional { get; init; }

    /// <summary>How many characters of it a terminal shows at most; 0 for all.</summary>
    public int Most { get; init; }
}

/// <summary>
/// A table for people. The first rows decide how wide its columns are, so that any number of rows goes through it; on a
/// terminal they also decide which columns fit. Later rows that are wider stand out.
/// </summary>
/// <typeparam name="T">What a row is about.</typeparam>
/// <param name="screen">For whom.</param>
/// <param name="output">Takes the lines.</param>
/// <param name="columns">The columns.</param>
/// <param name="indent">What stands before each line.</param>
internal sealed class Table<T>(Screen screen, TextWriter output, IReadOnlyList<Column<T>> columns, string indent = "")
{
    /// <summary>How many rows decide.</summary>
    public const int Page = 256;

    private const string Gap = "  ";

    private readonly List<T> _first = [];
    private Shown[]? _shown;

    /// <summary>Adds a row.</summary>
    public void Add(T row)
    {
        if (_shown is not null)
        {
            Write(_shown, row);
            return;
        }

        _first.Add(row);
        if (_first.Count == Page)
            Begin();
    }

    /// <summary>Writes what still waits. A table without rows is nothing at all.</summary>
    /// <returns>Whether there were rows.</returns>
    public bool End()
    {
        if (_shown is null && _first.Count > 0)
            Begin();
        return _shown is not null;
    }

    private void Begin()
    {
        _shown = Choose();
        WriteCells(_shown, shown => new Cell(shown.Column.Heading, Colour.Bold));
        foreach (T row in _first)
            Write(_shown, row);
        _first.Clear();
    }

    private Shown[] Choose()
    {
        List<Shown> shown = [.. columns.Select(column => Measure(column, isShort: false))];
        if (screen.Width is not { } width)
            return [.. shown];
        _ = shown.RemoveAll(column => column.IsEmpty && column.Column.IsOptional);
        if (Total(shown) > width)
            shown = [.. shown.Select(column => column.Column.IsKey ? Measure(column.Column, isShort: true) : column)];
        while (Total(shown) > width && shown.FindLastIndex(column => column.Column.IsOptional) is >= 0 and var last)
            shown.RemoveAt(last);
        return [.. shown];
    }

    private Shown Measure(Column<T> column, bool isShort)
    {
        int widest = 0;
        foreach (T row in _first)
            widest = Math.Max(widest, Text(column, isShort, row).Text.Length);
        return new Shown(column, isShort, Math.Max(widest, column.Heading.Length), widest == 0);
    }

    private int Total(List<Shown> shown) => indent.Length + shown.Sum(column => column.Width) + (Gap.Length * (shown.Count - 1));

    private Cell Text(Column<T> column, bool isShort, T row)
    {
        Cell cell = column.Of(row);
        if (isShort)
            return cell with { Text = Words.Short(cell.Text) };
        return screen.IsTerminal && column.Most > 0 && cell.Text.Length > column.Most ? cell with { Text = $"{cell.Text[..(column.Most - 1)]}…" } : cell;
    }

    private void Write(Shown[] shown, T row) => WriteCells(shown, column => Text(column.Column, column.IsShort, row));

    private void WriteCells(Shown[] shown, Func<Shown, Cell> of)
    {
        output.Write(indent);
        int behind = 0;
        for (int i = 0; i < shown.Length; i++)
        {
            Cell cell = of(shown[i]);
            // No spaces at the end of a line.
            if (cell.Text.Length > 0)
            {
                output.Write(new string(' ', behind));
                output.Write(screen.Paint(cell.Text, cell.Colour));
                behind = 0;
            }

            behind += Math.Max(0, shown[i].Width - cell.Text.Length) + Gap.Length;
        }

        output.Write('\n');
    }

    private sealed record Shown(Column<T> Column, bool IsShort, int Width, bool IsEmpty);
}
