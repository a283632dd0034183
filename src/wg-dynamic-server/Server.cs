using System.Net;
using System.Net.Sockets;
using WgDynamic.Daemon;
using WgDynamic.Leasing;
using WgDynamic.Netlink;
using WgDynamic.Protocol;

namespace WgDynamic.Server;

/// <summary>Puts the parts together and runs them until the operator or the interface ends it.</summary>
internal static class Server
{
    /// <param name="options">What the operator wants.</param>
    /// <param name="log">Where lines go.</param>
    /// <param name="ready">Called with a status for people when clients are served.</param>
    /// <param name="stop">The operator's wish to end.</param>
    /// <exception cref="StartupException">It cannot serve; the message says why.</exception>
    public static async Task RunAsync(ServerOptions options, DaemonLogger log, Action<string> ready, CancellationToken stop)
    {
        _ = ProcessControl.RaiseOpenFileLimit();
        TimeProvider clock = new BootClock();
        using RouteClient routes = RouteClient.Open();
        // Before anything is read, so that nothing that changes meanwhile is missed.
        using RouteMonitor monitor = RouteMonitor.Open();

        Link link = await InterfaceCheck.FindAsync(routes, options.Interface, stop);
        using IWireGuard wireGuard = await WireGuard.OpenAsync(options.Interface, stop);
        WireGuardDevice device = await wireGuard.GetDeviceAsync(options.Interface, stop);
        await InterfaceCheck.RequireServerAddressAsync(routes, link, options.AssignAddress, stop);

        await using MemoryLeaseStore store = new();
        LeaseSettings settings = new() { Policy = new LeasePolicy { LeaseTime = options.LeaseTime } };
        LeaseBook book = new(settings.Policy with { HashKey = device.PublicKey ?? default });
        LeaseService service = new(options.Interface, book, settings, store, wireGuard, clock, new Random(), log);
        await service.StartAsync(await PoolWatcher.ReadAsync(routes, link.Index, stop), stop);

        using SessionListener listener = new(service, new SessionContext(options.Interface, options.Limits, clock, log));
        Listen(listener, link);
        string pools = book.Pools.Count == 0 ? "none yet" : string.Join(", ", book.Pools.Select(pool => pool.Range));
        log.Serving(options.Interface, pools);
        ready($"serving {options.Interface}, pools: {pools}");

        PoolWatcher watcher = new(routes, monitor, link, service, options, clock, log);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] tasks = [watcher.RunAsync(ending.Token), service.RunAsync(ending.Token), listener.RunAsync(ending.Token)];
        Task first = await Task.WhenAny(tasks);
        await ending.CancelAsync();
        try
        {
            await Task.WhenAll(tasks);
        }
        catch (OperationCanceledException)
        {
        }
        catch (NetlinkException error) when (error.IsNoSuchDevice)
        {
        }

        if (!stop.IsCancellationRequested)
        {
            // Only the interface's going ends a part; anything else is a defect, and says so.
            if (first.IsFaulted && first.Exception.InnerException is not NetlinkException { IsNoSuchDevice: true })
                await first;
            log.InterfaceGone(options.Interface);
        }
    }

    private static void Listen(SessionListener listener, Link link)
    {
        IPEndPoint endPoint = new(WireLimits.ServerAddress.ToIPAddress(link.Index), WireLimits.DefaultPort);
        try
        {
            listener.Listen(endPoint);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new StartupException($"port {WireLimits.DefaultPort} on {link.Name} is taken; is another server running? See: ss -tlnp 'sport = {WireLimits.DefaultPort}'");
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new StartupException($"port {WireLimits.DefaultPort} may not be used: the server needs CAP_NET_BIND_SERVICE, or to be started as root");
        }
        catch (SocketException error)
        {
            throw new StartupException($"cannot listen on [{WireLimits.ServerAddress}%{link.Name}]:{WireLimits.DefaultPort}: {error.Message}");
        }
    }
}
