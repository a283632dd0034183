namespace WgDynamic.Leasing;

/// <summary>What leases and reservations take of the pools of an <see cref="AddressSpace"/>, and where ended leases wait for somebody to need their addresses.</summary>
/// <remarks>The counts of each pool are kept as things happen, so that asking for them costs nothing however large it is.</remarks>
internal sealed class PoolOccupancy
{
    // Leases that ran out while the server was down, or seemed to: they are kept for their peers for one lease time.
    private readonly EndedLeases _heldBack = new();

    private AddressSpace _space = new(LeasePlan.Empty);

    /// <summary>Ended leases whose addresses are in no pool, or reserved.</summary>
    public EndedLeases EndedElsewhere { get; } = new();

    /// <summary>Begins anew with other pools.</summary>
    /// <param name="space">What there is to lease.</param>
    /// <param name="leases">All leases, active and ended.</param>
    public void Begin(AddressSpace space, IReadOnlyCollection<Lease> leases)
    {
        Lease[] ended = [.. leases.Where(lease => lease is { IsActive: false, IsHeldBack: false }).OrderBy(lease => lease.Expiry)];
        foreach (Lease lease in ended)
            lease.EndedIn?.Remove(lease);
        _space = space;
        foreach (Lease lease in leases)
        {
            Take(lease.Address);
            if (lease.IsActive)
                Began(lease.Address);
        }

        foreach (Reservation reservation in space.Reservations)
        {
            Take(reservation.Address);
            // Those that are leased have been counted above.
            if (space.TryFindPool(reservation.Address, out Pool? pool, out _))
                pool.Reserved++;
        }

        foreach (Lease lease in ended)
            Ended(lease);
    }

    /// <summary>An address is nobody's to get any more, if it was.</summary>
    public void Take(IpAddress address)
    {
        if (_space.TryFindPool(address, out Pool? pool, out UInt128 number))
            _ = pool.Free.TryTake(number);
    }

    /// <summary>An address has no lease any more, not even one that is remembered.</summary>
    public void Return(IpAddress address)
    {
        if (_space.TryFindPool(address, out Pool? pool, out UInt128 number) && !_space.TryGetReservation(address, out _) && !pool.Free.IsFree(number))
            pool.Free.Return(number);
    }

    /// <summary>A lease has begun.</summary>
    public void Began(IpAddress address) => Count(address, 1);

    /// <summary>A lease is active no more.</summary>
    public void NoMore(IpAddress address) => Count(address, -1);

    /// <summary>Puts a lease that is not active where ended ones wait.</summary>
    public void Ended(Lease lease) => ListOf(lease).Add(lease);

    /// <summary>Leases that were held back are as all others that ended.</summary>
    public void HoldBackNoMore()
    {
        while (_heldBack.Oldest is { } lease)
        {
            _heldBack.Remove(lease);
            lease.IsHeldBack = false;
            Ended(lease);
        }
    }

    /// <summary>An address is reserved from now on.</summary>
    /// <param name="address">The address.</param>
    /// <param name="lease">Its lease, active or ended, if there is one.</param>
    public void Reserved(IpAddress address, Lease? lease)
    {
        Take(address);
        if (lease is not { IsActive: true } && _space.TryFindPool(address, out Pool? pool, out _))
            pool.Reserved++;
        MoveIfEnded(lease);
    }

    /// <summary>An address is reserved no more.</summary>
    /// <inheritdoc cref="Reserved"/>
    public void Unreserved(IpAddress address, Lease? lease)
    {
        if (lease is not { IsActive: true } && _space.TryFindPool(address, out Pool? pool, out _))
            pool.Reserved--;
        if (lease is null)
            Return(address);
        MoveIfEnded(lease);
    }

    private void Count(IpAddress address, int change)
    {
        if (!_space.TryFindPool(address, out Pool? pool, out _))
            return;
        pool.InUse += change;
        if (_space.TryGetReservation(address, out _))
            pool.Reserved -= change;
    }

    private void MoveIfEnded(Lease? lease)
    {
        if (lease is not { IsActive: false, EndedIn: { } list })
            return;
        list.Remove(lease);
        Ended(lease);
    }

    private EndedLeases ListOf(Lease lease) =>
        lease.IsHeldBack ? _heldBack
            : _space.TryFindPool(lease.Address, out Pool? pool, out _) && !_space.TryGetReservation(lease.Address, out _) ? pool.Ended
            : EndedElsewhere;
}
