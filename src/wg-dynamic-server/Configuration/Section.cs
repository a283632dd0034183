namespace WgDynamic.Server;

/// <summary>One <c>Key = value</c>.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value, not empty, with its place.</param>
internal readonly record struct Entry(ConfigurationKey Key, Word Value);

/// <summary>A section as it stands in the file: keys that it knows, values that nobody has looked at yet.</summary>
/// <param name="kind">What it is.</param>
/// <param name="heading">Its first line.</param>
internal sealed class Section(SectionKind kind, Word heading)
{
    private readonly List<Entry> _entries = [];

    public SectionKind Kind => kind;

    public Word Heading => heading;

    public void Add(Entry entry) => _entries.Add(entry);

    /// <summary>The first value of a key, which for those that take one is the only one.</summary>
    public Entry? Single(ConfigurationKey key)
    {
        foreach (Entry entry in _entries)
        {
            if (entry.Key == key)
                return entry;
        }

        return null;
    }

    /// <summary>Every line of a key.</summary>
    public IEnumerable<Entry> All(ConfigurationKey key) => _entries.Where(entry => entry.Key == key);
}
