using System.Buffers;
using Microsoft.Extensions.Logging;
using WgDynamic.Control;
using WgDynamic.Leasing;
using WgDynamic.Netlink;
using WgDynamic.Storage;

namespace WgDynamic.Server;

/// <summary>Answers what is asked of the lease database: a copy of it, another one in its place, and who had which address when.</summary>
/// <remarks>All of it reads and writes files, which takes its time: beside the loop, except for the moment in which another database takes effect.</remarks>
/// <param name="options">The interface and the database.</param>
/// <param name="service">Begins anew with another database.</param>
/// <param name="reports">Tell how that went.</param>
/// <param name="log">Where lines go.</param>
internal sealed class DatabaseControl(ServerOptions options, LeaseService service, ReportControl reports, ILogger log) : IDisposable
{
    // Copies are as large as the database.
    private readonly SemaphoreSlim _copying = new(1);
    private readonly SemaphoreSlim _restoring = new(1);

    /// <summary>Answers.</summary>
    /// <inheritdoc cref="IControlHandler.HandleAsync"/>
    public async ValueTask HandleAsync(ControlCall call, CancellationToken cancellationToken)
    {
        string path = options.DatabasePath
            ?? throw new ControlException(ControlError.NotSupported, $"the server of {options.Interface} keeps leases in memory only", "start it without --ephemeral, and it has a database");
        switch (call.Request)
        {
            case BackupRequest:
                await AloneAsync(_copying, "somebody else is reading a backup", () => BackUpAsync(call, path, cancellationToken));
                break;
            case RestoreRequest:
                await AloneAsync(_restoring, "somebody else is restoring a backup", () => RestoreAsync(call, path, cancellationToken));
                break;
            case HistoryRequest request:
                foreach (HistoryEntry entry in await Task.Run(() => Read(path, request), cancellationToken))
                    await call.WriteAsync(ToAnswer(entry), cancellationToken);
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _copying.Dispose();
        _restoring.Dispose();
    }

    private static async Task BackUpAsync(ControlCall call, string path, CancellationToken cancellationToken)
    {
        await using FileStream copy = await Task.Run(() => Try(() => LeaseDatabase.OpenCopy(path)), cancellationToken);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ControlProtocol.MaxContent);
        try
        {
            // The pool's buffers may be longer than what was asked for.
            while (await copy.ReadAsync(buffer.AsMemory(0, ControlProtocol.MaxContent), cancellationToken) is > 0 and var length)
                await call.WriteAsync(new ContentAnswer { Content = buffer.AsMemory(0, length) }, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task RestoreAsync(ControlCall call, string path, CancellationToken cancellationToken)
    {
        using DatabaseUpload upload = Try(() => DatabaseUpload.Begin(path));
        try
        {
            await foreach (ReadOnlyMemory<byte> part in call.UploadAsync(cancellationToken))
                await upload.AppendAsync(part, cancellationToken);
            await Task.Run(upload.Complete, cancellationToken);
        }
        catch (LeaseStoreException error)
        {
            throw new ControlException(ControlError.Failed, $"the backup cannot be restored, and all is as it was: {error.Message}", "send a file that wg-dynamic-server --backup or Backup-WgLeaseDatabase made");
        }

        // Where root's server has the services' user's directory.
        SharedFile.MakeForOwnerOfDirectory(upload.Path);
        string? former = await service.InvokeAsync(
            async now =>
            {
                try
                {
                    return await service.RestoreAsync(upload.Path, now);
                }
                catch (LeaseStoreException error)
                {
                    throw new ControlException(ControlError.Failed, error.Message);
                }
            },
            CancellationToken.None,
            isChange: true);
        log.DatabaseRestored(options.Interface, $"user {call.Caller.UserId}", former ?? "gone");
        await call.WriteAsync(await reports.StatusAsync(cancellationToken), cancellationToken);
    }

    private static IReadOnlyList<HistoryEntry> Read(string path, HistoryRequest request) => Try<IReadOnlyList<HistoryEntry>>(() =>
    {
        using LeaseHistory history = LeaseHistory.Open(path);
        return request.At is not { } time ? [.. history.Of(request.Address).Reverse()]
            : history.HolderAt(request.Address, time) is { } holder ? [holder]
            : [];
    });

    private static HistoryAnswer ToAnswer(HistoryEntry entry) => new()
    {
        Address = entry.Address,
        PublicKey = entry.Peer,
        Start = entry.Start,
        End = entry.End,
        State = Answer.Of(entry.State),
        HostName = entry.Hostname,
    };

    private static async Task AloneAsync(SemaphoreSlim turn, string busy, Func<Task> work)
    {
        if (!await turn.WaitAsync(TimeSpan.Zero))
            throw new ControlException(ControlError.Busy, busy, "try again when that is done");
        try
        {
            await work();
        }
        finally
        {
            _ = turn.Release();
        }
    }

    private static T Try<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (LeaseStoreException error)
        {
            throw new ControlException(ControlError.Failed, error.Message);
        }
    }
}
