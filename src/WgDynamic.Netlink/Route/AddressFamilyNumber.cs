using System.Net.Sockets;

namespace WgDynamic.Netlink;

/// <summary>
/// AF_*, linux/socket.h. The numbers of <see cref="AddressFamily"/> are those of Windows, and AF_INET6 differs.
/// </summary>
internal static class AddressFamilyNumber
{
    public const byte Unspecified = 0;
    public const byte IPv4 = 2;
    public const byte IPv6 = 10;

    /// <summary>Those that are asked for one after the other: "unspecified" would bring more than these.</summary>
    public static readonly byte[] Both = [IPv4, IPv6];

    public static byte Of(IpAddress address) => address.IsIPv6 ? IPv6 : IPv4;

    public static bool IsInternet(int family) => family is IPv4 or IPv6;

    /// <summary><c>0.0.0.0</c> or <c>::</c>.</summary>
    public static IpAddress AnyAddress(int family) =>
        new(family == IPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, 0);
}
