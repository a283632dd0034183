namespace WgDynamic.Leasing;

/// <summary>What one peer has and had: a chain for each family, the latest lease first, of which only that one can be active.</summary>
internal sealed class PeerLeases(PublicKey peer)
{
    private Lease? _latest4;
    private Lease? _latest6;

    // When the next new address would be due if each came at the permitted pace: the generic cell rate algorithm.
    private TimeSpan _paidUntil = TimeSpan.MinValue;

    public PublicKey Peer => peer;

    public bool IsEmpty => _latest4 is null && _latest6 is null;

    /// <summary>The latest lease of a family, active or ended.</summary>
    public Lease? Latest(bool isIPv6) => isIPv6 ? _latest6 : _latest4;

    /// <summary>The active lease of a family.</summary>
    public Lease? Active(bool isIPv6) => Latest(isIPv6) is { IsActive: true } lease ? lease : null;

    /// <summary>All of them, the latest first within a family.</summary>
    public IEnumerable<Lease> All
    {
        get
        {
            for (Lease? lease = _latest4; lease is not null; lease = lease.Earlier)
                yield return lease;
            for (Lease? lease = _latest6; lease is not null; lease = lease.Earlier)
                yield return lease;
        }
    }

    /// <summary>Puts a lease in front.</summary>
    public void Add(Lease lease)
    {
        lease.Earlier = Latest(lease.Address.IsIPv6);
        SetLatest(lease.Address.IsIPv6, lease);
    }

    public void Remove(Lease lease)
    {
        bool isIPv6 = lease.Address.IsIPv6;
        Lease? later = Latest(isIPv6);
        if (later == lease)
        {
            SetLatest(isIPv6, lease.Earlier);
        }
        else
        {
            while (later!.Earlier != lease)
                later = later.Earlier;
            later.Earlier = lease.Earlier;
        }

        lease.Earlier = null;
    }

    /// <summary>The first lease of a family that is one too many.</summary>
    /// <param name="isIPv6">Which family.</param>
    /// <param name="most">How many a peer may have, ended ones included; 1 at least.</param>
    public Lease? Surplus(bool isIPv6, int most)
    {
        Lease? lease = Latest(isIPv6);
        while (lease is not null && most-- > 0)
            lease = lease.Earlier;
        return lease;
    }

    /// <summary>Notes a new address, if the peer may have another one yet.</summary>
    /// <param name="now">Time since boot.</param>
    /// <param name="interval">One new address in this time, on average.</param>
    /// <param name="burst">How many in a row.</param>
    public bool TryPay(TimeSpan now, TimeSpan interval, int burst)
    {
        TimeSpan paid = _paidUntil > now ? _paidUntil : now;
        if (paid - now > interval * (burst - 1))
            return false;
        _paidUntil = paid + interval;
        return true;
    }

    private void SetLatest(bool isIPv6, Lease? lease)
    {
        if (isIPv6)
            _latest6 = lease;
        else
            _latest4 = lease;
    }
}
