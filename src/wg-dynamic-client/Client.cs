using WgDynamic.Control;
using WgDynamic.Daemon;
using WgDynamic.Netlink;

namespace WgDynamic.Client;

/// <summary>Puts the parts together and runs them until the person or the interface ends it.</summary>
internal static class Client
{
    /// <param name="options">What the person wants.</param>
    /// <param name="log">Where lines go.</param>
    /// <param name="manager">Hears when the interface has been found good, and how it goes from then on.</param>
    /// <param name="stop">The person's wish to end.</param>
    /// <exception cref="StartupException">The interface will not do; the message says why.</exception>
    public static async Task RunAsync(ClientOptions options, DaemonLogger log, ServiceManager manager, CancellationToken stop)
    {
        TimeProvider clock = new BootClock();
        Random random = new();
        using RouteClient routes = RouteClient.Open();
        // Before anything is read, so that nothing that changes meanwhile is missed.
        using RouteMonitor monitor = RouteMonitor.Open();

        Uplink uplink = await manager.SettledAsync(() => Uplink.CheckAsync(routes, options.Interface, stop), log, stop);
        if (uplink.Link.IsUp)
            await uplink.EnsureAsync(stop);
        using IWireGuard wireGuard = await WireGuard.OpenAsync(options.Interface, stop);
        LinuxMachine pushed = new(options.Interface, uplink.Link.Index, options.Table, routes, wireGuard, clock, log);
        (List<IpAddress> found, TimeSpan expiry) = await FindLeasedAsync(routes, uplink.Link.Index, clock, stop);

        ClientInbox inbox = new();
        EventHub events = new(options.Interface, DaemonRole.Client, clock);
        ClientNews news = new(options.Interface, uplink.Server, log, events);
        await using ControlSide control = ClientSocket.Open(options, new ClientControl(options, uplink.Server, uplink.Address, inbox, events, clock) { WireGuard = wireGuard }, clock, log);
        news.Started(uplink.Address);
        manager.Ready($"asking {uplink.Server} on {options.Interface}");

        EffectFile file = new(RuntimeFile.PathOf(options.RuntimeDirectory, options.Interface, "client.state"), options.Interface, uplink.Link.Index);
        Applier applier = await Recovery.TakeOverAsync(file, pushed, options, isLeased: found.Count > 0, log);
        ClientMachine machine = new(found, expiry, options, random);
        ServerExchange exchange = ServerExchange.Over(uplink.Link.Index, uplink.Address, clock, random);
        await new ClientLoop(options.Interface, machine, inbox, news, uplink, routes, monitor, exchange, applier, clock, log, manager).RunAsync(stop);
    }

    // What an earlier client that was killed has left: single addresses that the kernel is to drop at a certain time, soon
    // after the lease is over. An operator's own addresses last for ever.
    private static async ValueTask<(List<IpAddress> Found, TimeSpan Expiry)> FindLeasedAsync(
        RouteClient routes, int interfaceIndex, TimeProvider clock, CancellationToken cancellationToken)
    {
        Dictionary<bool, InterfaceAddress> found = [];
        foreach (InterfaceAddress address in await routes.GetAddressesAsync(interfaceIndex, cancellationToken))
        {
            if (address.PreferredLifetime is not null && address.PrefixLength == address.Address.BitLength && !address.Address.IsLinkLocal)
                _ = found.TryAdd(address.Address.IsIPv6, address);
        }

        TimeSpan now = clock.GetElapsedTime(0, clock.GetTimestamp());
        return ([.. found.Values.Select(address => address.Address)], now + (found.Count == 0 ? TimeSpan.Zero : found.Values.Min(address => address.PreferredLifetime!.Value)));
    }
}
