using System.Net;
using System.Net.Sockets;
using System.Text;
using WgDynamic.Protocol;

namespace WgDynamic.Client.Tests;

/// <summary>A server on [::1] that does to each connection what a test says.</summary>
internal sealed class ScriptedServer : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Socket _listener = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);

    public ScriptedServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        _listener.Listen();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Takes the next connection and reads a request from it.</summary>
    public async Task<(Socket Socket, Request Request)> AcceptAsync()
    {
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        Socket socket = await _listener.AcceptAsync(cancelled).AsTask().WaitAsync(Limit, cancelled);
        using RequestReader reader = new();
        byte[] buffer = new byte[4096];
        while (true)
        {
            int received = await socket.ReceiveAsync(buffer, cancelled).AsTask().WaitAsync(Limit, cancelled);
            Assert.NotEqual(0, received);
            if (reader.Read(buffer.AsSpan(0, received), out _) == ReadStatus.Complete)
                return (socket, reader.Request);
        }
    }

    public static async Task SendAsync(Socket socket, string text) =>
        _ = await socket.SendAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);

    public void Dispose() => _listener.Dispose();
}
