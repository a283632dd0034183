using System.Text.RegularExpressions;

namespace WgDynamic.Documents.Tests;

/// <summary>Commands in documents, as a shell would cut them.</summary>
internal static partial class ShellWords
{
    /// <summary>The words of each command of a line, which may have a prompt in front and a comment behind.</summary>
    public static IEnumerable<string[]> Commands(string line)
    {
        List<string> words = [];
        foreach (Match match in Token.Matches(Prompt.Replace(line, "")))
        {
            string token = match.Value;
            if (token[0] == '#')
                break;
            if (token is ";" or "&&" or "||" or "|")
            {
                if (words.Count > 0)
                    yield return [.. words];
                words.Clear();
            }
            else if (token[0] != '>' && !(words.Count == 0 && token is "sudo" or "exec"))
            {
                words.Add(token.Replace("'", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal));
            }
        }

        if (words.Count > 0)
            yield return [.. words];
    }

    [GeneratedRegex(@"^(\w*[#$] +|Post(Up|Down) = )")]
    private static partial Regex Prompt { get; }

    [GeneratedRegex(@"#.*|;|&&|\|\|?|>+\s*\S+|(?:'[^']*'|""[^""]*""|[^\s;|'""])+")]
    private static partial Regex Token { get; }
}
