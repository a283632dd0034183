using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace WgDynamic.Bench;

/// <summary>Peer number N: the same key and addresses wherever it is spoken of.</summary>
internal static class BenchPeer
{
    public static PublicKey Key(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return new PublicKey(SHA256.HashData(bytes));
    }

    /// <summary>Its link-local address: fe80::1:0:0 and up, which is one route.</summary>
    public static IpAddress LinkLocal(int number) =>
        new(AddressFamily.InterNetworkV6, ((UInt128)0xfe80 << 112) + ((UInt128)1 << 32) + (uint)number);

    /// <summary>The address that a filled database has for it, in 10.0.0.0/8.</summary>
    public static IpAddress Leased(int number) => new(AddressFamily.InterNetwork, (10u << 24) + 256 + (uint)number);

    /// <summary>The server's end of an interface.</summary>
    public static IPEndPoint Server(string interfaceName, int port) => new(IpAddress.Parse("fe80::").ToIPAddress(ScopeOf(interfaceName)), port);

    /// <summary>A peer's end of an interface.</summary>
    public static IPEndPoint Client(string interfaceName, int number, int port) =>
        new(LinkLocal(number).ToIPAddress(ScopeOf(interfaceName)), port);

    private static int ScopeOf(string interfaceName) =>
        _scopes.TryGetValue(interfaceName, out int scope) ? scope : throw new ArgumentException($"no interface {interfaceName}");

    private static readonly Dictionary<string, int> _scopes = NetworkInterface.GetAllNetworkInterfaces()
        .Where(link => link.Supports(NetworkInterfaceComponent.IPv6))
        .ToDictionary(link => link.Name, link => link.GetIPProperties().GetIPv6Properties().Index);
}
