using System.Net.Sockets;
using System.Security.Cryptography;

namespace WgDynamic.Netlink.Tests;

/// <summary>Values by number, each different from the others.</summary>
internal static class Some
{
    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static PublicKey Key(int number) => new(SHA256.HashData(BitConverter.GetBytes(number)));

    /// <summary>10.x.x.x/32</summary>
    public static IpPrefix Leased(int number) => IpPrefix.Host(new IpAddress(AddressFamily.InterNetwork, (UInt128)(0x0a00_0000u + (uint)number)));

    /// <summary>2001:db8:x:x::/64</summary>
    public static IpPrefix Routed(int number) =>
        IpPrefix.Containing(new IpAddress(AddressFamily.InterNetworkV6, new UInt128(0x2001_0db8_0000_0000 + (ulong)number, 0)), 64);
}
