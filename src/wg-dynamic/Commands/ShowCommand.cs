using System.CommandLine;
using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary><c>wg-dynamic show</c>: how the daemons are doing, the pools, the leases.</summary>
internal sealed class ShowCommand(Terminal terminal)
    : DaemonCommand(terminal, "show", "Show how the daemons are doing, how full the pools are, and the leases; also what wg-dynamic alone does", role: null, isChange: false)
{
    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new StatusRequest();

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => new Overview(Terminal);

    /// <inheritdoc/>
    protected override async Task AskAsync(ParseResult result, ControlSocket socket, IAnswers answers, CancellationToken cancellationToken)
    {
        ControlRequest[] requests = socket.Role == DaemonRole.Server
            ? [Request(result), new PoolsRequest(), new LeasesRequest { States = [LeaseState.Active] }]
            : [Request(result)];
        foreach (ControlRequest request in requests)
        {
            await foreach (ControlAnswer answer in Daemons.AskAsync(socket, request, cancellationToken))
                answers.Add(answer);
        }
    }
}

/// <summary>Paragraphs and tables, daemon by daemon.</summary>
internal sealed class Overview(Terminal terminal) : IAnswers
{
    private readonly DateTimeOffset _now = terminal.Clock.GetUtcNow();
    private Table<PoolAnswer>? _pools;
    private Table<LeaseAnswer>? _leases;
    private bool _isFirst = true;

    /// <inheritdoc/>
    public void Add(ControlAnswer answer)
    {
        switch (answer)
        {
            case ServerStatusAnswer status:
                Begin(StatusText.Of(status, terminal.Screen, _now));
                break;
            case ClientStatusAnswer status:
                Begin(StatusText.Of(status, terminal.Screen, _now));
                break;
            case PoolAnswer pool:
                _pools ??= NewTable(Columns.Pools(severalDaemons: false));
                _pools.Add(pool);
                break;
            case LeaseAnswer lease:
                EndPools();
                _leases ??= NewTable(Columns.Leases(_now, severalDaemons: false));
                _leases.Add(lease);
                break;
        }
    }

    /// <inheritdoc/>
    public void End()
    {
        EndPools();
        _ = _leases?.End();
        _leases = null;
    }

    private void Begin(IEnumerable<string> paragraph)
    {
        End();
        if (!_isFirst)
            terminal.Output.Write('\n');
        _isFirst = false;
        foreach (string line in paragraph)
        {
            terminal.Output.Write(line);
            terminal.Output.Write('\n');
        }
    }

    private void EndPools()
    {
        _ = _pools?.End();
        _pools = null;
    }

    private Table<T> NewTable<T>(IReadOnlyList<Column<T>> columns)
    {
        terminal.Output.Write('\n');
        return new Table<T>(terminal.Screen, terminal.Output, columns, "  ");
    }
}
