using System.Buffers;
using System.Net;
using System.Net.Sockets;
using WgDynamic.Protocol;

namespace WgDynamic.Client;

/// <summary>One request to the server and its reply, on a connection of its own.</summary>
/// <param name="own">The client's address, with the interface as its scope.</param>
/// <param name="server">Where the server is.</param>
/// <param name="ports">Which ports to ask from.</param>
/// <param name="clock">For the time limit.</param>
/// <param name="random">For choosing a port.</param>
internal sealed class ServerExchange(IPAddress own, IPEndPoint server, SourcePorts ports, TimeProvider clock, Random random)
{
    private static readonly TimeSpan _timeLimit = TimeSpan.FromSeconds(20);
    private const int MaxPortsTried = 32;

    /// <summary>Asks the server of an interface.</summary>
    public static ServerExchange Over(int interfaceIndex, IpAddress ownAddress, TimeProvider clock, Random random) =>
        new(
            ownAddress.ToIPAddress(interfaceIndex),
            new IPEndPoint(WireLimits.ServerAddress.ToIPAddress(interfaceIndex), WireLimits.DefaultPort),
            SourcePorts.Privileged,
            clock,
            random);

    /// <summary>Asks.</summary>
    /// <param name="request">What.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the server answered, well-formed; whether it is to be trusted is for the caller to judge.</returns>
    /// <exception cref="ExchangeException">There was no reply; the message says why.</exception>
    public async Task<Reply> AskAsync(Request request, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeLimit = new(_timeLimit, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeLimit.Token);
        try
        {
            using Socket socket = await ConnectAsync(either.Token);
            await SendAsync(socket, request, either.Token);
            Reply reply = await ReceiveAsync(socket, either.Token);
            End(socket);
            return reply;
        }
        catch (SocketException error)
        {
            throw new ExchangeException($"no answer from the server: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (timeLimit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ExchangeException($"no answer from the server within {_timeLimit.TotalSeconds:0} s", error);
        }
    }

    // The prototype's server insists on source port 970, so that is tried first. While the last connection from there
    // is in TIME_WAIT it cannot be used again, and any other privileged port will do for ours.
    private async ValueTask<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        int port = ports.First;
        for (int tried = 1; ; tried++)
        {
            Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                socket.Bind(new IPEndPoint(own, port));
                await socket.ConnectAsync(server, cancellationToken);
                return socket;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable && tried < MaxPortsTried)
            {
                socket.Dispose();
                port = random.Next(ports.Lowest, ports.Highest + 1);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    // A FIN, and no reset: that kills the prototype's server.
    private static void End(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server has reset the connection behind its reply, which is no less a reply.
        }
    }

    private static async ValueTask SendAsync(Socket socket, Request request, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> writer = new();
        MessageWriter.Write(writer, request);
        for (ReadOnlyMemory<byte> left = writer.WrittenMemory; !left.IsEmpty;)
            left = left[await socket.SendAsync(left, SocketFlags.None, cancellationToken)..];
    }

    private static async ValueTask<Reply> ReceiveAsync(Socket socket, CancellationToken cancellationToken)
    {
        using ReplyReader reader = new();
        byte[] buffer = new byte[WireLimits.MaxLineBytes];
        while (true)
        {
            int received = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
            if (received == 0)
                throw new ExchangeException(reader.End() ? "the server closed the connection without an answer" : $"malformed answer: {reader.Fault}");
            switch (reader.Read(buffer.AsSpan(0, received), out _))
            {
                case ReadStatus.Complete:
                    return reader.Reply!;
                case ReadStatus.Invalid:
                    throw new ExchangeException($"malformed answer: {reader.Fault}");
            }
        }
    }
}

/// <summary>The ports that a client asks from.</summary>
/// <param name="First">The one to try first.</param>
/// <param name="Lowest">Others are not below this,</param>
/// <param name="Highest">nor above this.</param>
internal readonly record struct SourcePorts(int First, int Lowest, int Highest)
{
    /// <summary>What the protocol asks for; below 600 are ports that many servers listen on.</summary>
    public static SourcePorts Privileged => new(WireLimits.DefaultPort, 600, WireLimits.HighestPrivilegedPort);
}

/// <summary>A request had no usable reply.</summary>
/// <param name="message">Why, for the log.</param>
/// <param name="inner">What caused it.</param>
internal sealed class ExchangeException(string message, Exception? inner = null) : Exception(message, inner);
