using System.Buffers;
using System.Net.Sockets;
using System.Text.Json;

namespace WgDynamic.Control;

/// <summary>The answering side: the socket of a daemon. Whatever comes in by it neither ends nor delays the daemon.</summary>
public sealed class ControlListener : IAsyncDisposable
{
    private const int MaxConnections = 64;

    // So that those who may read do not take all of them from one another, or any of these from root.
    private const int MaxConnectionsPerUser = 16;
    private const int KeptForRoot = 16;

    private static readonly TimeSpan _requestTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly string _path;
    private readonly HelloAnswer _hello;
    private readonly TimeProvider _clock;
    private readonly uint _ownUser;
    private readonly Dictionary<uint, int> _connections = [];
    private readonly HashSet<Task> _answers = [];

    private ControlListener(Socket socket, string path, HelloAnswer hello, TimeProvider clock)
    {
        _socket = socket;
        _path = path;
        _hello = hello;
        _clock = clock;
        _ownUser = ControlAccess.CallerOf(socket).UserId;
    }

    /// <summary>Who may change something, from now on.</summary>
    public ControlAccess Access { get; set; } = new();

    /// <summary>Hears of a handler's defect: an exception that is no <see cref="ControlException"/>.</summary>
    public Action<Exception>? OnDefect { get; init; }

