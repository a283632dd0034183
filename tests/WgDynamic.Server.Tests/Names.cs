using System.Net.Sockets;
using WgDynamic.Protocol;

namespace WgDynamic.Server.Tests;

/// <summary>Peers by number: number 7 has a key that begins with 7 and the link-local address <c>fe80::7</c>.</summary>
internal static class Names
{
    public static readonly InterfaceName Interface = InterfaceName.Parse("wg0");

    /// <summary>How long a test waits for something that must happen: only a failing one takes so long.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static PublicKey Key(int peer)
    {
        byte[] bytes = new byte[PublicKey.ByteLength];
        _ = BitConverter.TryWriteBytes(bytes, peer);
        return new PublicKey(bytes);
    }

    public static IpAddress Id(int peer) => new(AddressFamily.InterNetworkV6, WireLimits.ServerAddress.Bits + (uint)peer);

    public static IpAddress Ip(string text) => IpAddress.Parse(text);

    public static IpPrefix Prefix(string text) => IpPrefix.Parse(text);
}
