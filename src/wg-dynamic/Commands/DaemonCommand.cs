using System.CommandLine;
using System.CommandLine.Parsing;
using WgDynamic.Control;
using WgDynamic.Daemon;

namespace WgDynamic.Tool;

/// <summary>Which interfaces are meant.</summary>
/// <param name="Name">One; null for all.</param>
internal readonly record struct InterfaceChoice(InterfaceName? Name);

/// <summary>A command that asks daemons at their control sockets, and shows what they answer.</summary>
internal abstract class DaemonCommand : Command
{
    /// <summary>Stands for all interfaces, as in wg(8).</summary>
    private const string All = "all";

    private readonly Argument<InterfaceChoice> _interface;
    private readonly Option<bool> _json = new("--json") { Description = "For programs: a line of JSON for each answer, as docs/control.md describes them" };
    private readonly Option<string> _runtimeDirectory = DaemonOptions.RuntimeDirectory();
    private readonly DaemonRole? _role;

    /// <summary>Describes what all of them take.</summary>
    /// <param name="terminal">Where to write.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="description">What it does.</param>
    /// <param name="role">Which daemon it asks; null for either.</param>
    /// <param name="isChange">Whether it changes something, and one interface is to be named therefore.</param>
    protected DaemonCommand(Terminal terminal, string name, string description, DaemonRole? role, bool isChange)
        : base(name, description)
    {
        Terminal = terminal;
        Offers = new Offers(terminal.Clock);
        _role = role;
        _interface = new Argument<InterfaceChoice>("interface")
        {
            HelpName = "interface",
            Description = isChange ? "The interface" : "The interface, or all, which is also what it is if none is named",
            Arity = isChange ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
            CustomParser = result => ParseInterface(result, isChange),
        };
        _interface.CompletionSources.Add(context => Offers.Interfaces(context, role, isChange ? [] : [All]));
        Add(_interface);
        Add(_json);
        Add(_runtimeDirectory);
        SetAction(RunAsync);
    }

    /// <summary>Where to write.</summary>
    protected Terminal Terminal { get; }

    /// <summary>What shells are offered.</summary>
    protected Offers Offers { get; }

    /// <summary>Which interface; null for all.</summary>
    protected InterfaceName? InterfaceOf(ParseResult result) => result.GetValue(_interface).Name;

    /// <summary>Whether one interface is named, for validators, where a value that is none cannot be asked for.</summary>
    protected bool NamesOne(CommandResult result) => result.GetResult(_interface) is { Tokens: [{ Value: not All }] };

    /// <summary>Whether a program reads the answers.</summary>
    protected bool IsForPrograms(ParseResult result) => result.GetValue(_json);

    /// <summary>The daemons that are meant.</summary>
    protected Daemons DaemonsOf(ParseResult result) => new(Terminal, result.GetRequiredValue(_runtimeDirectory), InterfaceOf(result), _role);

    /// <summary>What to ask.</summary>
    protected abstract ControlRequest Request(ParseResult result);

    /// <summary>Shows the answers to a person, or as lines of fields where none looks.</summary>
    /// <param name="result">The arguments.</param>
    /// <param name="several">Whether several daemons are asked.</param>
    protected abstract IAnswers ForPeople(ParseResult result, bool several);

    /// <summary>What to say if there is no answer at all, which is a failure then; null if that is fine.</summary>
    protected virtual string? Missing(ParseResult result) => null;

    /// <summary>Asks one daemon.</summary>
    /// <exception cref="ControlException">It failed.</exception>
    protected virtual async Task AskAsync(ParseResult result, ControlSocket socket, IAnswers answers, CancellationToken cancellationToken)
    {
        await foreach (ControlAnswer answer in Daemons.AskAsync(socket, Request(result), cancellationToken))
            answers.Add(answer);
    }

    /// <summary>Does all of it.</summary>
    /// <returns>The exit code.</returns>
    protected virtual async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        Daemons daemons = DaemonsOf(result);
        Counted answers = new(IsForPrograms(result) ? new JsonAnswers(Terminal.Output) : ForPeople(result, InterfaceOf(result) is null && daemons.Sockets.Count > 1));
        bool isDone;
        try
        {
            isDone = await daemons.EachAsync(socket => AskAsync(result, socket, answers, cancellationToken));
        }
        finally
        {
            answers.End();
            await Terminal.Output.FlushAsync(cancellationToken);
        }

        if (isDone && answers.Count == 0 && Missing(result) is { } missing)
            throw new ToolException(missing);
        return isDone ? 0 : DaemonHost.Failure;
    }

    /// <summary>A table for a person, and fields where none looks.</summary>
    protected IAnswers TableOrFields<T>(IReadOnlyList<Column<T>> columns)
        where T : ControlAnswer =>
        Terminal.Screen.IsTerminal
            ? new TableAnswers<T>(new Table<T>(Terminal.Screen, Terminal.Output, columns))
            : new LineAnswers(Terminal.Output, answer => [Fields.Of(answer)]);

    /// <summary>Sentences that say what was done.</summary>
    protected IAnswers Sentences(Func<ControlAnswer, string?> sentence) => new LineAnswers(Terminal.Output, answer => sentence(answer) is { } text ? [text] : []);

    private static InterfaceChoice ParseInterface(ArgumentResult result, bool isChange)
    {
        string text = result.Tokens[0].Value;
        if (text == All && !isChange)
            return default;
        if (IpAddress.TryParse(text, out _) && !isChange)
        {
            // It may be left out before an address.
            if (result.Parent is CommandResult { Command.Arguments.Count: > 1 })
                result.OnlyTake(0);
            else
                result.AddError($"'{text}' is an address, and an interface should stand there");
            return default;
        }

        if (InterfaceName.TryParse(text, out InterfaceName name) && text[0] != '-')
            return new InterfaceChoice(name);
        result.AddError(text.StartsWith('-')
            ? $"unknown option '{text}'"
            : $"'{text}' cannot be the name of an interface: 1 to {InterfaceName.MaxLength} printable characters without '/', ':' and spaces");
        return default;
    }

    private sealed class Counted(IAnswers answers) : IAnswers
    {
        public long Count { get; private set; }

        public void Add(ControlAnswer answer)
        {
            Count++;
            answers.Add(answer);
        }

        public void End() => answers.End();
    }
}
