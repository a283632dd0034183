using System.Net.Sockets;
using System.Text;
using WgDynamic.Protocol;

namespace WgDynamic.Server.Tests;

/// <summary>The peer's end of a connection.</summary>
internal sealed class PeerClient(Socket socket) : IDisposable
{
    public const string AskAny = "request_ip=1\nip=0.0.0.0\nip=::\n\n";

    private readonly ReplyReader _reader = new();
    private readonly byte[] _buffer = new byte[4096];
    private ReadOnlyMemory<byte> _rest;

    public Socket Socket => socket;

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, Names.Cancelled).AsTask().WaitAsync(Names.Limit)..];
    }

    /// <summary>Reads the next reply.</summary>
    /// <returns>The reply; null when the server has ended the connection, with FIN or, over bytes that it has not read, with a reset.</returns>
    public async Task<Reply?> ReadAsync()
    {
        while (true)
        {
            ReadStatus status = _reader.Read(_rest.Span, out int consumed);
            _rest = _rest[consumed..];
            if (status == ReadStatus.Complete)
                return _reader.Reply;
            Assert.Equal(ReadStatus.NeedMore, status);
            int received;
            try
            {
                received = await socket.ReceiveAsync(_buffer, SocketFlags.None, Names.Cancelled).AsTask().WaitAsync(Names.Limit, Names.Cancelled);
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
            {
                return null;
            }

            if (received == 0)
            {
                Assert.True(_reader.End());
                return null;
            }

            _rest = _buffer.AsMemory(0, received);
        }
    }

    /// <summary>Reads until the server ends the connection.</summary>
    public async Task<List<Reply>> ReadToEndAsync()
    {
        List<Reply> replies = [];
        while (await ReadAsync() is { } reply)
            replies.Add(reply);
        return replies;
    }

    /// <summary>Asks for any addresses; the session is known to be there once this is answered.</summary>
    public async Task<Reply> AskAsync(string request = AskAny)
    {
        await SendAsync(request);
        Reply? reply = await ReadAsync();
        Assert.NotNull(reply);
        return reply;
    }

    public void Fin() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public void Dispose()
    {
        socket.Dispose();
        _reader.Dispose();
    }
}
