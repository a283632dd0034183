using System.Buffers;
using System.Net;
using System.Net.Sockets;
using WgDynamic.Protocol;

namespace WgDynamic.LoadClient;

/// <summary>One client: several requests on a connection, one after the other, and then the next connection.</summary>
internal sealed class AskingClient(IPAddress own, IPEndPoint server, Choice choice, Journal journal)
{
    private readonly byte[] _buffer = new byte[WireLimits.MaxLineBytes];

    /// <summary>Asks until nobody listens.</summary>
    public async Task RunAsync()
    {
        while (await ConnectAsync() is { } socket)
        {
            using (socket)
            {
                try
                {
                    for (int left = choice.RequestsOnConnection(); left > 0 && await AskAsync(socket); left--)
                    {
                    }
                }
                catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
                {
                    // The server is gone, and the reply with it.
                }
            }
        }
    }

    private async Task<Socket?> ConnectAsync()
    {
        for (int port = WireLimits.DefaultPort; ; port = choice.Port())
        {
            // With a reset at its end: there are fewer ports than connections in a minute of TIME_WAIT.
            Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
            try
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                socket.Bind(new IPEndPoint(own, port));
                await socket.ConnectAsync(server);
                return socket;
            }
            catch (SocketException error)
            {
                socket.Dispose();
                if (error.SocketErrorCode is SocketError.ConnectionRefused)
                    return null;
                if (error.SocketErrorCode is not (SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable or SocketError.ConnectionReset))
                    throw;
            }
        }
    }

    private async Task<bool> AskAsync(Socket socket)
    {
        Request request = choice.Next();
        ArrayBufferWriter<byte> message = new();
        MessageWriter.Write(message, request);
        journal.Ask(choice.Client, request);
        for (ReadOnlyMemory<byte> left = message.WrittenMemory; !left.IsEmpty;)
            left = left[await socket.SendAsync(left)..];
        using ReplyReader reader = new();
        while (await socket.ReceiveAsync(_buffer) is > 0 and int received)
        {
            switch (reader.Read(_buffer.AsSpan(0, received), out _))
            {
                case ReadStatus.Complete:
                    journal.Got(choice.Client, reader.Reply!);
                    return true;
                case ReadStatus.Invalid:
                    throw new InvalidDataException($"malformed answer: {reader.Fault}");
            }
        }

        return false;
    }
}
