using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary>Takes the answers of daemons as they come, and shows them.</summary>
internal interface IAnswers
{
    /// <summary>Shows one, now or later.</summary>
    void Add(ControlAnswer answer);

    /// <summary>Shows what waits.</summary>
    void End();
}

/// <summary>Answers as a daemon gives them, a line of JSON each.</summary>
internal sealed class JsonAnswers(TextWriter output) : IAnswers
{
    /// <inheritdoc/>
    public void Add(ControlAnswer answer)
    {
        output.Write(ControlLine.Of(answer));
        output.Write('\n');
    }

    /// <inheritdoc/>
    public void End()
    {
    }
}

/// <summary>Answers as lines.</summary>
internal sealed class LineAnswers(TextWriter output, Func<ControlAnswer, IEnumerable<string>> lines) : IAnswers
{
    /// <inheritdoc/>
    public void Add(ControlAnswer answer)
    {
        foreach (string line in lines(answer))
        {
            output.Write(line);
            output.Write('\n');
        }
    }

    /// <inheritdoc/>
    public void End()
    {
    }
}

/// <summary>Answers of one kind as a table.</summary>
internal sealed class TableAnswers<T>(Table<T> table) : IAnswers
    where T : ControlAnswer
{
    /// <inheritdoc/>
    public void Add(ControlAnswer answer)
    {
        if (answer is T row)
            table.Add(row);
    }

    /// <inheritdoc/>
    public void End() => table.End();
}
