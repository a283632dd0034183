using Microsoft.Extensions.Logging;
using WgDynamic.Netlink;

namespace WgDynamic.Server;

/// <summary>Follows the interface: tells the lease service of new pools, and ends when the interface goes.</summary>
internal sealed class PoolWatcher(RouteClient routes, RouteMonitor monitor, Link link, LeaseService service, ServerOptions options, TimeProvider clock, ILogger log)
{
    // A script that adds a hundred routes should cost one look at them.
    private static readonly TimeSpan _settleTime = TimeSpan.FromMilliseconds(20);
    // Who flushes routes often puts them back (networkd, a script): a peer that asks meanwhile should not lose its address.
    private static readonly TimeSpan _graceTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _retryInterval = TimeSpan.FromSeconds(1);

    /// <summary>Reads pools and own addresses.</summary>
    public static async ValueTask<PoolSource> ReadAsync(RouteClient routes, int interfaceIndex, CancellationToken cancellationToken) =>
        PoolSource.From(
            interfaceIndex,
            await routes.GetRoutesAsync(interfaceIndex, cancellationToken),
            await routes.GetAddressesAsync(0, cancellationToken));

    /// <summary>Returns when the interface is gone.</summary>
    /// <param name="pools">What the lease service has begun with.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(PoolSource pools, CancellationToken cancellationToken)
    {
        bool hadAddress = true, isFailing = false;
        while (true)
        {
            try
            {
                RouteEvent change = await monitor.ReadAsync(cancellationToken);
                if (change is LinkEvent { Removed: true, Link.Index: var index } && index == link.Index)
                    return;
                if (change is LinkEvent)
                    continue;
                await Task.Delay(_settleTime, clock, cancellationToken);
                if (await routes.FindLinkAsync(options.Interface, cancellationToken) is not { } now || now.Index != link.Index)
                    return;
                bool hasAddress = await InterfaceCheck.HasServerAddressAsync(routes, link.Index, cancellationToken);
                if (hadAddress && !hasAddress)
                    await RestoreAddressAsync(cancellationToken);
                hadAddress = hasAddress;
                PoolSource found = await ReadAsync(routes, link.Index, cancellationToken);
                if (found.Lacks(pools))
                {
                    await Task.Delay(_graceTime, clock, cancellationToken);
                    found = await ReadAsync(routes, link.Index, cancellationToken);
                }

                pools = found;
                service.SetPools(pools);
                isFailing = false;
            }
            catch (NetlinkException error)
            {
                // Once, and not every second.
                if (!isFailing)
                    log.RoutesFailed(options.Interface, error);
                isFailing = true;
                await Task.Delay(_retryInterval, clock, cancellationToken);
            }
        }
    }

    private async ValueTask RestoreAddressAsync(CancellationToken cancellationToken)
    {
        if (!options.AssignAddress)
        {
            log.AddressLost(options.Interface);
            return;
        }

        await InterfaceCheck.AssignServerAddressAsync(routes, link.Index, cancellationToken);
        log.AddressAssigned(options.Interface);
    }
}
