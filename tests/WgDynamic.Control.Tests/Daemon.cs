using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using WgDynamic.Netlink;

namespace WgDynamic.Control.Tests;

/// <summary>A real socket with a handler of the test's behind it.</summary>
internal sealed class Daemon : IAsyncDisposable, IControlHandler
{
    public static readonly HelloAnswer Hello = new() { Version = ControlProtocol.Version, Role = DaemonRole.Server, Interface = InterfaceName.Parse("wg0"), Release = "1.2.3" };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wgd");
    private readonly CancellationTokenSource _ending = new();
    private readonly Func<ControlCall, CancellationToken, ValueTask> _handle;
    private readonly ControlListener _listener;
    private readonly Task _running;
    private bool _ended;

    public Daemon(Func<ControlCall, CancellationToken, ValueTask> handle, HelloAnswer? hello = null, TimeProvider? clock = null)
    {
        _handle = handle;
        Path = ControlSocket.PathOf(_folder.FullName, Hello.Interface, DaemonRole.Server);
        _listener = ControlListener.Bind(Path, hello ?? Hello, clock ?? TimeProvider.System, SharedFile.Bind, Defects.Add);
        _running = _listener.RunAsync(this, _ending.Token);
    }

    public string Folder => _folder.FullName;

    public string Path { get; }

    public List<Exception> Defects { get; } = [];

    public ControlAccess Access
    {
        set => _listener.Access = value;
    }

    public ValueTask HandleAsync(ControlCall call, CancellationToken cancellationToken) => _handle(call, cancellationToken);

    public async Task<Socket> OpenAsync()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Sends bytes, and gives all lines that come back, without the hello.</summary>
    public async Task<JsonObject[]> SayAsync(params byte[][] parts)
    {
        using Socket socket = await OpenAsync();
        foreach (byte[] part in parts)
            _ = await socket.SendAsync(part, TestContext.Current.CancellationToken);
        socket.Shutdown(SocketShutdown.Send);
        return (await ReadLinesAsync(socket))[1..];
    }

    /// <summary>All lines until the daemon closes the connection.</summary>
    public static async Task<JsonObject[]> ReadLinesAsync(Socket socket)
    {
        MemoryStream read = new();
        byte[] buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var length)
                read.Write(buffer, 0, length);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            // It closed without having read all that it was sent.
        }

        return [.. Encoding.UTF8.GetString(read.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
    }

    public async Task<List<ControlAnswer>> AskAsync(ControlRequest request, Stream? upload = null)
    {
        await using ControlConnection connection = await ControlConnection.ConnectAsync(Path, TestContext.Current.CancellationToken);
        List<ControlAnswer> answers = [];
        await foreach (ControlAnswer answer in connection.AskAsync(request, upload, TestContext.Current.CancellationToken))
            answers.Add(answer);
        return answers;
    }

    public async ValueTask DisposeAsync()
    {
        if (_ended)
            return;
        _ended = true;
        await _ending.CancelAsync();
        await _running.ContinueWith(static _ => { }, TaskScheduler.Default);
        await _listener.DisposeAsync();
        _folder.Delete(recursive: true);
        _ending.Dispose();
    }
}
