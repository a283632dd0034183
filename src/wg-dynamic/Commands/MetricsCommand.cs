using System.CommandLine;
using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary><c>wg-dynamic metrics</c>: for a textfile collector, or whatever else reads the text format of Prometheus.</summary>
internal sealed class MetricsCommand(Terminal terminal)
    : DaemonCommand(terminal, "metrics", "Write how full the pools are and what was counted in the text format of Prometheus", DaemonRole.Server, isChange: false)
{
    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new StatusRequest();

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => new Metrics(Terminal.Output);

    /// <inheritdoc/>
    protected override async Task AskAsync(ParseResult result, ControlSocket socket, IAnswers answers, CancellationToken cancellationToken)
    {
        List<ControlAnswer> all = [];
        foreach (ControlRequest request in (ControlRequest[])[Request(result), new StatisticsRequest { SinceStart = true }, new PoolsRequest()])
        {
            await foreach (ControlAnswer answer in Daemons.AskAsync(socket, request, cancellationToken))
                all.Add(answer);
        }

        // Of a server that ended in between nothing is better than a part.
        foreach (ControlAnswer answer in all)
            answers.Add(answer);
    }

    // Each metric has the samples of all servers together.
    private sealed class Metrics(TextWriter output) : IAnswers
    {
        private readonly List<ControlAnswer> _answers = [];

        public void Add(ControlAnswer answer) => _answers.Add(answer);

        public void End() => PrometheusText.Write(
            output,
            [.. from status in _answers.OfType<ServerStatusAnswer>()
                from statistics in _answers.OfType<StatisticsAnswer>()
                where statistics.Interface == status.Interface
                select new ServerMetrics(status, statistics, [.. _answers.OfType<PoolAnswer>().Where(pool => pool.Interface == status.Interface)])]);
    }
}
