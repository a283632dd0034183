using System.Runtime.CompilerServices;
using WgDynamic.TestKit;

namespace WgDynamic.Netlink.Tests;

/// <summary>The numbers and structures that are written down here are those of this machine's C headers.</summary>
public class HeaderTests
{
    private static readonly (string C, long Value)[] _expectations =
    [
        ("EPERM", Errno.EPERM), ("ENOENT", Errno.ENOENT), ("ESRCH", Errno.ESRCH), ("EINTR", Errno.EINTR), ("EIO", Errno.EIO),
        ("ENXIO", Errno.ENXIO), ("EAGAIN", Errno.EAGAIN), ("EACCES", Errno.EACCES), ("EBUSY", Errno.EBUSY), ("EEXIST", Errno.EEXIST),
        ("ENODEV", Errno.ENODEV), ("EINVAL", Errno.EINVAL), ("EPROTO", Errno.EPROTO), ("EBADMSG", Errno.EBADMSG),
        ("EMSGSIZE", Errno.EMSGSIZE), ("EOPNOTSUPP", Errno.EOPNOTSUPP), ("EADDRNOTAVAIL", Errno.EADDRNOTAVAIL),
        ("ENETUNREACH", Errno.ENETUNREACH), ("ENOBUFS", Errno.ENOBUFS), ("ECONNREFUSED", Errno.ECONNREFUSED), ("EHOSTUNREACH", Errno.EHOSTUNREACH),

        ("sizeof(struct sockaddr_nl)", Unsafe.SizeOf<sockaddr_nl>()), ("sizeof(struct nlmsghdr)", Unsafe.SizeOf<MessageHeader>()),
        ("sizeof(struct timespec)", Unsafe.SizeOf<NativeMethods.timespec>()), ("sizeof(struct rlimit)", Unsafe.SizeOf<NativeMethods.rlimit>()),
        ("CLOCK_BOOTTIME", NativeMethods.CLOCK_BOOTTIME), ("RLIMIT_NOFILE", NativeMethods.RLIMIT_NOFILE),
        ("SIGPIPE", NativeMethods.SIGPIPE), ("SIGTERM", NativeMethods.SIGTERM), ("(long)SIG_DFL", NativeMethods.SIG_DFL),

        ("NETLINK_ROUTE", (int)NetlinkProtocol.Route), ("NETLINK_GENERIC", (int)NetlinkProtocol.Generic),
        ("SOL_SOCKET", SocketOption.SocketLevel), ("SO_RCVBUFFORCE", SocketOption.ForceReceiveBuffer), ("SOL_NETLINK", SocketOption.Level),
        ("NETLINK_CAP_ACK", SocketOption.CapAcknowledgements), ("NETLINK_EXT_ACK", SocketOption.ExtendedAcknowledgements),
        ("NETLINK_GET_STRICT_CHK", SocketOption.StrictChecking),
        ("NLM_F_REQUEST", (int)MessageFlags.Request), ("NLM_F_MULTI", (int)MessageFlags.Multi), ("NLM_F_ACK", (int)MessageFlags.Acknowledge),
        ("NLM_F_DUMP_INTR", (int)MessageFlags.DumpInterrupted), ("NLM_F_DUMP", (int)MessageFlags.Dump), ("NLM_F_REPLACE", (int)MessageFlags.Replace),
        ("NLM_F_EXCL", (int)MessageFlags.Exclusive), ("NLM_F_CREATE", (int)MessageFlags.Create), ("NLM_F_CAPPED", 0x100), ("NLM_F_ACK_TLVS", 0x200),
        ("NLMSG_ERROR", ControlMessageType.Error), ("NLMSG_DONE", ControlMessageType.Done), ("NLMSG_MIN_TYPE", ControlMessageType.FirstOfFamilies),
        ("NLA_TYPE_MASK & 0xffff", NetlinkAttribute.TypeMask), ("NLA_F_NESTED", NetlinkAttribute.NestedFlag), ("NLA_HDRLEN", NetlinkAttribute.HeaderSize),

        ("RTM_NEWLINK", RouteMessageType.NewLink), ("RTM_DELLINK", RouteMessageType.DeleteLink), ("RTM_GETLINK", RouteMessageType.GetLink),
        ("RTM_NEWADDR", RouteMessageType.NewAddress), ("RTM_DELADDR", RouteMessageType.DeleteAddress), ("RTM_GETADDR", RouteMessageType.GetAddress),
        ("RTM_NEWROUTE", RouteMessageType.NewRoute), ("RTM_DELROUTE", RouteMessageType.DeleteRoute), ("RTM_GETROUTE", RouteMessageType.GetRoute),
        ("RTM_NEWRULE", RouteMessageType.NewRule), ("RTM_DELRULE", RouteMessageType.DeleteRule), ("RTM_GETRULE", RouteMessageType.GetRule),
        ("sizeof(struct fib_rule_hdr)", Unsafe.SizeOf<RuleMessage.Header>()), ("FRA_PRIORITY", (int)RuleMessage.Attribute.Priority),
        ("FRA_FWMARK", (int)RuleMessage.Attribute.Mark), ("FRA_SUPPRESS_PREFIXLEN", (int)RuleMessage.Attribute.SuppressPrefixLength),
        ("FRA_TABLE", (int)RuleMessage.Attribute.Table), ("FRA_FWMASK", (int)RuleMessage.Attribute.MarkMask), ("FRA_PAD", (int)RuleMessage.Attribute.Padding),
        ("FRA_PROTOCOL", (int)RuleMessage.Attribute.Protocol), ("FIB_RULE_PERMANENT", (uint)RuleMessage.Flags.Permanent), ("FIB_RULE_INVERT", (uint)RuleMessage.Flags.Invert),
        ("AF_INET", AddressFamilyNumber.IPv4), ("AF_INET6", AddressFamilyNumber.IPv6),
        ("sizeof(struct ifinfomsg)", Unsafe.SizeOf<LinkMessage.Header>()), ("IFLA_IFNAME", (int)LinkMessage.Attribute.Name),
        ("IFLA_MTU", (int)LinkMessage.Attribute.Mtu), ("IFLA_LINKINFO", (int)LinkMessage.Attribute.Info), ("IFLA_EXT_MASK", (int)LinkMessage.Attribute.ExtensionMask),
        ("IFLA_INFO_KIND", (int)LinkMessage.InfoAttribute.Kind), ("RTEXT_FILTER_SKIP_STATS", LinkMessage.SkipStatistics),
        ("IFF_UP", (uint)LinkMessage.Flags.Up), ("IFF_LOOPBACK", (uint)LinkMessage.Flags.Loopback), ("IFF_POINTOPOINT", (uint)LinkMessage.Flags.PointToPoint),
        ("sizeof(struct ifaddrmsg)", Unsafe.SizeOf<AddressMessage.Header>()), ("sizeof(struct ifa_cacheinfo)", Unsafe.SizeOf<AddressMessage.Lifetimes>()),
        ("IFA_ADDRESS", (int)AddressMessage.Attribute.Address), ("IFA_LOCAL", (int)AddressMessage.Attribute.Local),
        ("IFA_CACHEINFO", (int)AddressMessage.Attribute.CacheInfo), ("IFA_FLAGS", (int)AddressMessage.Attribute.Flags),
        ("IFA_F_SECONDARY", (int)AddressFlags.Secondary), ("IFA_F_NODAD", (int)AddressFlags.NoDuplicateDetection),
        ("IFA_F_DADFAILED", (int)AddressFlags.DuplicateDetected), ("IFA_F_DEPRECATED", (int)AddressFlags.Deprecated),
        ("IFA_F_TENTATIVE", (int)AddressFlags.Tentative), ("IFA_F_PERMANENT", (int)AddressFlags.Permanent), ("IFA_F_NOPREFIXROUTE", (int)AddressFlags.NoPrefixRoute),
        ("sizeof(struct rtmsg)", Unsafe.SizeOf<RouteMessage.Header>()), ("RTA_DST", (int)RouteMessage.Attribute.Destination),
        ("RTA_OIF", (int)RouteMessage.Attribute.OutputInterface), ("RTA_GATEWAY", (int)RouteMessage.Attribute.Gateway),
        ("RTA_PRIORITY", (int)RouteMessage.Attribute.Priority), ("RTA_PREFSRC", (int)RouteMessage.Attribute.PreferredSource),
        ("RTA_MULTIPATH", (int)RouteMessage.Attribute.Multipath), ("RTA_TABLE", (int)RouteMessage.Attribute.Table), ("RTA_VIA", (int)RouteMessage.Attribute.Via),
        ("RT_TABLE_MAIN", Route.MainTable), ("RT_SCOPE_SITE", (int)RouteScope.Site), ("RT_SCOPE_LINK", (int)RouteScope.Link),
        ("RT_SCOPE_HOST", (int)RouteScope.Host), ("RT_SCOPE_NOWHERE", (int)RouteScope.Nowhere),
        ("RTN_UNICAST", (int)RouteType.Unicast), ("RTN_LOCAL", (int)RouteType.Local), ("RTN_BROADCAST", (int)RouteType.Broadcast),
        ("RTN_ANYCAST", (int)RouteType.Anycast), ("RTN_MULTICAST", (int)RouteType.Multicast), ("RTN_BLACKHOLE", (int)RouteType.Blackhole),
        ("RTN_UNREACHABLE", (int)RouteType.Unreachable), ("RTN_PROHIBIT", (int)RouteType.Prohibit), ("RTN_THROW", (int)RouteType.Throw),

        ("sizeof(struct genlmsghdr)", Unsafe.SizeOf<GenericNetlink.Header>()), ("CTRL_ATTR_FAMILY_ID", (int)GenericNetlink.ControllerAttribute.FamilyId),
        ("CTRL_ATTR_FAMILY_NAME", (int)GenericNetlink.ControllerAttribute.FamilyName),
        ("WG_CMD_GET_DEVICE", (int)WireGuardCommand.GetDevice), ("WG_CMD_SET_DEVICE", (int)WireGuardCommand.SetDevice),
        ("WGDEVICE_A_IFNAME", (int)DeviceAttribute.InterfaceName), ("WGDEVICE_A_PUBLIC_KEY", (int)DeviceAttribute.PublicKey),
        ("WGDEVICE_A_LISTEN_PORT", (int)DeviceAttribute.ListenPort), ("WGDEVICE_A_FWMARK", (int)DeviceAttribute.FirewallMark), ("WGDEVICE_A_PEERS", (int)DeviceAttribute.Peers),
        ("WGPEER_A_PUBLIC_KEY", (int)PeerAttribute.PublicKey), ("WGPEER_A_FLAGS", (int)PeerAttribute.Flags), ("WGPEER_A_ENDPOINT", (int)PeerAttribute.Endpoint),
        ("WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL", (int)PeerAttribute.PersistentKeepalive), ("WGPEER_A_LAST_HANDSHAKE_TIME", (int)PeerAttribute.LastHandshake),
        ("WGPEER_A_RX_BYTES", (int)PeerAttribute.ReceivedBytes), ("WGPEER_A_TX_BYTES", (int)PeerAttribute.SentBytes), ("WGPEER_A_ALLOWEDIPS", (int)PeerAttribute.AllowedIPs),
        ("WGPEER_F_REMOVE_ME", (uint)PeerFlags.Remove), ("WGPEER_F_UPDATE_ONLY", (uint)PeerFlags.UpdateOnly),
        ("WGALLOWEDIP_A_FAMILY", (int)AllowedIPAttribute.Family), ("WGALLOWEDIP_A_IPADDR", (int)AllowedIPAttribute.Address),
        ("WGALLOWEDIP_A_CIDR_MASK", (int)AllowedIPAttribute.PrefixLength),
        // WGALLOWEDIP_A_FLAGS, which headers before Linux 6.16 do not have.
        ("WGALLOWEDIP_A_CIDR_MASK + 1", (int)AllowedIPAttribute.Flags),
    ];

    [Fact]
    public async Task Numbers_and_sizes_are_those_of_the_C_headers()
    {
        Assert.SkipUnless(Command.Exists("gcc") && File.Exists("/usr/include/linux/wireguard.h"), "needs gcc and the kernel's headers (linux-libc-dev)");
        IEnumerable<string> asserts = _expectations.Select(one => $"_Static_assert(({one.C}) == {one.Value}L, \"{one.C} is not {one.Value}\");");
        string[] source =
        [
            "#define _GNU_SOURCE", "#include <errno.h>", "#include <net/if.h>", "#include <signal.h>", "#include <sys/resource.h>", "#include <sys/socket.h>", "#include <time.h>",
            "#include <linux/genetlink.h>", "#include <linux/fib_rules.h>", "#include <linux/if_addr.h>", "#include <linux/netlink.h>", "#include <linux/rtnetlink.h>", "#include <linux/wireguard.h>",
            .. asserts,
        ];
        string path = Path.Combine(Path.GetTempPath(), RandomName.Next("wgd-headers-") + ".c");
        try
        {
            await File.WriteAllLinesAsync(path, source, Some.Token);
            await Command.RunAsync("gcc", "-fsyntax-only", path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
