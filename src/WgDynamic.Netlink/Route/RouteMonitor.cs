namespace WgDynamic.Netlink;

/// <summary>
/// Tells of changes of links, addresses and routes, IPv4 and IPv6, in the network namespace it was opened in.
/// Changes made after <see cref="Open"/> returned are told or, when too many come to be kept, answered for by a <see cref="ResynchroniseEvent"/>.
/// </summary>
/// <remarks>For one reader at a time. To know a state and follow it: open, then read the state, then the events.</remarks>
public sealed class RouteMonitor : IDisposable
{
    // RTMGRP_*, linux/rtnetlink.h: links; IPv4 addresses and routes; IPv6 addresses and routes.
    private const uint Groups = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

    // Some thousand events: what a router reloading its table makes while we look elsewhere.
    private const int ReceiveBufferSize = 4 * 1024 * 1024;

    private readonly INetlinkConnection _connection;
    private readonly Queue<RouteEvent> _events = new();

    internal RouteMonitor(INetlinkConnection connection) => _connection = connection;

    /// <summary>Begins to listen in the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkException">The kernel gives no socket.</exception>
    public static RouteMonitor Open()
    {
        NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route, Groups);
        socket.EnlargeReceiveBuffer(ReceiveBufferSize);
        return new RouteMonitor(socket);
    }

    /// <summary>Waits for the next event.</summary>
    /// <param name="cancellationToken">Ends the wait; no event is lost.</param>
    /// <exception cref="NetlinkException">The socket is beyond use.</exception>
    public async ValueTask<RouteEvent> ReadAsync(CancellationToken cancellationToken)
    {
        using ReceiveBuffer buffer = new(holdsSecrets: false);
        RouteEvent? next;
        while (!_events.TryDequeue(out next))
        {
            try
            {
                ReceivedDatagram datagram = await _connection.ReceiveAsync(buffer, cancellationToken);
                // Anyone with the privilege can send to the groups; only the kernel knows.
                if (datagram.Sender == 0)
                    Read(buffer.Datagram(datagram));
            }
            catch (NetlinkException e) when (e.IsOverrun)
            {
                Resynchronise();
            }
            finally
            {
                buffer.Release();
            }
        }

        return next;
    }

    /// <summary>Stops listening; a reader that waits fails.</summary>
    public void Dispose() => _connection.Dispose();

    private void Read(ReadOnlySpan<byte> datagram)
    {
        try
        {
            MessageReader reader = new(datagram);
            while (reader.TryRead(out NetlinkMessage message))
            {
                if (RouteEventMessage.Read(message) is { } happened)
                    _events.Enqueue(happened);
            }
        }
        catch (NetlinkException)
        {
            // An event that cannot be read is an event lost.
            Resynchronise();
        }
    }

    // What is still queued, here and in the socket, is older than what will be read. And it must go before that: a
    // socket that overran once drops everything, without saying so again, until it is empty (NETLINK_S_CONGESTED,
    // net/netlink/af_netlink.c). Were it reported first, changes could fall between the reading and the emptying.
    private void Resynchronise()
    {
        _connection.Discard();
        _events.Clear();
        _events.Enqueue(new ResynchroniseEvent());
    }
}
