using System.Diagnostics.CodeAnalysis;

namespace WgDynamic.Server;

/// <summary>Names of one kind of section, and who refers to them.</summary>
/// <typeparam name="T">What has a name.</typeparam>
/// <param name="kind">What it is called.</param>
/// <param name="problems">Takes names that are there twice, or not at all.</param>
internal sealed class NameTable<T>(SectionKind kind, ProblemList problems)
    where T : class
{
    private readonly Dictionary<string, (T Item, int Line)> _items = new(StringComparer.Ordinal);

    /// <summary>Takes a name, which nobody may have yet.</summary>
    public void Add(string name, T item, Word place)
    {
        if (_items.TryGetValue(name, out (T Item, int Line) first))
            problems.Error(place, $"there is a second [{kind.Name}] called {name}; the first is in line {first.Line}", "rename one of them, or put both into one");
        else
            _items.Add(name, (item, place.Line));
    }

    /// <summary>Finds what a reference names.</summary>
    public bool TryFind(Word reference, [NotNullWhen(true)] out T? item)
    {
        if (_items.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(reference.Span, out (T Item, int Line) found))
        {
            item = found.Item;
            return true;
        }

        item = null;
        problems.Error(
            reference,
            $"there is no [{kind.Name}] called {Quoted.Text(reference.Span)}",
            !problems.IsFull && Suggestion.For(reference.Span, _items.Keys) is { } nearest ? $"did you mean {nearest}?" : $"add a [{kind.Name}] with this Name");
        return false;
    }
}