    /// <summary>Makes the socket. One that nobody listens on any more is replaced.</summary>
    /// <param name="path">Where.</param>
    /// <param name="hello">What callers are told first.</param>
    /// <param name="clock">For deadlines.</param>
    /// <param name="bind">Binds a socket to a path, so that its owner and its group can connect and nobody else, also if others may write to the directory.</param>
    /// <param name="onDefect"><see cref="OnDefect"/>.</param>
    /// <exception cref="IOException">It cannot be made, or somebody listens there.</exception>
    public static ControlListener Bind(string path, HelloAnswer hello, TimeProvider clock, Action<Socket, string> bind, Action<Exception>? onDefect = null)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (HasListener(path))
                throw new IOException($"somebody listens on {path}, perhaps a daemon in another network namespace");
            File.Delete(path);
            bind(socket, path);
            socket.Listen();
            return new ControlListener(socket, path, hello, clock) { OnDefect = onDefect };
        }
        catch (Exception error) when (error is SocketException or UnauthorizedAccessException or ArgumentException or DirectoryNotFoundException)
        {
            socket.Dispose();
            throw new IOException($"the control socket {path} cannot be made: {error.Message}", error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Answers until it is cancelled.</summary>
    /// <param name="handler">Answers.</param>
    /// <param name="cancellationToken">Ends it, and all that are being answered.</param>
    public async Task RunAsync(IControlHandler handler, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                Keep(AnswerAsync(await _socket.AcceptAsync(cancellationToken), handler, cancellationToken));
            }
            catch (SocketException)
            {
                // No file descriptors or no memory, for the moment: others have them, and need them more.
                await Task.Delay(_pause, _clock, cancellationToken);
            }
        }
    }

    /// <summary>Takes the socket away, once who has been answered has the last line: who asks a daemon to end hears that it does.</summary>
    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        try
        {
            File.Delete(_path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next daemon replaces it.
        }

        Task[] answers;
        lock (_connections)
            answers = [.. _answers];
        // Who does not read is not waited for.
        await Task.WhenAny(Task.WhenAll(answers), Task.Delay(_farewell, _clock));
    }

    private void Keep(Task answer)
    {
        lock (_connections)
            _ = _answers.Add(answer);
        _ = answer.ContinueWith(
            done =>
            {
                lock (_connections)
                    _ = _answers.Remove(done);
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private static bool HasListener(string path)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        // A socket's queue may be full, and a daemon stopped: not to be waited for.
        probe.Blocking = false;
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain or SocketError.InProgress;
        }
    }

    // Never throws: nobody waits for it.
    private async Task AnswerAsync(Socket socket, IControlHandler handler, CancellationToken ending)
    {
        ControlLines lines = new(socket);
        ControlCaller caller = default;
        bool counted = false;
        try
        {
            caller = ControlAccess.CallerOf(socket);
            counted = TryCount(caller.UserId);
            await AnswerAsync(socket, lines, caller, counted, handler, ending);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The caller has gone, or reads no more, or the daemon ends.
        }
        catch (Exception error)
        {
            OnDefect?.Invoke(error);
        }
        finally
        {
            if (counted)
                Discount(caller.UserId);
            await lines.DisposeAsync();
        }
    }

    private async ValueTask AnswerAsync(Socket socket, ControlLines lines, ControlCaller caller, bool counted, IControlHandler handler, CancellationToken ending)
    {
        lines.Append(_hello, ControlKinds.Answers);
        if (counted)
            await lines.FlushAsync(ending);
        ControlCall call = new(new StatusRequest(), caller, lines, _clock);
        ControlAnswer last;
        try
        {
            if (!counted)
                throw new ControlException(ControlError.Busy, "too many are connected", "end those that watch and are not needed, or try again in a moment");
            ControlRequest request = await ReadRequestAsync(lines, ending);
            if (request.IsChange && !Access.MayChange(socket, caller, _ownUser))
            {
                throw new ControlException(
                    ControlError.AccessDenied,
                    "you may look, but not change anything",
                    _hello.Role == DaemonRole.Server
                        ? "run it as root, or name a group that may in the server's configuration: ControlGroup"
                        : "run it as root, or name a group that may when the client is started: --control-group");
            }

            call = new ControlCall(request, caller, lines, _clock);
            await HandleAsync(call, lines, handler, ending);
            last = new EndAnswer { Count = call.Count };
        }
        catch (ControlException error)
        {
            last = new ErrorAnswer { Code = error.Code ?? ControlError.Failed, Message = error.Message, Remedy = error.Remedy };
        }
        catch (Exception error) when (error is not (IOException or SocketException or OperationCanceledException))
        {
            OnDefect?.Invoke(error);
            last = new ErrorAnswer { Code = ControlError.Failed, Message = $"unexpected failure, please report it: {error.Message}", Remedy = "the daemon's log has more" };
        }

        // Also when the daemon ends meanwhile.
        await call.SendAsync(last, CancellationToken.None);
        await call.FlushAsync(CancellationToken.None);
    }

    // Before the rest, of which another version may know more.
    private void CheckVersion(ReadOnlySequence<byte> line)
    {
        Utf8JsonReader reader = new(line);
        while (reader.Read())
        {
            if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("version"u8))
                continue;
            if (reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long version) && version != ControlProtocol.Version)
            {
                throw new ControlException(
                    ControlError.VersionMismatch,
                    $"version {version} of the control protocol was asked for; this daemon, release {_hello.Release}, speaks version {ControlProtocol.Version}",
                    $"use the program that came with release {_hello.Release}, or upgrade and restart the daemon");
            }
        }
    }

    private static async ValueTask HandleAsync(ControlCall call, ControlLines lines, IControlHandler handler, CancellationToken ending)
    {
        if (call.Request is not WatchRequest)
        {
            await handler.HandleAsync(call, ending);
            return;
        }

        // Who watches says nothing more: when there is something to be read, it is the end.
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(ending);
        Task watching = EndWithCallerAsync(lines, gone);
        try
        {
            await handler.HandleAsync(call, gone.Token);
        }
        finally
        {
            await gone.CancelAsync();
            await watching;
        }
    }

    private static async Task EndWithCallerAsync(ControlLines lines, CancellationTokenSource gone)
    {
        try
        {
            await lines.WaitAsync(gone.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
        }

        await gone.CancelAsync();
    }

    private async ValueTask<ControlRequest> ReadRequestAsync(ControlLines lines, CancellationToken ending)
    {
        using CancellationTokenSource late = new(_requestTime, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ending);
        try
        {
            return await lines.ReadAsync(ControlKinds.Requests, either.Token, CheckVersion) ?? throw new IOException("nothing was asked");
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            throw new ControlException(ControlError.TimedOut, $"nothing was asked within {_requestTime.TotalSeconds} seconds");
        }
        catch (JsonException error)
        {
            throw new ControlException(ControlError.InvalidRequest, $"this is no request: {error.Message}", "what can be asked is in docs/control.md");
        }
    }

    private bool TryCount(uint user)
    {
        lock (_connections)
        {
            int ofUser = _connections.GetValueOrDefault(user);
            if (_connections.Values.Sum() >= (user == 0 ? MaxConnections : MaxConnections - KeptForRoot) || (user != 0 && ofUser >= MaxConnectionsPerUser))
                return false;
            _connections[user] = ofUser + 1;
            return true;
        }
    }

    private void Discount(uint user)
    {
        lock (_connections)
        {
            if (--_connections[user] == 0)
                _ = _connections.Remove(user);
        }
    }
}
