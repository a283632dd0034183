using WgDynamic.Protocol;

namespace WgDynamic.Client;

/// <summary>An address on the interface that is this client's doing.</summary>
/// <param name="Address">The address.</param>
/// <param name="Since">When the client got it, in time since boot; null for what an earlier client has left.</param>
internal readonly record struct HeldAddress(IpAddress Address, TimeSpan? Since);

/// <summary>What a client has, one address of each family, and what it asks for next: what it has or had, until the server says that it is not to be had.</summary>
internal sealed class HeldAddresses
{
    private HeldAddress? _four;
    private HeldAddress? _six;

    /// <summary>The IPv4 address to ask for.</summary>
    public IpAddress Wanted4 { get; private set; } = Request.AnyIPv4;

    /// <summary>The IPv6 address to ask for.</summary>
    public IpAddress Wanted6 { get; private set; } = Request.AnyIPv6;

    /// <summary>Whether there is one.</summary>
    public bool Any => _four is not null || _six is not null;

    /// <summary>The family that is missing, for people; null if there is one of each.</summary>
    public string? MissingFamily => _four is null ? "IPv4" : _six is null ? "IPv6" : null;

    /// <summary>All of them.</summary>
    public IEnumerable<HeldAddress> All => new[] { _four, _six }.OfType<HeldAddress>();

    /// <summary>All of them, without when they came.</summary>
    public IEnumerable<IpAddress> Addresses => All.Select(held => held.Address);

    /// <summary>Puts what was granted of a family in the place of what there was.</summary>
    /// <param name="isIPv6">The family.</param>
    /// <param name="granted">The address; null for none.</param>
    /// <param name="now">When, in time since boot; null if that is not known.</param>
    /// <returns>What it replaces; null for nothing, or for the same.</returns>
    public IpAddress? Replace(bool isIPv6, IpAddress? granted, TimeSpan? now)
    {
        HeldAddress? before = isIPv6 ? _six : _four;
        HeldAddress? after = granted is not { } address ? null : before?.Address == address ? before : new HeldAddress(address, now);
        if (isIPv6)
            (_six, Wanted6) = (after, granted ?? Wanted6);
        else
            (_four, Wanted4) = (after, granted ?? Wanted4);
        return before?.Address == granted ? null : before?.Address;
    }

    /// <summary>Asks for this one next, whatever there is.</summary>
    public void Wish(IpAddress address)
    {
        if (address.IsIPv6)
            Wanted6 = address;
        else
            Wanted4 = address;
    }

    /// <summary>They are gone. The wish remains.</summary>
    public void Clear() => _four = _six = null;

    /// <summary>Gives up wishes for certain addresses that the server did not grant: any other will do.</summary>
    /// <returns>Whether there were such.</returns>
    public bool Forgo(Reply reply)
    {
        bool four = !Wanted4.IsUnspecified && reply.IPv4 is null, six = !Wanted6.IsUnspecified && reply.IPv6 is null;
        if (four)
            Wanted4 = Request.AnyIPv4;
        if (six)
            Wanted6 = Request.AnyIPv6;
        return four || six;
    }
}
