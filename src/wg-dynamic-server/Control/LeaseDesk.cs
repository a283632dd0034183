using Microsoft.Extensions.Logging;
using WgDynamic.Control;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>Reads and revokes leases for who asks at the control socket. Has one owner, the lease service: called in its loop only.</summary>
internal sealed class LeaseDesk(InterfaceName interfaceName, LeaseBook book, DeviceView device, LeaseReports reports, ILogger log)
{
    /// <summary>The leases that fit as far as can be told at once, in no order.</summary>
    public Lease[] Find(LeaseFilter filter) => [.. filter.Candidates(book).Where(filter.Fits)];

    /// <summary>Leases as they are now; those that are gone, or do not fit any more, are left out.</summary>
    public List<LeaseAnswer> Describe(ReadOnlySpan<Lease> leases, LeaseFilter filter, Moment now)
    {
        List<LeaseAnswer> answers = new(leases.Length);
        foreach (Lease lease in leases)
        {
            // Another lease may have the address by now.
            if (book.Find(lease.Address) is not { } current || !filter.Fits(current) || book.PoolAround(current.Address) is var pool && !filter.Fits(pool))
                continue;
            answers.Add(Describe(current, pool, now));
        }

        return answers;
    }

    /// <summary>Takes leases back.</summary>
    /// <returns>They, as they are then.</returns>
    public List<LeaseAnswer> Revoke(LeaseFilter filter, string who, string? reason, Moment now)
    {
        Lease[] leases = Find(filter);
        foreach (Lease lease in leases)
        {
            log.RevokedByHand(interfaceName, lease.Address, lease.Peer, who, reason ?? "no reason given");
            reports.Explain(lease.Address, reason is null ? who : $"{who}: {reason}");
            book.Revoke(lease, now);
        }

        return [.. leases.OrderBy(lease => lease.Address).Select(lease => Describe(lease, book.PoolAround(lease.Address), now))];
    }

    private LeaseAnswer Describe(Lease lease, Pool? pool, Moment now)
    {
        (DateTimeOffset? handshake, string? endpoint) = device.SeenOf(lease.Peer);
        return new LeaseAnswer
        {
            Interface = interfaceName,
            Role = DaemonRole.Server,
            PublicKey = lease.Peer,
            Address = lease.Address,
            State = Answer.Of(lease.State),
            Reserved = book.ReservationOf(lease.Address) is { } reservation && reservation.Peer == lease.Peer,
            Start = lease.Start,
            End = lease.End,
            LeaseTime = book.LeaseTimeOf(lease),
            Remaining = lease.IsActive && lease.Expiry > now.Uptime ? lease.Expiry - now.Uptime : TimeSpan.Zero,
            Pool = pool?.Definition.Name ?? pool?.Range.ToString(),
            HostName = lease.Hostname,
            LastHandshake = handshake,
            Endpoint = endpoint,
        };
    }
}
