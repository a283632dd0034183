namespace WgDynamic.Protocol;

/// <summary>
/// The version behind a command: there is one, and one spelling of it.
/// </summary>
/// <remarks>
/// A client of another version must hear "unsupported" so that it can fall back, and a broken one must hear "invalid".
/// What counts as a number at all is what the prototype's <c>strtoul(3)</c> reads to the end: white space,
/// a sign and digits, or nothing whatever. All of that is a version, and not ours unless it is exactly <c>1</c>;
/// the prototype also took <c>+1</c>, <c> 1</c> and 2^64+1 for it. Anything else (<c>1x</c>, <c>1 </c>, <c>-</c>) is no number.
/// </remarks>
internal static class WireVersion
{
    public static ReadOnlySpan<byte> Bytes => "1"u8;

    /// <summary>Judges the text behind the command's <c>=</c>.</summary>
    public static FaultReason Check(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual(Bytes))
            return FaultReason.None;
        if (text.IsEmpty)
            return FaultReason.UnsupportedVersion;
        ReadOnlySpan<byte> digits = text.TrimStart(" \t\v\f"u8);
        if (!digits.IsEmpty && digits[0] is (byte)'+' or (byte)'-')
            digits = digits[1..];
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            ? FaultReason.UnsupportedVersion
            : FaultReason.BadValue;
    }
}
