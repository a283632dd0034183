using Microsoft.Extensions.Logging;
using WgDynamic.Control;
using WgDynamic.Leasing;
using WgDynamic.Protocol;

namespace WgDynamic.Server;

/// <summary>What is told of leases: a line in the log, an event, and one more of its kind.</summary>
internal sealed class LeaseReports(InterfaceName interfaceName, LeaseBook book, Counters counters, EventHub events, LogThrottle throttle, ILogger log)
{
    private readonly Dictionary<IpAddress, string> _why = [];

    /// <summary>Reports what has happened to a lease.</summary>
    public void Report(in LeaseChange change)
    {
        LeaseRecord lease = change.Record;
        switch (change.Event)
        {
            case LeaseEvent.Granted:
                Tell(EventType.Granted, lease);
                log.Granted(interfaceName, lease.Address, lease.Peer);
                break;
            case LeaseEvent.Renewed:
                Tell(EventType.Renewed, lease);
                log.Renewed(interfaceName, lease.Address, lease.Peer);
                break;
            case LeaseEvent.Ended:
                Tell(Answer.EventOf(lease.State), lease);
                log.Ended(interfaceName, lease.Address, lease.Peer, lease.State);
                break;
        }
    }

    /// <summary>Says why a lease is about to end, for the event that tells it.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="why">For people.</param>
    public void Explain(IpAddress address, string why) => _why[address] = why;

    private void Tell(EventType type, in LeaseRecord lease)
    {
        counters.Add(type);
        string? text = _why.Count > 0 && _why.Remove(lease.Address, out string? why) ? $"{lease.Address} of {lease.Peer} was taken back by {why}" : null;
        events.Publish(new ControlEvent(type, lease.Peer, lease.Address, Text: text));
    }

    /// <summary>Reports a grant that lacks something that was asked for.</summary>
    public void ReportRefusal(PublicKey peer, in Request request, in LeaseGrant grant)
    {
        RefusalReason reason = RefusalReason.AddressUnavailable;
        string? text = null;
        if (grant.IsHeldBack)
        {
            (reason, text) = (RefusalReason.TooOften, $"{peer} has had too many new addresses lately");
            if (throttle.Allows("too often", out int suppressed))
                log.HeldBack(interfaceName, peer, suppressed);
        }
        else if ((request.IPv4 is { IsUnspecified: true } && grant.IPv4 is null) || (request.IPv6 is { IsUnspecified: true } && grant.IPv6 is null))
        {
            string family = grant.IPv4 is null && request.IPv4 is not null ? "IPv4" : "IPv6";
            // A hub of one family is asked for the other by every client, at every renewal.
            if (book.Pools.Count > 0 && !book.Pools.Any(pool => pool.Range.First.IsIPv6 == (family == "IPv6")))
            {
                reason = RefusalReason.NoPool;
                log.NoPool(interfaceName, family, peer);
            }
            else
            {
                (reason, text) = (RefusalReason.PoolExhausted, $"no free {family} address for {peer}");
                if (throttle.Allows(family, out int suppressed))
                    log.PoolExhausted(interfaceName, family, peer, book.ActiveCount, suppressed);
            }
        }
        else
        {
            log.AddressRefused(interfaceName, request.IPv4, request.IPv6, peer);
        }

        counters.AddRefusal(reason);
        // Of the family that there is no pool for, every client asks at every renewal.
        if (reason != RefusalReason.NoPool)
            events.Publish(new ControlEvent(EventType.Refused, peer, Refusal: reason, Text: text ?? $"the address that {peer} asked for is not to be had"));
    }
}
