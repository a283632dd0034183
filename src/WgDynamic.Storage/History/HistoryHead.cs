using System.Globalization;

namespace WgDynamic.Storage;

/// <summary>
/// The end of the history's chain. Whoever has noted it, for instance in the journal, can prove later that no row up
/// to it was rewritten: the row of this number must still have this hash.
/// </summary>
/// <param name="Sequence">The number of the last row; 0 if there never was one.</param>
/// <param name="Hash">Its hash, 64 hexadecimal digits.</param>
public readonly record struct HistoryHead(long Sequence, string Hash)
{
    /// <summary>Reads what <see cref="ToString"/> has written.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string text, out HistoryHead head)
    {
        head = default;
        string[] parts = text.Split(':');
        if (parts.Length != 2
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long sequence)
            || parts[1].Length != 2 * HistoryChain.HashLength
            || !parts[1].All(char.IsAsciiHexDigit))
        {
            return false;
        }

        head = new HistoryHead(sequence, parts[1].ToLowerInvariant());
        return true;
    }

    /// <summary>Both, separated by a colon.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}:{Hash}");
}
