using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace WgDynamic.Control;

/// <summary>The asking side: a connection to a daemon, good for one request.</summary>
public sealed class ControlConnection : IAsyncDisposable
{
    private readonly ControlLines _lines;
    private readonly string _path;

    private ControlConnection(ControlLines lines, string path, HelloAnswer hello)
    {
        _lines = lines;
        _path = path;
        Hello = hello;
    }

    /// <summary>Who answers.</summary>
    public HelloAnswer Hello { get; }

    /// <summary>Connects to a daemon.</summary>
    /// <param name="path">Its socket: <see cref="ControlSocket.PathOf"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ControlException">It cannot be asked.</exception>
    public static async Task<ControlConnection> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        ControlLines lines = new(await OpenAsync(path, cancellationToken));
        try
        {
            ControlAnswer? first = await ReadAsync(lines, path, cancellationToken);
            if (first is ErrorAnswer error)
                throw Explain(error);
            if (first is not HelloAnswer hello)
                throw new ControlException(ControlFailure.ProtocolError, $"what listens on {path} is no wg-dynamic daemon: it did not say hello");
            if (hello.Version != ControlProtocol.Version)
            {
                throw new ControlException(
                    ControlFailure.VersionMismatch,
                    $"the {(hello.Role == DaemonRole.Server ? "server" : "client")} of {hello.Interface}, release {hello.Release}, speaks version {hello.Version} of the control protocol, and this program version {ControlProtocol.Version}",
                    $"use the program that came with release {hello.Release}, or upgrade and restart the daemon");
            }

            return new ControlConnection(lines, path, hello);
        }
        catch
        {
            await lines.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks.</summary>
    /// <param name="request">What.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answers as they come, without the first and the last line, which say nothing more.</returns>
    /// <exception cref="ControlException">It failed; what was answered before stays true.</exception>
    public IAsyncEnumerable<ControlAnswer> AskAsync(ControlRequest request, CancellationToken cancellationToken) => AskAsync(request, null, cancellationToken);

    /// <summary>Asks, and sends a file along.</summary>
    /// <param name="request">What: a <see cref="RestoreRequest"/>.</param>
    /// <param name="upload">The file; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answers as they come.</returns>
    /// <exception cref="ControlException">It failed.</exception>
    public async IAsyncEnumerable<ControlAnswer> AskAsync(ControlRequest request, Stream? upload, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await SendAsync(request, upload, cancellationToken);
        while (true)
        {
            switch (await ReadAsync(_lines, _path, cancellationToken))
            {
                case EndAnswer:
                    yield break;
                case ErrorAnswer error:
                    throw Explain(error);
                case { } answer:
                    yield return answer;
                    break;
                case null:
                    throw new ControlException(ControlFailure.Disconnected, $"the {(Hello.Role == DaemonRole.Server ? "server" : "client")} of {Hello.Interface} went away before it had answered");
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _lines.DisposeAsync();

    private async ValueTask SendAsync(ControlRequest request, Stream? upload, CancellationToken cancellationToken)
    {
        try
        {
            await _lines.WriteAsync(request, ControlKinds.Requests, cancellationToken);
            if (upload is not null)
            {
                byte[] content = new byte[ControlProtocol.MaxContent];
                int length;
                do
                {
                    length = await upload.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellationToken);
                    await _lines.WriteAsync(new UploadRequest { Content = content.AsMemory(0, length) }, ControlKinds.Requests, cancellationToken);
                }
                while (length > 0);
            }

            await _lines.FlushAsync(cancellationToken);
        }
        catch (IOException error) when (error.InnerException is SocketException)
        {
            // It refused in the middle; why is what there is to be read now.
        }
    }

    private static async ValueTask<ControlAnswer?> ReadAsync(ControlLines lines, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadAsync(ControlKinds.Answers, cancellationToken);
        }
        catch (JsonException error)
        {
            throw new ControlException(ControlFailure.ProtocolError, $"what listens on {path} answers what this program does not understand: {error.Message}", "upgrade the older of the two", error);
        }
        catch (IOException error)
        {
            throw new ControlException(ControlFailure.Disconnected, $"the connection to {path} broke: {error.Message}", cause: error);
        }
    }

    private static async Task<Socket> OpenAsync(string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return socket;
        }
        catch (Exception error)
        {
            socket.Dispose();
            throw error switch
            {
                SocketException { SocketErrorCode: SocketError.AccessDenied } => new ControlException(
                    ControlFailure.AccessDenied, $"{path} may not be opened", "run it as root, or as a member of the group that the socket belongs to (wg-dynamic): usermod -aG wg-dynamic USER, and log in again", error),
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } => new ControlException(
                    ControlFailure.NotFound, $"nobody listens on {path}: the daemon has ended", "start it", error),
                SocketException { SocketErrorCode: SocketError.WouldBlock or SocketError.TryAgain } => new ControlException(
                    ControlError.Busy, $"too many wait at {path}", "try again in a moment"),
                SocketException other => new ControlException(
                    ControlFailure.NotFound, $"there is no socket {path}{(File.Exists(path) ? $": {other.Message}" : "")}", "start the daemon; where it was started with --runtime-directory, name that", error),
                ArgumentException => new ControlException(ControlFailure.NotFound, $"'{path}' cannot be the path of a socket: it has too many characters, or none", cause: error),
                _ => error,
            };
        }
    }

    private static ControlException Explain(ErrorAnswer error) => new(error.Code, error.Message, error.Remedy);
}
