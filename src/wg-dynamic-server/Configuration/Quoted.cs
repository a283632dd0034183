using System.Globalization;
using System.Text;

namespace WgDynamic.Server;

/// <summary>Text of a file in messages: short, on one line, and never a secret.</summary>
internal static class Quoted
{
    private const int MaxLength = 80;

    // A key has 43 characters and a '=' in base64, and 64 in hexadecimal.
    private const int KeyLike = 40;

    /// <summary>
    /// The text in quotes; cut where it is long, what steers terminals escaped. What looks like a key is not repeated:
    /// it may be a private one in the wrong place.
    /// </summary>
    /// <param name="text">Any text.</param>
    public static string Text(ReadOnlySpan<char> text)
    {
        if (HasKey(text))
            return "what looks like a key";
        StringBuilder quoted = new("'", MaxLength + 3);
        foreach (char c in text[..Math.Min(text.Length, MaxLength)])
        {
            if (IsShown(c))
                _ = quoted.Append(c);
            else
                _ = quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return quoted.Append(text.Length > MaxLength ? "…'" : "'").ToString();
    }

    private static bool IsShown(char c) =>
        char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);

    private static bool HasKey(ReadOnlySpan<char> text)
    {
        int run = 0;
        foreach (char c in text)
        {
            run = char.IsAsciiLetterOrDigit(c) || c is '+' or '/' ? run + 1 : 0;
            if (run >= KeyLike)
                return true;
        }

        return false;
    }
}
