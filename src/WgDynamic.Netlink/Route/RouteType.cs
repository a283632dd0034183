namespace WgDynamic.Netlink;

/// <summary>What a route does with a packet: RTN_*, linux/rtnetlink.h. Other values are possible.</summary>
public enum RouteType
{
    /// <summary>Not said.</summary>
    Unspecified = 0,

    /// <summary>Sends it on.</summary>
    Unicast = 1,

    /// <summary>Takes it: the destination is this machine.</summary>
    Local = 2,

    /// <summary>Takes it and sends it as a broadcast.</summary>
    Broadcast = 3,

    /// <summary>Takes it; a local address that others have too.</summary>
    Anycast = 4,

    /// <summary>Sends it as a multicast.</summary>
    Multicast = 5,

    /// <summary>Drops it silently.</summary>
    Blackhole = 6,

    /// <summary>Drops it and says that the destination cannot be reached.</summary>
    Unreachable = 7,

    /// <summary>Drops it and says that this is forbidden.</summary>
    Prohibit = 8,

    /// <summary>Looks no further in this table.</summary>
    Throw = 9,
}
