using System.CommandLine;
using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary><c>wg-dynamic pools exclusions</c>.</summary>
internal sealed class ExclusionsCommand : DaemonCommand
{
    private readonly Option<string[]> _pools = new("--pool") { Description = "Those of this pool, by its name or range; may be given several times", HelpName = "POOL" };

    public ExclusionsCommand(Terminal terminal)
        : base(terminal, "exclusions", "List the addresses that are not leased", DaemonRole.Server, isChange: false)
    {
        _pools.CompletionSources.Add(Offers.Pools);
        Add(_pools);
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new ExclusionsRequest { Pools = result.GetValue(_pools) ?? [] };

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => TableOrFields(Columns.Exclusions(several));
}

/// <summary><c>wg-dynamic pools exclude</c>.</summary>
internal sealed class ExcludeCommand : DaemonCommand
{
    private readonly Argument<IpRange> _range = Values.Range("The addresses, such as 10.66.0.200-10.66.0.254");

    public ExcludeCommand(Terminal terminal)
        : base(terminal, "exclude", "Lease addresses to nobody any more; leases that exist go on until they end", DaemonRole.Server, isChange: true) => Add(_range);

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new AddExclusionRequest { Range = result.GetValue(_range) };

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) =>
        Sentences(answer => answer is ExclusionAnswer exclusion ? $"excluded {exclusion.Range}{(exclusion.Pool is { } pool ? $" from pool {pool}" : "")}" : null);
}

/// <summary><c>wg-dynamic pools include</c>.</summary>
internal sealed class IncludeCommand : DaemonCommand
{
    private readonly Argument<IpRange> _range = Values.Range("The addresses, exactly as they were excluded");

    public IncludeCommand(Terminal terminal)
        : base(terminal, "include", "Take back: wg-dynamic pools exclude", DaemonRole.Server, isChange: true)
    {
        _range.CompletionSources.Add(Offers.Exclusions);
        Add(_range);
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new RemoveExclusionRequest { Range = result.GetValue(_range) };

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) =>
        Sentences(answer => answer is ExclusionAnswer exclusion ? $"{exclusion.Range} is excluded no longer" : null);
}
