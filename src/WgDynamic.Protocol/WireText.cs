using System.Buffers;
using System.Text;

namespace WgDynamic.Protocol;

/// <summary>What the values of the wire look like, for those that are neither addresses nor prefixes.</summary>
internal static class WireText
{
    // The longest that is of use: 2^64 - 1.
    private const int MaxDigits = 20;

    private static readonly SearchValues<byte> _labelBytes =
        SearchValues.Create("-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"u8);

    /// <summary>Reads a number of decimal digits: no sign, no space, no leading zero.</summary>
    /// <param name="text">The text.</param>
    /// <param name="min">The smallest that is allowed.</param>
    /// <param name="max">The largest that is allowed.</param>
    /// <param name="number">The number.</param>
    public static bool TryParseNumber(ReadOnlySpan<byte> text, ulong min, ulong max, out ulong number)
    {
        number = 0;
        if (text.Length is 0 or > MaxDigits || (text.Length > 1 && text[0] == (byte)'0'))
            return false;
        UInt128 value = 0;
        foreach (byte digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            value = (value * 10) + (UInt128)(digit - '0');
        }

        number = (ulong)value;
        return value >= min && value <= max;
    }

    /// <summary>Whether the text is a domain name of letters, digits and hyphens (RFC 1035 section 2.3.1, RFC 1123 section 2.1), without a trailing dot.</summary>
    public static bool IsName(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > WireLimits.MaxNameLength)
            return false;
        foreach (Range label in text.Split((byte)'.'))
        {
            if (!IsLabel(text[label]))
                return false;
        }

        return true;
    }

    /// <inheritdoc cref="IsName(ReadOnlySpan{byte})"/>
    public static bool IsName(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[WireLimits.MaxNameLength];
        return Ascii.FromUtf16(text, bytes, out int written) == OperationStatus.Done && IsName(bytes[..written]);
    }

    /// <summary>Whether the text can name a client program: visible ASCII characters, no spaces.</summary>
    public static bool IsClient(ReadOnlySpan<byte> text) =>
        text.Length is > 0 and <= WireLimits.MaxClientLength && !text.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    /// <inheritdoc cref="IsClient(ReadOnlySpan{byte})"/>
    public static bool IsClient(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[WireLimits.MaxClientLength];
        return Ascii.FromUtf16(text, bytes, out int written) == OperationStatus.Done && IsClient(bytes[..written]);
    }

    /// <summary>Whether the text can be an error message: printable ASCII.</summary>
    public static bool IsErrorMessage(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= WireLimits.MaxErrorMessageLength && !text.ContainsAnyExceptInRange(' ', '~');

    /// <summary>
    /// A stranger's text as one that can be shown and logged: cut to <see cref="WireLimits.MaxErrorMessageLength"/>, and
    /// <c>?</c> for every byte that is not printable ASCII, so that no terminal is steered and no log line is forged.
    /// </summary>
    /// <returns>The text; null for an empty one.</returns>
    public static string? ToErrorMessage(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return null;
        if (text.Length > WireLimits.MaxErrorMessageLength)
            text = text[..WireLimits.MaxErrorMessageLength];
        Span<char> printable = stackalloc char[WireLimits.MaxErrorMessageLength];
        for (int i = 0; i < text.Length; i++)
            printable[i] = text[i] is >= (byte)' ' and <= (byte)'~' ? (char)text[i] : '?';
        return new string(printable[..text.Length]);
    }

    /// <summary>The text of the bytes; the previous string where it says the same, so that a peer that repeats itself costs nothing.</summary>
    public static string ToString(ReadOnlySpan<byte> text, string? previous) =>
        previous is not null && Ascii.Equals(text, previous) ? previous : Encoding.ASCII.GetString(text);

    private static bool IsLabel(ReadOnlySpan<byte> text) =>
        text.Length is > 0 and <= WireLimits.MaxLabelLength && text[0] != (byte)'-' && text[^1] != (byte)'-'
        && !text.ContainsAnyExcept(_labelBytes);
}
