using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace WgDynamic.Daemon;

/// <summary>
/// Answers a shell that asks <c>PROGRAM [suggest] LINE</c>, where LINE ends at the cursor: a line for each word that may
/// stand there. So the files in packaging/completions know no options. Which words there are is System.CommandLine's
/// business; which of them fit is not: it takes a word behind a flag for the flag's value, and throws at --option=value.
/// </summary>
public sealed class ShellCompletion : SynchronousCommandLineAction
{
    /// <summary>Stands for the name of a file, which shells complete better.</summary>
    public const string File = "<FILE>";

    /// <summary>The same for a directory.</summary>
    public const string Directory = "<DIRECTORY>";

    /// <inheritdoc/>
    /// <remarks>What a shell wants completed is no command line yet.</remarks>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        string line = parseResult.Tokens.LastOrDefault(token => token.Type != TokenType.Directive)?.Value ?? "";
        foreach (string word in Complete(parseResult.RootCommandResult.Command, line))
            parseResult.InvocationConfiguration.Output.WriteLine(word);
        return 0;
    }

    private static IEnumerable<string> Complete(Command command, string line)
    {
        int start = line.LastIndexOf(' ') + 1;
        string begun = line[start..];
        Option[] options = [.. command.Options.Where(option => !option.Hidden)];
        string[] before = [.. CommandLineParser.SplitCommandLine(line[..start]).Skip(1)];
        // For sources that look at what stands before.
        CompletionContext context = command.Parse(before).GetCompletionContext();
        HashSet<Option> given = [];
        Option? valued = null;
        int arguments = 0;
        foreach (string word in before)
        {
            if (valued is not null)
            {
                valued = null;
            }
            else if (Find(options, word.Split('=')[0]) is { } option)
            {
                _ = given.Add(option);
                valued = TakesValue(option) && !word.Contains('=', StringComparison.Ordinal) ? option : null;
            }
            else if (command.Subcommands.FirstOrDefault(inner => inner.Name == word) is { } inner)
            {
                command = inner;
                options = [.. inner.Options, .. options.Where(outer => outer.Recursive)];
            }
            else
            {
                arguments++;
            }
        }

        if (valued is null && begun.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals && Find(options, begun[..equals]) is { } assigned && TakesValue(assigned))
            (valued, begun) = (assigned, begun[(equals + 1)..]);
        if (valued is not null)
            return ValuesOf(valued, begun, context);
        string[] words = begun.StartsWith('-') ? [] : Fitting([.. command.Subcommands.Select(inner => inner.Name), .. WordsOf(command.Arguments.ElementAtOrDefault(arguments), context)], begun);
        // Options where a hyphen asks for them, or where there is nothing else.
        return words.Length > 0 ? words : Fitting(options.Where(option => TakesMore(option) || !given.Contains(option)).Select(option => option.Name), begun);
    }

    private static IEnumerable<string> ValuesOf(Option option, string begun, CompletionContext context)
    {
        if (option.HelpName is "FILE" or "DIRECTORY")
            return [$"<{option.HelpName}>"];
        // Of a list the last word, as far as it goes with the others.
        int comma = option.HelpName == "LIST" ? begun.LastIndexOf(',') + 1 : 0;
        string[] others = begun[..comma].Split(',');
        return Fitting(option.CompletionSources.SelectMany(source => Words(source, context)).Except(others).Select(word => begun[..comma] + word), begun)
            .Where(value => comma == 0 || new Command("list") { option }.Parse([option.Name, value]).Errors.Count == 0);
    }

    private static IEnumerable<string> WordsOf(Argument? argument, CompletionContext context) => argument is null ? [] : argument.CompletionSources.SelectMany(source => Words(source, context));

    private static IEnumerable<string> Words(Func<CompletionContext, IEnumerable<CompletionItem>> source, CompletionContext context) => source(context).Select(item => item.Label);

    // What has a path in it is the name of a file, if such may stand there.
    private static string[] Fitting(IEnumerable<string> words, string begun) =>
        begun.Contains('/', StringComparison.Ordinal) && words.Contains(File) ? [File] : [.. words.Where(word => word != File && word.StartsWith(begun, StringComparison.Ordinal))];

    private static Option? Find(Option[] options, string word) => Array.Find(options, option => option.Name == word || option.Aliases.Contains(word));

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;

    private static bool TakesMore(Option option) => option.Arity.MaximumNumberOfValues > 1;
}
