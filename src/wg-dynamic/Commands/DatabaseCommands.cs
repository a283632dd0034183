using System.CommandLine;
using System.CommandLine.Completions;
using WgDynamic.Control;
using WgDynamic.Daemon;

namespace WgDynamic.Tool;

/// <summary><c>wg-dynamic backup</c>.</summary>
internal sealed class BackupCommand : DaemonCommand
{
    // 128 and the number of SIGINT, as a shell says it.
    private const int Interrupted = 130;

    private readonly Argument<string> _file = new("file") { HelpName = "file", Description = "The file, which is made, for its owner only" };
    private readonly Option<bool> _force = new("--force") { Description = "Put it in the place of a file that exists" };

    public BackupCommand(Terminal terminal)
        : base(terminal, "backup", "Copy the lease database of a server to a file, while it is used", DaemonRole.Server, isChange: true)
    {
        _file.CompletionSources.Add(_ => [new CompletionItem(ShellCompletion.File)]);
        Add(_file);
        Add(_force);
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new BackupRequest();

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => Sentences(_ => null);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using StopSignal stop = new();
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, cancellationToken);
        try
        {
            return await base.RunAsync(result, either.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return Interrupted;
        }
    }

    /// <inheritdoc/>
    protected override async Task AskAsync(ParseResult result, ControlSocket socket, IAnswers answers, CancellationToken cancellationToken)
    {
        string path = result.GetRequiredValue(_file);
        using NewFile file = new(path, result.GetValue(_force));
        long done = 0;
        using (new Progress(Terminal, () => Interlocked.Read(ref done)))
        {
            await foreach (ControlAnswer answer in Daemons.AskAsync(socket, Request(result), cancellationToken))
            {
                if (answer is not ContentAnswer { Content: var content })
                    continue;
                await file.Stream.WriteAsync(content, cancellationToken);
                _ = Interlocked.Add(ref done, content.Length);
            }
        }

        if (done == 0)
            throw new ControlException(ControlFailure.ProtocolError, $"the server of {socket.Interface} sent nothing");
        file.Finish();
        if (!IsForPrograms(result))
            await Terminal.Output.WriteAsync($"the leases of {socket.Interface} are copied to {path} ({Words.Bytes(done)})\n");
    }
}

/// <summary><c>wg-dynamic restore</c>.</summary>
internal sealed class RestoreCommand : DaemonCommand
{
    private readonly Argument<string> _file = new("file") { HelpName = "file", Description = "A backup" };

    public RestoreCommand(Terminal terminal)
        : base(terminal, "restore", "Put a backup in the place of a server's lease database; the server checks it first, and goes on with it", DaemonRole.Server, isChange: true)
    {
        _file.CompletionSources.Add(_ => [new CompletionItem(ShellCompletion.File)]);
        Add(_file);
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new RestoreRequest();

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => Sentences(answer => answer is ServerStatusAnswer status
        ? $"{status.Interface} has the leases of {result.GetRequiredValue(_file)}: {status.ActiveLeases} active, {status.EndedLeases} ended"
        : null);

    /// <inheritdoc/>
    protected override async Task AskAsync(ParseResult result, ControlSocket socket, IAnswers answers, CancellationToken cancellationToken)
    {
        await using FileStream file = new(result.GetRequiredValue(_file), new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
        using Progress progress = new(Terminal, () => file.Position, file.CanSeek ? file.Length : null);
        await foreach (ControlAnswer answer in Daemons.AskAsync(socket, Request(result), file, cancellationToken))
            answers.Add(answer);
    }
}
