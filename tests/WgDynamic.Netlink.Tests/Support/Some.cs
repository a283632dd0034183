using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace WgDynamic.Netlink.Tests;

/// <summary>Values by number, each different from the others.</summary>
internal static class Some
{
    // What takes so long waits for something that will not come.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    private static readonly ConditionalWeakTable<object, CancellationTokenSource> _deadlines = [];

    /// <summary>Cancelled when the test is, and when it hangs.</summary>
    public static CancellationToken Token => _deadlines.GetValue((object?)TestContext.Current.Test ?? _deadlines, static _ =>
    {
        CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(_patience);
        return deadline;
    }).Token;

    public static PublicKey Key(int number) => new(SHA256.HashData(BitConverter.GetBytes(number)));

    /// <summary>10.x.x.x/32</summary>
    public static IpPrefix Leased(int number) => IpPrefix.Host(new IpAddress(AddressFamily.InterNetwork, (UInt128)(0x0a00_0000u + (uint)number)));

    /// <summary>2001:db8:x:x::/64</summary>
    public static IpPrefix Routed(int number) =>
        IpPrefix.Containing(new IpAddress(AddressFamily.InterNetworkV6, new UInt128(0x2001_0db8_0000_0000 + (ulong)number, 0)), 64);
}
