using System.Text;

namespace WgDynamic.Tool;

/// <summary>
/// The text of a configuration, read as wg-quick's parse_options() reads it. What is changed is changed within its line;
/// everything else stays as it is, byte for byte: a character here is a byte.
/// </summary>
internal sealed class TunnelConfiguration
{
    private const string Auto = "auto";

    // [[:space:]] in the locale that wg-quick sets.
    private const string Space = " \t\n\v\f\r";

    // What separates addresses: the comma, which wg-quick turns into a space, and what a shell splits words at.
    private const string Separators = ", \t\n";

    private readonly string[] _lines;

    private TunnelConfiguration(string[] lines) => _lines = lines;

    /// <summary>Reads it.</summary>
    /// <param name="content">The file.</param>
    public static TunnelConfiguration Read(ReadOnlySpan<byte> content) => new(Encoding.Latin1.GetString(content).Split('\n'));

    /// <summary>Whether some address is <c>auto</c>.</summary>
    public bool HasAuto => Settings().Any(setting => setting.Is("Address") && AutoIn(setting.Value) is not null);

    /// <summary>The addresses as they stand there, with <c>auto</c> among them.</summary>
    public IEnumerable<string> Addresses => Settings().Where(setting => setting.Is("Address")).SelectMany(setting => Words(setting.Value));

    /// <summary>The configuration for wg-quick.</summary>
    /// <param name="hook">A command to be run when all else is up; null for none.</param>
    public byte[] ForWgQuick(string? hook)
    {
        string[] lines = [.. _lines];
        int last = -1;
        foreach (Setting setting in Settings())
        {
            if (setting.Is("Address") && AutoIn(setting.Value) is not null)
                lines[setting.Line] = WithoutAuto(setting, lines[setting.Line]);
            else if (!setting.Is("PostUp"))
                continue;
            last = setting.Line;
        }

        // Behind the person's own, and surely inside the section.
        if (hook is not null)
            lines[last] += "\nPostUp = " + Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(hook));
        return ToBytes(lines);
    }

    /// <summary>The configuration to be saved.</summary>
    /// <param name="saved">What wg-quick would save: the interface as it is.</param>
    /// <param name="leased">What of that is the server's doing.</param>
    /// <returns>The same without the server's doing, and with <c>auto</c> where it was.</returns>
    public byte[] Save(ReadOnlySpan<byte> saved, LeasedState leased) => SavedConfiguration.Merge(Read(saved)._lines, [.. Addresses], leased);

    /// <summary>Whether a word means that the server is to be asked.</summary>
    public static bool IsAuto(string word) => word.Equals(Auto, StringComparison.OrdinalIgnoreCase);

    /// <summary>The bytes of lines.</summary>
    public static byte[] ToBytes(IEnumerable<string> lines) => Encoding.Latin1.GetBytes(string.Join('\n', lines));

    // The keys of [Interface] and where their values are, as parse_options() sees them.
    private IEnumerable<Setting> Settings()
    {
        bool inside = false;
        for (int i = 0; i < _lines.Length; i++)
        {
            string line = _lines[i];
            int end = line.IndexOf('#', StringComparison.Ordinal) is >= 0 and var comment ? comment : line.Length;
            int equals = line.IndexOf('=', 0, end);
            string key = line[..(equals < 0 ? end : equals)].Trim(Space.ToCharArray());
            if (key.StartsWith('['))
                inside = key.Equals("[Interface]", StringComparison.OrdinalIgnoreCase);
            else if (inside && equals >= 0)
                yield return new Setting(i, key, equals + 1, line[(equals + 1)..end]);
        }
    }

    private static string[] Words(string value) =>
        value.Trim(Space.ToCharArray()).Split(Separators.ToCharArray(), StringSplitOptions.RemoveEmptyEntries);

    private static string WithoutAuto(Setting setting, string line)
    {
        string value = setting.Value;
        while (AutoIn(value) is { } range)
            value = value.Remove(range.Start, range.Length);
        return line[..setting.Start] + value + line[(setting.Start + setting.Value.Length)..];
    }

    // Where the word is, with the comma or space that only it needs.
    private static (int Start, int Length)? AutoIn(string value)
    {
        int from = value.Length - value.TrimStart(Space.ToCharArray()).Length, to = value.TrimEnd(Space.ToCharArray()).Length;
        for (int start = from; start < to;)
        {
            int end = start;
            while (end < to && !Separators.Contains(value[end], StringComparison.Ordinal))
                end++;
            if (IsAuto(value[start..end]))
            {
                int before = start, after = end;
                while (before > from && Separators.Contains(value[before - 1], StringComparison.Ordinal))
                    before--;
                while (after < to && Separators.Contains(value[after], StringComparison.Ordinal))
                    after++;
                // Between two others one separation stays.
                return after < to ? (start, after - start) : (before, after - before);
            }

            start = end + 1;
        }

        return null;
    }

    private readonly record struct Setting(int Line, string Key, int Start, string Value)
    {
        public bool Is(string key) => Key.Equals(key, StringComparison.OrdinalIgnoreCase);
    }
}
