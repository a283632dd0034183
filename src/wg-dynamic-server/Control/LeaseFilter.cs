using WgDynamic.Control;
using WgDynamic.Leasing;
using LeaseState = WgDynamic.Control.LeaseState;

namespace WgDynamic.Server;

/// <summary>Which leases somebody at the control socket wants.</summary>
internal sealed class LeaseFilter
{
    private readonly LeasesRequest _request;
    private readonly HashSet<PublicKey> _peers;
    private readonly HashSet<string> _pools;

    /// <exception cref="ControlException">It is longer than one may be.</exception>
    public LeaseFilter(LeasesRequest request)
    {
        if (Math.Max(Math.Max(request.PublicKeys.Count, request.Addresses.Count), Math.Max(request.Pools.Count, request.States.Count)) > ControlProtocol.MaxFilterItems)
            throw new ControlException(ControlError.InvalidRequest, $"there are more than {ControlProtocol.MaxFilterItems} keys, addresses, pools or states", "ask in several requests");
        _request = request;
        _peers = [.. request.PublicKeys];
        _pools = new HashSet<string>(request.Pools, StringComparer.Ordinal);
    }

    /// <summary>The leases to look at: few where the filter names peers or single addresses, however many there are.</summary>
    public IEnumerable<Lease> Candidates(LeaseBook book) =>
        _peers.Count > 0 ? _peers.SelectMany(book.LeasesOf)
        : _request.Addresses is [_, ..] addresses && addresses.All(range => range.First == range.Last) ? addresses.Select(range => range.First).Distinct().Select(book.Find).OfType<Lease>()
        : book.Leases;

    /// <summary>Whether a lease fits as far as it can be told without its pool.</summary>
    public bool Fits(Lease lease) =>
        (_peers.Count == 0 || _peers.Contains(lease.Peer))
        && (_request.Addresses.Count == 0 || _request.Addresses.Any(range => range.Contains(lease.Address)))
        && (_request.Family is not { } family || family == (lease.Address.IsIPv6 ? AddressFamilyName.IPv6 : AddressFamilyName.IPv4))
        && (_request.States.Count == 0 || _request.States.Contains(Answer.Of(lease.State)));

    /// <summary>Whether its pool fits.</summary>
    public bool Fits(Pool? pool) =>
        _pools.Count == 0 || (pool is not null && ((pool.Definition.Name is { } name && _pools.Contains(name)) || _pools.Contains(pool.Range.ToString())));

    /// <inheritdoc/>
    public override string ToString() => string.Join(" and ", _peers.Select(peer => peer.ToString()).Concat(_request.Addresses.Select(range => range.First == range.Last ? range.First.ToString() : range.ToString())));
}

/// <summary>What the lease book has, in the words of the control socket.</summary>
internal static class Answer
{
    /// <summary>A state.</summary>
    public static LeaseState Of(Leasing.LeaseState state) => state switch
    {
        Leasing.LeaseState.Active => LeaseState.Active,
        Leasing.LeaseState.Expired => LeaseState.Expired,
        Leasing.LeaseState.Released => LeaseState.Released,
        _ => LeaseState.Revoked,
    };

    /// <summary>What a lease's end is as an event.</summary>
    public static EventType EventOf(Leasing.LeaseState state) => state switch
    {
        Leasing.LeaseState.Expired => EventType.Expired,
        Leasing.LeaseState.Released => EventType.Released,
        _ => EventType.Revoked,
    };
}
