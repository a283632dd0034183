namespace WgDynamic.Tool;

/// <summary>Words for a shell, and for the hooks of wg-quick.</summary>
internal static class Shell
{
    private const string Plain = "_-+=.,:/@";

    /// <summary>A word that a shell takes for exactly this text.</summary>
    public static string Quote(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>A command for a hook: wg-quick would put the interface in the place of <c>%i</c>, and nothing behind <c>#</c> comes to it.</summary>
    /// <exception cref="ToolException">The command has what a hook cannot hold.</exception>
    public static string Hook(IEnumerable<string> words)
    {
        string hook = string.Join(' ', words.Select(word => Quote(word).Replace("%i", "%''i", StringComparison.Ordinal)));
        return hook.AsSpan().ContainsAny('#', '\n', '\0') ? throw new ToolException($"a hook of wg-quick cannot hold '#' or a line's end, as there is in: {hook}") : hook;
    }
}
