using System.Net;
using System.Net.Sockets;
using WgDynamic.Control;
using WgDynamic.Protocol;

namespace WgDynamic.Server;

/// <summary>Accepts connections on <c>[fe80::%interface]:970</c> and runs a session for each that is a peer's.</summary>
internal sealed class SessionListener : IDisposable
{
    private static readonly TimeSpan _deadlineInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _retryInterval = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
    private readonly LeaseService _service;
    private readonly SessionContext _context;
    private readonly Func<Socket, IPEndPoint> _remoteOf;

    /// <param name="service">Decides what is asked.</param>
    /// <param name="context">What all sessions share.</param>
    /// <param name="remoteOf">Who is at the other end of a connection: the socket says so, but for tests, whose connections all come from one address.</param>
    public SessionListener(LeaseService service, SessionContext context, Func<Socket, IPEndPoint>? remoteOf = null)
    {
        _service = service;
        _context = context;
        _remoteOf = remoteOf ?? (static socket => (IPEndPoint)socket.RemoteEndPoint!);
    }

    /// <summary>Where it listens, once it does.</summary>
    public IPEndPoint? EndPoint => (IPEndPoint?)_socket.LocalEndPoint;

    /// <summary>Binds and listens; from here on clients can connect, and wait to be served.</summary>
    /// <param name="endPoint">The server's address with the interface as its scope, and the port.</param>
    /// <exception cref="SocketException">The address or the port is not to be had.</exception>
    public void Listen(IPEndPoint endPoint)
    {
        _socket.Bind(endPoint);
        _socket.Listen(backlog: 4096);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using ITimer deadlines = _context.Clock.CreateTimer(_ => _context.Sessions.CloseOverdue(), null, _deadlineInterval, _deadlineInterval);
        try
        {
            while (true)
            {
                try
                {
                    Socket socket = await _socket.AcceptAsync(cancellationToken);
                    _ = ServeAsync(socket, cancellationToken);
                }
                catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
                {
                    // The client went before it was accepted.
                }
                catch (SocketException error)
                {
                    // No descriptors, most likely: whoever has been silent for longest makes room.
                    if (_context.Throttle.Allows("accept", out _))
                        _context.Log.AcceptFailed(_context.Interface, error);
                    _context.Sessions.EvictOne();
                    await Task.Delay(_retryInterval, _context.Clock, cancellationToken);
                }
            }
        }
        finally
        {
            _context.Sessions.CloseAll();
        }
    }

    public void Dispose() => _socket.Dispose();

    // Never throws: nobody waits for it.
    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            using (socket)
            {
                IPEndPoint remote = _remoteOf(socket);
                if (remote.Port > WireLimits.HighestPrivilegedPort)
                {
                    _context.Log.Rejected(_context.Interface, remote.ToString(), "source port is not privileged");
                    return;
                }

                IpAddress source = IpAddress.From(remote.Address);
                _context.Counters.AddConnection();
                if (await IdentifyAsync(source, cancellationToken) is not { } peer)
                {
                    _context.Counters.AddRefusal(RefusalReason.UnknownPeer);
                    _context.Log.Rejected(_context.Interface, remote.ToString(), "no peer has this address in its AllowedIPs as a /128");
                    return;
                }

                socket.NoDelay = true;
                using Session session = new(socket, source, peer, _service, _context);
                _context.Sessions.Add(session);
                try
                {
                    await session.RunAsync();
                }
                finally
                {
                    _context.Sessions.Remove(session);
                }
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone before it said anything.
        }
        catch (Exception error)
        {
            _context.Log.SessionFailed(_context.Interface, error);
        }
    }

    private async ValueTask<PublicKey?> IdentifyAsync(IpAddress source, CancellationToken cancellationToken)
    {
        if (_service.TryIdentify(source, out PublicKey peer))
            return peer;
        // It may have been added since the device was last looked at.
        await _service.LookAgainAsync(cancellationToken);
        return _service.TryIdentify(source, out peer) ? peer : null;
    }
}
