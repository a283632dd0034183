using Microsoft.Extensions.Logging;
using WgDynamic.Leasing;
using WgDynamic.Protocol;

namespace WgDynamic.Server;

/// <summary>What the log hears of leases: one line an event.</summary>
internal sealed class LeaseReports(InterfaceName interfaceName, LeaseBook book, LogThrottle throttle, ILogger log)
{
    /// <summary>Reports what has happened to a lease.</summary>
    public void Report(in LeaseChange change)
    {
        LeaseRecord lease = change.Record;
        switch (change.Event)
        {
            case LeaseEvent.Granted:
                log.Granted(interfaceName, lease.Address, lease.Peer);
                break;
            case LeaseEvent.Renewed:
                log.Renewed(interfaceName, lease.Address, lease.Peer);
                break;
            case LeaseEvent.Ended:
                log.Ended(interfaceName, lease.Address, lease.Peer, lease.State);
                break;
        }
    }

    /// <summary>Reports a grant that lacks something that was asked for.</summary>
    public void ReportRefusal(PublicKey peer, in Request request, in LeaseGrant grant)
    {
        if ((request.IPv4 is { IsUnspecified: true } && grant.IPv4 is null) || (request.IPv6 is { IsUnspecified: true } && grant.IPv6 is null))
        {
            string family = grant.IPv4 is null && request.IPv4 is not null ? "IPv4" : "IPv6";
            // A hub of one family is asked for the other by every client, at every renewal.
            if (book.Pools.Count > 0 && !book.Pools.Any(pool => pool.Range.First.IsIPv6 == (family == "IPv6")))
                log.NoPool(interfaceName, family, peer);
            else if (throttle.Allows(family, out int suppressed))
                log.PoolExhausted(interfaceName, family, peer, book.ActiveCount, suppressed);
        }
        else
        {
            log.AddressRefused(interfaceName, request.IPv4, request.IPv6, peer);
        }
    }
}
