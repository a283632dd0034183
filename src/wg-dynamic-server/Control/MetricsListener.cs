using System.Net.Sockets;
using System.Text;
using WgDynamic.Control;
using WgDynamic.Netlink;

namespace WgDynamic.Server;

/// <summary>
/// Answers GET /metrics (HTTP/1.1, RFC 9112), one request a connection, for what collects metrics on this machine. Whoever
/// connects is a stranger: few at a time, a short request, a deadline, and no more memory than that takes.
/// </summary>
internal sealed class MetricsListener : IAsyncDisposable
{
    private const int MaxConnections = 8;
    private const int MaxRequest = 8 * 1024;
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly MetricsEndPoint _endPoint;
    private readonly Func<CancellationToken, Task<string>> _read;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _room = new(MaxConnections);
    private readonly Task _answering;

    private MetricsListener(Socket socket, MetricsEndPoint endPoint, Func<CancellationToken, Task<string>> read, TimeProvider clock)
    {
        _socket = socket;
        _endPoint = endPoint;
        _read = read;
        _clock = clock;
        _answering = RunAsync();
    }

    /// <summary>Listens.</summary>
    /// <param name="endPoint">Where.</param>
    /// <param name="read">Gives the metrics.</param>
    /// <param name="clock">For deadlines.</param>
    /// <param name="bind">Binds a socket of AF_UNIX to a path, with the mode that it is to have.</param>
    /// <exception cref="IOException">It cannot; the message says why.</exception>
    public static MetricsListener Open(MetricsEndPoint endPoint, Func<CancellationToken, Task<string>> read, TimeProvider clock, Action<Socket, string> bind)
    {
        Socket socket = endPoint.Path is null
            ? new(endPoint.Address!.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (endPoint.Path is { } path)
            {
                RemoveSocketOfNobody(path);
                bind(socket, path);
            }
            else
            {
                socket.Bind(endPoint.Address!);
            }

            socket.Listen();
            return new MetricsListener(socket, endPoint, read, clock);
        }
        catch (Exception error) when (error is SocketException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            throw new IOException($"{endPoint}: {error.Message}", error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _socket.Dispose();
        await _answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Who is being answered hears of the end at once, and gives room back.
        for (int i = 0; i < MaxConnections; i++)
            await _room.WaitAsync();
        if (_endPoint.Path is { } path)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The next server replaces it.
            }
        }

        _room.Dispose();
        _ending.Dispose();
    }

    // What is no socket is somebody's file, and is not touched.
    private static void RemoveSocketOfNobody(string path)
    {
        if (!Path.Exists(path))
            return;
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused && SharedFile.IsSocket(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException)
        {
        }

        throw new IOException($"{path} is there already, and is somebody else's");
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await _room.WaitAsync(_ending.Token);
            Socket? connection = null;
            try
            {
                connection = await _socket.AcceptAsync(_ending.Token);
            }
            catch (SocketException)
            {
                // No descriptors or no memory, for the moment.
                await Task.Delay(_pause, _clock, _ending.Token);
            }
            finally
            {
                if (connection is null)
                    _ = _room.Release();
            }

            if (connection is not null)
                _ = AnswerAsync(connection);
        }
    }

    // Never throws: nobody waits for it.
    private async Task AnswerAsync(Socket connection)
    {
        try
        {
            using CancellationTokenSource late = new(_deadline, _clock);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _ending.Token);
            await using NetworkStream stream = new(connection, ownsSocket: true);
            (string status, string body, bool isHead) = await AnswerAsync(await ReadHeadAsync(stream, either.Token), either.Token);
            byte[] content = Encoding.UTF8.GetBytes(body);
            string head = $"HTTP/1.1 {status}\r\nContent-Type: {(status.StartsWith('2') ? PrometheusText.ContentType : "text/plain; charset=utf-8")}\r\n"
                + $"Content-Length: {content.Length}\r\n{(status.StartsWith("405", StringComparison.Ordinal) ? "Allow: GET, HEAD\r\n" : "")}Connection: close\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), either.Token);
            if (!isHead)
                await stream.WriteAsync(content, either.Token);
            // Closing with something unread would reset the connection, and take the answer along (RFC 9112 section 9.6).
            connection.Shutdown(SocketShutdown.Send);
            byte[] rest = new byte[MaxRequest];
            for (int read = 0; read < MaxRequest;)
            {
                int more = await stream.ReadAsync(rest, either.Token);
                if (more == 0)
                    break;
                read += more;
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever asked has gone, or is too slow, or the server ends.
        }
        finally
        {
            connection.Dispose();
            _ = _room.Release();
        }
    }

    private async Task<(string Status, string Body, bool IsHead)> AnswerAsync(string? head, CancellationToken cancellationToken)
    {
        // GET /metrics HTTP/1.1
        string[] words = head?.Split("\r\n", 2)[0].Split(' ') ?? [];
        if (words is not [{ Length: > 0 } method, { Length: > 0 } target, "HTTP/1.1" or "HTTP/1.0"])
            return ("400 Bad Request", "this is no request of HTTP/1.1\n", false);
        bool isHead = method == "HEAD";
        if (!isHead && method != "GET")
            return ("405 Method Not Allowed", "only GET and HEAD\n", false);
        if (target.Split('?')[0] != "/metrics")
            return ("404 Not Found", "metrics are at /metrics\n", isHead);
        try
        {
            return ("200 OK", await _read(cancellationToken), isHead);
        }
        catch (ControlException error)
        {
            return ("503 Service Unavailable", $"{error.Message}\n", isHead);
        }
    }

    // Up to the empty line; null for what is longer than a request may be.
    private static async Task<string?> ReadHeadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MaxRequest];
        int length = 0;
        while (length < buffer.Length)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
                throw new IOException("nothing was asked");
            int from = Math.Max(0, length - 3);
            length += read;
            if (buffer.AsSpan(from, length - from).IndexOf("\r\n\r\n"u8) >= 0)
                return Encoding.Latin1.GetString(buffer, 0, length);
        }

        return null;
    }
}

/// <summary>Serves metrics where the configuration says, and somewhere else when that changes.</summary>
/// <param name="read">Gives the metrics.</param>
/// <param name="clock">For deadlines.</param>
/// <param name="bind">As for <see cref="MetricsListener.Open"/>.</param>
/// <param name="onUnavailable">Hears if they cannot be served; the server goes on without.</param>
internal sealed class MetricsSide(Func<CancellationToken, Task<string>> read, TimeProvider clock, Action<Socket, string> bind, Action<IOException> onUnavailable) : IAsyncDisposable
{
    private MetricsListener? _listener;
    private MetricsEndPoint? _endPoint;

    /// <summary>Serves them there from now on; one call at a time.</summary>
    /// <param name="endPoint">Where; null for nowhere.</param>
    public async Task ServeAtAsync(MetricsEndPoint? endPoint)
    {
        if (endPoint == _endPoint && (endPoint is null) == (_listener is null))
            return;
        await DisposeAsync();
        _endPoint = endPoint;
        if (endPoint is null)
            return;
        try
        {
            _listener = MetricsListener.Open(endPoint, read, clock, bind);
        }
        catch (IOException error)
        {
            onUnavailable(error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_listener is { } listener)
            await listener.DisposeAsync();
        _listener = null;
    }
}
