using System.Runtime.CompilerServices;
using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary>The daemons that a command asks: those of an interface, or of all that have a socket.</summary>
/// <param name="terminal">Is told what fails.</param>
/// <param name="directory">Where sockets lie.</param>
/// <param name="name">The interface; null for all.</param>
/// <param name="role">Which daemon; null for either.</param>
internal sealed class Daemons(Terminal terminal, string directory, InterfaceName? name, DaemonRole? role)
{
    /// <summary>The sockets to try; of an interface that is named also such as are not there.</summary>
    public IReadOnlyList<ControlSocket> Sockets { get; } = name is { } one
        ? [.. Enum.GetValues<DaemonRole>().Where(each => role is null || each == role).Select(each => new ControlSocket(one, each, ControlSocket.PathOf(directory, one, each)))]
        : [.. ControlSocket.Find(directory).Where(socket => role is null || socket.Role == role).OrderBy(socket => $"{socket.Interface}", StringComparer.Ordinal).ThenBy(socket => socket.Role)];

    /// <summary>Asks a daemon.</summary>
    /// <param name="socket">Where.</param>
    /// <param name="request">What.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ControlException">It failed.</exception>
    public static IAsyncEnumerable<ControlAnswer> AskAsync(ControlSocket socket, ControlRequest request, CancellationToken cancellationToken) =>
        AskAsync(socket, request, null, cancellationToken);

    /// <summary>Asks a daemon, and sends a file along.</summary>
    public static async IAsyncEnumerable<ControlAnswer> AskAsync(ControlSocket socket, ControlRequest request, Stream? upload, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using ControlConnection connection = await ControlConnection.ConnectAsync(socket.Path, cancellationToken);
        await foreach (ControlAnswer answer in connection.AskAsync(request, upload, cancellationToken))
            yield return answer;
    }

    /// <summary>Asks each of them; that one fails is told and keeps nobody from asking the others.</summary>
    /// <param name="ask">Asks one.</param>
    /// <param name="atOnce">All at the same time, and not one after the other.</param>
    /// <returns>Whether all went well.</returns>
    /// <exception cref="ToolException">There is none.</exception>
    public async Task<bool> EachAsync(Func<ControlSocket, Task> ask, bool atOnce = false)
    {
        int failed = 0, absent = 0;
        if (atOnce)
        {
            await Task.WhenAll(Sockets.Select(TryAsync));
        }
        else
        {
            foreach (ControlSocket socket in Sockets)
                await TryAsync(socket);
        }

        return absent == Sockets.Count ? throw Nobody() : failed == 0;

        async Task TryAsync(ControlSocket socket)
        {
            try
            {
                await ask(socket);
            }
            // Of an interface that is named one of the two daemons will do.
            catch (ControlException error) when (error.Failure == ControlFailure.NotFound && name is not null && role is null)
            {
                _ = Interlocked.Increment(ref absent);
            }
            catch (ControlException error)
            {
                _ = Interlocked.Increment(ref failed);
                await terminal.Output.FlushAsync();
                await terminal.Error.WriteLineAsync($"wg-dynamic: {Explain(error, socket)}");
            }
        }
    }

    /// <summary>A failure in words, with its remedy.</summary>
    internal static string Explain(ControlException error, ControlSocket socket)
    {
        string? remedy = error.Failure == ControlFailure.NotFound ? $"{Start(socket.Interface, socket.Role)}{Elsewhere(Path.GetDirectoryName(socket.Path)!)}" : error.Remedy;
        return Words.Harmless(remedy is null ? error.Message.TrimEnd('.') : $"{error.Message.TrimEnd('.')}; {remedy}");
    }

    private ToolException Nobody()
    {
        InterfaceName example = name ?? InterfaceName.Parse("wg0");
        string whose = name is { } one ? $" of {one}" : "";
        string what = role switch
        {
            DaemonRole.Server => $"there is no server{whose}",
            DaemonRole.Client => $"there is no client{whose}",
            _ => $"there is no server or client{whose}",
        };
        string start = role is { } known
            ? Start(example, known)
            : $"start one with: systemctl start wg-dynamic-server@{example} on a hub, wg-quick up {example} or systemctl start wg-dynamic-client@{example} on a client";
        return new ToolException($"{what} with a socket in {directory}; {start}{Elsewhere(directory)}");
    }

    private static string Start(InterfaceName name, DaemonRole role) => role == DaemonRole.Server
        ? $"start it with: systemctl start wg-dynamic-server@{name} (or, without systemd: wg-dynamic-server {name})"
        : $"start it with: systemctl start wg-dynamic-client@{name} (or, without systemd: wg-dynamic-client {name}; or wg-quick up {name} for an interface with Address = auto)";

    private static string Elsewhere(string directory) =>
        directory == ControlSocket.DefaultDirectory ? "; of a daemon that was started with --runtime-directory, name that" : "";
}
