using System.CommandLine;
using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary><c>wg-dynamic stats</c>.</summary>
internal sealed class StatsCommand : DaemonCommand
{
    private readonly Option<bool> _reset = new("--reset") { Description = "Count from zero again, after showing; takes the name of an interface" };

    public StatsCommand(Terminal terminal)
        : base(terminal, "stats", "Show what the server has counted: requests, leases given, renewed and refused", DaemonRole.Server, isChange: false)
    {
        Add(_reset);
        Validators.Add(result =>
        {
            if (result.GetResult(_reset) is not null && !NamesOne(result))
                result.AddError("--reset takes the name of one interface");
        });
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => result.GetValue(_reset) ? new ResetStatisticsRequest() : new StatisticsRequest();

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) =>
        new LineAnswers(Terminal.Output, answer => answer is StatisticsAnswer counts ? StatusText.Of(counts, Terminal.Screen, Terminal.Clock.GetUtcNow()) : []);
}

/// <summary><c>wg-dynamic reload</c>.</summary>
internal sealed class ReloadCommand(Terminal terminal)
    : DaemonCommand(terminal, "reload", "Have the server read its configuration file anew, and list every problem of it", DaemonRole.Server, isChange: true)
{
    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new ReloadRequest();

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => Sentences(answer => answer switch
    {
        // As wg-dynamic-server --check-config says it.
        ProblemAnswer problem => $"{problem.File}{(problem.Line > 0 ? $":{problem.Line}" : "")}: {$"{problem.Severity}".ToLowerInvariant()}: {problem.Message}{(problem.Remedy is { } remedy ? $"; {remedy}" : "")}",
        ServerStatusAnswer status => $"{status.Interface} has read {status.ConfigurationPath}: {status.Pools} {(status.Pools == 1 ? "pool" : "pools")}",
        _ => null,
    });
}

/// <summary><c>wg-dynamic history</c>.</summary>
internal sealed class HistoryCommand : DaemonCommand
{
    private readonly Argument<IpAddress> _address = Values.Address("The address");
    private readonly Option<DateTimeOffset?> _at = Values.Moment("--at", "Only who had it at this time, such as '2026-11-04 03:12'");

    public HistoryCommand(Terminal terminal)
        : base(terminal, "history", "Say who had an address, the last first; the interface may be left out", DaemonRole.Server, isChange: false)
    {
        _address.CompletionSources.Add(Offers.Addresses);
        Add(_address);
        Add(_at);
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new HistoryRequest { Address = result.GetValue(_address), At = result.GetValue(_at) };

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => TableOrFields(Columns.History(Terminal.Clock.LocalTimeZone));

    /// <inheritdoc/>
    protected override string? Missing(ParseResult result) => result.GetValue(_at) is null
        ? $"nothing is known of {result.GetValue(_address)}"
        : $"nobody had {result.GetValue(_address)} then, as far as is known";
}
