using System.CommandLine;
using WgDynamic.Control;
using WgDynamic.Daemon;

namespace WgDynamic.Tool;

/// <summary><c>wg-dynamic watch</c>: events as they happen, of several daemons at once.</summary>
internal sealed class WatchCommand : DaemonCommand
{
    private readonly Option<EventType[]> _types = Values.Names<EventType>("--type", "Only events of this type");
    private readonly Option<PublicKey[]> _keys = Values.Keys("Only events of this peer; may be given several times");
    private readonly Option<bool> _current = new("--current") { Description = "Begin with the leases that are active" };
    private readonly Option<int?> _last = Values.Count("--last", "Begin with the last so many events that are over");
    private readonly Option<bool> _noFollow = new("--no-follow") { Description = "End with what is over (all that is kept, or --last), and wait for nothing" };

    public WatchCommand(Terminal terminal)
        : base(terminal, "watch", "Show events as they happen, until it is interrupted or the daemon ends", role: null, isChange: false)
    {
        _keys.CompletionSources.Add(Offers.Keys);
        Add(_types);
        Add(_keys);
        Add(_current);
        Add(_last);
        Add(_noFollow);
        Validators.Add(result =>
        {
            if (result.GetResult(_noFollow) is not null && result.GetResult(_current) is not null)
                result.AddError("--no-follow and --current do not go together: for the leases as they are there is wg-dynamic leases");
        });
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new WatchRequest
    {
        Types = result.GetValue(_types) ?? [],
        PublicKeys = result.GetValue(_keys) ?? [],
        IncludeCurrent = result.GetValue(_current),
    };

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => Terminal.Screen.IsTerminal
        ? Sentences(answer => answer is EventAnswer happened ? EventText.Of(happened, Terminal.Screen, Terminal.Clock.LocalTimeZone) : null)
        : new LineAnswers(Terminal.Output, answer => [Fields.Of(answer)]);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        IAnswers answers = new Immediately(IsForPrograms(result) ? new JsonAnswers(Terminal.Output) : ForPeople(result, several: true), Terminal.Output);
        return await DaemonsOf(result).EachAsync(socket => AskAsync(result, socket, answers, cancellationToken), atOnce: true) ? 0 : DaemonHost.Failure;
    }

    /// <inheritdoc/>
    protected override async Task AskAsync(ParseResult result, ControlSocket socket, IAnswers answers, CancellationToken cancellationToken)
    {
        WatchRequest watch = (WatchRequest)Request(result);
        int? newest = result.GetValue(_last);
        if (newest is not null || result.GetValue(_noFollow))
        {
            EventsRequest over = new() { Newest = newest, Types = watch.Types, PublicKeys = watch.PublicKeys };
            long last = 0;
            await foreach (ControlAnswer answer in Daemons.AskAsync(socket, over, cancellationToken))
            {
                last = answer is EventAnswer { Sequence: > 0 and var sequence } ? sequence : last;
                answers.Add(answer);
            }

            // What happens between the two requests is not missed.
            watch = watch with { After = last > 0 ? last : null };
        }

        if (result.GetValue(_noFollow))
            return;
        await foreach (ControlAnswer answer in Daemons.AskAsync(socket, watch, cancellationToken))
            answers.Add(answer);
    }

    // Several daemons tell at once, and each event is to be seen when it happens.
    private sealed class Immediately(IAnswers answers, TextWriter output) : IAnswers
    {
        private readonly Lock _lock = new();

        public void Add(ControlAnswer answer)
        {
            lock (_lock)
            {
                answers.Add(answer);
                output.Flush();
            }
        }

        public void End() => answers.End();
    }
}
