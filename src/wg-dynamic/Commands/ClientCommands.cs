using System.CommandLine;
using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary><c>wg-dynamic renew</c>.</summary>
internal sealed class RenewCommand : DaemonCommand
{
    private readonly Option<TimeSpan?> _timeout = Values.Time("--timeout", "How long to wait for the server's answer (10s); 0 for not at all");

    public RenewCommand(Terminal terminal)
        : base(terminal, "renew", "Have the client ask the server for a renewal now, and wait for the answer", DaemonRole.Client, isChange: true) => Add(_timeout);

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new RenewRequest { Timeout = result.GetValue(_timeout) };

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) =>
        Sentences(answer => answer is LeaseAnswer lease ? $"{lease.Address}: {Words.Duration(lease.Remaining)} left" : null);
}

/// <summary><c>wg-dynamic release</c>.</summary>
internal sealed class ReleaseCommand(Terminal terminal)
    : DaemonCommand(terminal, "release", "Have the client give its addresses back to the server, and end", DaemonRole.Client, isChange: true)
{
    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new StopRequest { Release = true };

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => Sentences(_ => null);

    /// <inheritdoc/>
    protected override async Task AskAsync(ParseResult result, ControlSocket socket, IAnswers answers, CancellationToken cancellationToken)
    {
        await base.AskAsync(result, socket, answers, cancellationToken);
        if (!IsForPrograms(result))
            await Terminal.Output.WriteAsync($"the client of {socket.Interface} gives its addresses back and ends\n");
    }
}
