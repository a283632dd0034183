namespace WgDynamic.Netlink;

/// <summary>How far an address or route reaches: RT_SCOPE_*, linux/rtnetlink.h. Other values up to 255 are possible.</summary>
public enum RouteScope
{
    /// <summary>Anywhere.</summary>
    Universe = 0,

    /// <summary>Within the site.</summary>
    Site = 200,

    /// <summary>On the link.</summary>
    Link = 253,

    /// <summary>Within this machine.</summary>
    Host = 254,

    /// <summary>Nowhere.</summary>
    Nowhere = 255,
}
