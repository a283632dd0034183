namespace WgDynamic.Leasing;

/// <summary>Addresses that are not to be leased.</summary>
/// <param name="Prefix">The addresses.</param>
/// <param name="Owner">
/// The peer to which the operator gave them by hand, in AllowedIPs; null for the server's own and for those
/// excluded outright. A single address may be leased to its owner, which then keeps it after the lease.
/// </param>
public readonly record struct Exclusion(IpPrefix Prefix, PublicKey? Owner)
{
    /// <summary>
    /// Whether it takes anything from a pool. A peer's prefix that is wider than the pool does not: it is a default
    /// route, or the site that the pool was cut from, and WireGuard prefers the longer prefix. A peer that has the
    /// very range of the pool has all of it.
    /// </summary>
    /// <param name="pool">The range of the pool.</param>
    public bool AppliesTo(IpRange pool) => Owner is null ? pool.Overlaps(Range) : pool.Contains(Range);

    /// <summary>The addresses as a range.</summary>
    public IpRange Range => IpRange.FromPrefix(Prefix);
}
