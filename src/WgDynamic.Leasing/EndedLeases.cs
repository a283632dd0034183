namespace WgDynamic.Leasing;

/// <summary>Leases that ended, in the order in which they did.</summary>
internal sealed class EndedLeases
{
    private readonly LinkedList<Lease> _leases = new();

    public Lease? Oldest => _leases.First?.Value;

    public IEnumerable<Lease> OldestFirst => _leases;

    public void Add(Lease lease) => lease.EndedNode = _leases.AddLast(lease);

    public void Remove(Lease lease)
    {
        _leases.Remove(lease.EndedNode!);
        lease.EndedNode = null;
    }
}
