using System.Net;
using System.Net.Sockets;

namespace WgDynamic.Bench;

/// <summary>One connection that asks and is answered.</summary>
internal sealed class Conversation : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[4096];
    private byte[] _request;
    private int _replyLength;

    private Conversation(byte[] request) => _request = request;

    public static async Task<Conversation> OpenAsync(IPEndPoint own, IPEndPoint server, byte[] request)
    {
        Conversation conversation = new(request);
        try
        {
            conversation._socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            conversation._socket.Bind(own);
            await conversation._socket.ConnectAsync(server);
            return conversation;
        }
        catch
        {
            conversation.Dispose();
            throw;
        }
    }

    /// <summary>Sends the request and reads the reply.</summary>
    /// <returns>Whether it was granted.</returns>
    public async ValueTask<bool> AskAsync()
    {
        _ = await _socket.SendAsync(_request);
        _replyLength = 0;
        while (!_buffer.AsSpan(0, _replyLength).EndsWith("\n\n"u8))
        {
            int received = await _socket.ReceiveAsync(_buffer.AsMemory(_replyLength));
            if (received == 0)
                return false;
            _replyLength += received;
        }

        return _buffer.AsSpan(0, _replyLength).EndsWith("\nerrno=0\n\n"u8);
    }

    /// <summary>From now on asks for the addresses of the last reply: those lines come first in it.</summary>
    public void RenewFromNowOn()
    {
        ReadOnlySpan<byte> rest = _buffer.AsSpan(0, _replyLength);
        int length = 0;
        while (rest[length..].StartsWith("ip="u8))
            length += rest[length..].IndexOf((byte)'\n') + 1;
        _request = [.. "request_ip=1\n"u8, .. rest[..length], (byte)'\n'];
    }

    public void Dispose() => _socket.Dispose();
}
