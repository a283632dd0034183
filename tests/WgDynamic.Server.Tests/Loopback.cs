using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WgDynamic.Server.Tests;

/// <summary>
/// A server on [::1]. Who connects says as which peer, and from which source port, it is to be seen: loopback has
/// one address, and ports below 1024 are not for everybody.
/// </summary>
internal sealed class Loopback : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, IPEndPoint> _callers = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SessionListener _listener;
    private readonly Task _running;

    public Loopback(Hub hub, SessionLimits? limits = null)
    {
        Hub = hub;
        Context = new SessionContext(Names.Interface, limits ?? new SessionLimits(), hub.Counters, hub.Clock, hub.Log);
        _listener = new SessionListener(hub.Service, Context, socket => _callers[((IPEndPoint)socket.RemoteEndPoint!).Port]);
        _listener.Listen(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        _running = _listener.RunAsync(_stop.Token);
    }

    public Hub Hub { get; }

    public SessionContext Context { get; }

    public static async Task<Loopback> StartAsync(SessionLimits? limits = null, int peers = 3, params string[] pools) =>
        new(await new Hub(peers).StartAsync(pools.Length > 0 ? pools : ["10.0.0.0/16", "2001:db8::/64"]), limits);

    public async Task<PeerClient> ConnectAsync(int peer, int sourcePort = 970, int receiveBuffer = 0)
    {
        Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
            socket.ReceiveBufferSize = receiveBuffer;
        socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        _callers[((IPEndPoint)socket.LocalEndPoint!).Port] = new IPEndPoint(Names.Id(peer).ToIPAddress(), sourcePort);
        await socket.ConnectAsync(_listener.EndPoint!, Names.Cancelled);
        return new PeerClient(socket);
    }

    /// <summary>Lets time go by until something has come of it.</summary>
    public async Task AdvanceUntilAsync(Task outcome, double stepSeconds = 1, int maxSteps = 1000)
    {
        for (int step = 0; step < maxSteps && !outcome.IsCompleted; step++)
        {
            Hub.Clock.Advance(TimeSpan.FromSeconds(stepSeconds));
            _ = await Task.WhenAny(outcome, Task.Delay(2, Names.Cancelled));
        }

        await outcome.WaitAsync(Names.Limit, Names.Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
        }

        _listener.Dispose();
        await Hub.DisposeAsync();
        _stop.Dispose();
    }
}
