namespace WgDynamic.Protocol;

/// <summary>The names that the wire carries as search domains.</summary>
public static class DomainName
{
    /// <summary>Whether the text is a domain name of letters, digits and hyphens (RFC 1035 section 2.3.1, RFC 1123 section 2.1), without a trailing dot.</summary>
    /// <param name="text">The text.</param>
    public static bool IsValid(ReadOnlySpan<char> text) => WireText.IsName(text);
}
