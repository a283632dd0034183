namespace WgDynamic.Netlink;

/// <summary>NETLINK_*, linux/netlink.h.</summary>
internal enum NetlinkProtocol
{
    Route = 0,
    Generic = 16,
}
