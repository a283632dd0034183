using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using WgDynamic.Control;
using WgDynamic.Daemon;
using WgDynamic.Leasing;
using WgDynamic.Netlink;
using WgDynamic.Protocol;
using WgDynamic.Storage;

namespace WgDynamic.Server;

/// <summary>Puts the parts together and runs them until the operator or the interface ends it.</summary>
internal static class Server
{
    /// <param name="options">What the operator wants.</param>
    /// <param name="log">Where lines go.</param>
    /// <param name="manager">Hears when clients are served, and how that goes.</param>
    /// <param name="stop">The operator's wish to end.</param>
    /// <exception cref="StartupException">It cannot serve; the message says why.</exception>
    public static async Task RunAsync(ServerOptions options, DaemonLogger log, ServiceManager manager, CancellationToken stop)
    {
        _ = ProcessControl.RaiseOpenFileLimit();
        TimeProvider clock = new BootClock();
        EventHub events = new(options.Interface, DaemonRole.Server, clock);
        Incidents incidents = new(log, events, options.Interface);
        using Reloading reloading = new(options, clock, incidents);
        ServerConfiguration configuration = reloading.Read().Configuration
            ?? throw new StartupException($"the configuration file has errors; see all of them with: wg-dynamic-server --check-config {options.Interface}", DaemonHost.ConfigurationFailure);
        LeaseSettings settings = reloading.ToSettings(configuration);
        bool assignAddress = options.AssignAddress || configuration.AssignAddress;
        using RouteClient routes = RouteClient.Open();
        // Before anything is read, so that nothing that changes meanwhile is missed.
        using RouteMonitor monitor = RouteMonitor.Open();

        Link link = await InterfaceCheck.FindAsync(routes, options.Interface, stop);
        using IWireGuard wireGuard = await WireGuard.OpenAsync(options.Interface, stop);
        WireGuardDevice device = await wireGuard.GetDeviceAsync(options.Interface, NoPeers.Instance, stop);
        _ = await manager.SettledAsync(() => InterfaceCheck.RequireServerAddressAsync(routes, link, assignAddress, stop), log, stop);

        // Where root makes it in the directory of the services' user, that one is to read it later.
        if (options.DatabasePath is { } database)
            SharedFile.MakeForOwnerOfDirectory(database);
        await using ILeaseStore store = options.DatabasePath is { } path ? SqliteLeaseStore.Open(path, BootId.Read()) : new MemoryLeaseStore();
        ReportHistory(options, store, log);
        LeaseBook book = new(settings.Policy with { HashKey = device.PublicKey ?? default });
        Counters counters = new();
        LeaseService service = new(options.Interface, book, settings, store, wireGuard, counters, events, clock, new Random(), incidents, manager);
        SessionContext sessions = new(options.Interface, configuration.Limits, counters, clock, incidents);
        using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(stop);
        ReportControl reports = new(options, service, sessions, reloading, counters, device.PublicKey, clock);
        using LeaseControl leases = new(service);
        PlanControl plan = new(options.Interface, reloading.Path, service, book, events, log);
        using DatabaseControl databases = new(options, service, reports, incidents);
        ServerControl handler = new(options.Interface, reports, leases, plan, databases, events, stopping.Cancel);
        await using ControlSide control = Open(options, handler, clock, incidents);
        control.Admit(reloading.AccessOf(configuration));
        await using MetricsSide metrics = new(
            token => reports.MetricsAsync(plan, token), clock, SharedFile.Bind, error => incidents.NoMetrics(options.Interface, error.Message));
        // Before a reload could say otherwise; who asks waits until there is something to tell.
        await metrics.ServeAtAsync(configuration.Metrics);
        reloading.Target = new ReloadTarget(service, sessions.Sessions, control.Admit, metrics.ServeAtAsync, manager);
        // Before anybody hears that it serves: a signal that nobody follows would end it.
        using PosixSignalRegistration reload = reloading.Follow();
        PoolSource source = await PoolWatcher.ReadAsync(routes, link.Index, stop);
        await service.StartAsync(source, stop);
        // Loading leaves more behind than it keeps, and nobody is being served yet.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        using SessionListener listener = new(service, sessions);
        Listen(listener, link);
        string pools = book.Pools.Count == 0 ? "none yet" : string.Join(", ", book.Pools.Select(pool => pool.Range));
        incidents.Serving(options.Interface, pools);
        manager.Ready(service.Status);

        PoolWatcher watcher = new(routes, monitor, link, service, options with { AssignAddress = assignAddress }, clock, incidents);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        Task[] tasks = [watcher.RunAsync(source, ending.Token), service.RunAsync(ending.Token), listener.RunAsync(ending.Token)];
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

        if (!stopping.IsCancellationRequested)
        {
            // Only the interface's going ends a part; anything else is a defect, and says so.
            if (first.IsFaulted && first.Exception.InnerException is not NetlinkException { IsNoSuchDevice: true })
                await first;
            incidents.InterfaceGone(options.Interface);
        }

        ReportHistory(options, store, log);
    }

    private static ControlSide Open(ServerOptions options, ServerControl handler, TimeProvider clock, ILogger log) => ControlSide.Open(
        ControlSocket.PathOf(options.RuntimeDirectory, options.Interface, DaemonRole.Server),
        new HelloAnswer { Version = ControlProtocol.Version, Role = DaemonRole.Server, Interface = options.Interface, Release = ReportControl.Release },
        handler,
        clock,
        SharedFile.Bind,
        error => log.NoControl(options.Interface, error.Message, "End who listens there, or start this server with another --runtime-directory"),
        defect => log.ControlFailed(options.Interface, defect));

    // In the journal, where who rewrites the database does not reach it.
    private static void ReportHistory(ServerOptions options, ILeaseStore store, DaemonLogger log)
    {
        if (store.HistoryEnd is { } head)
            log.HistoryHead(options.Interface, head);
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
