namespace WgDynamic.Netlink;

/// <summary>Marks of an interface's address: IFA_F_*, linux/if_addr.h. Other bits may be set too.</summary>
[Flags]
public enum AddressFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>IPv4: not the first address of its prefix. IPv6: a temporary one (RFC 8981).</summary>
    Secondary = 0x01,

    /// <summary>Usable at once, without duplicate address detection.</summary>
    NoDuplicateDetection = 0x02,

    /// <summary>Another machine has this address: it is not used.</summary>
    DuplicateDetected = 0x08,

    /// <summary>Its preferred lifetime has passed.</summary>
    Deprecated = 0x20,

    /// <summary>Not usable yet: duplicate address detection goes on.</summary>
    Tentative = 0x40,

    /// <summary>Without lifetimes.</summary>
    Permanent = 0x80,

    /// <summary>No route to the prefix comes and goes with the address.</summary>
    NoPrefixRoute = 0x200,
}
