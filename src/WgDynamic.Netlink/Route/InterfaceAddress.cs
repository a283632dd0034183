namespace WgDynamic.Netlink;

/// <summary>An address of an interface.</summary>
public sealed record InterfaceAddress
{
    /// <summary>The interface it belongs to.</summary>
    public required int InterfaceIndex { get; init; }

    /// <summary>The machine's own address.</summary>
    public required IpAddress Address { get; init; }

    /// <summary>The length of the prefix that is on the link, in bits; 32 or 128 when only the address itself is.</summary>
    public required int PrefixLength { get; init; }

    /// <summary>How long the kernel keeps the address, counted from when it was set or read; null is for ever. Whole seconds: fractions are cut, but what is above zero is one second at least.</summary>
    public TimeSpan? ValidLifetime { get; init; }

    /// <summary>How long new connections may choose the address; null is for ever; never longer than <see cref="ValidLifetime"/>.</summary>
    public TimeSpan? PreferredLifetime { get; init; }

    /// <summary>The address of the other end of a point-to-point link, if one was given.</summary>
    public IpAddress? Peer { get; init; }

    /// <summary>How far the address reaches. For IPv6 the kernel finds this out itself.</summary>
    public RouteScope Scope { get; init; }

    /// <summary>What the kernel says of the address; when one is added, what it is told.</summary>
    public AddressFlags Flags { get; init; }
}
