using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>
/// struct sockaddr_in and sockaddr_in6, linux/in.h and linux/in6.h: family, port in network order, then the
/// address and eight spare bytes, or flow label, address and scope.
/// </summary>
internal static class SocketAddress
{
    public const int MaxSize = IPv6Size;

    private const int IPv4Size = 16;
    private const int IPv6Size = 28;

    /// <summary>Reads an endpoint.</summary>
    /// <returns>The endpoint, or null when it is of a family that is neither IPv4 nor IPv6.</returns>
    public static PeerEndpoint? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4)
            return null;
        ushort family = MemoryMarshal.Read<ushort>(bytes);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return (family, bytes.Length) switch
        {
            (AddressFamilyNumber.IPv4, IPv4Size) => new PeerEndpoint(new IpAddress(bytes[4..8]), port),
            (AddressFamilyNumber.IPv6, IPv6Size) => new PeerEndpoint(new IpAddress(bytes[8..24]), port, MemoryMarshal.Read<uint>(bytes[24..])),
            _ => null,
        };
    }

    /// <summary>Writes an endpoint.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="destination">At least <see cref="MaxSize"/> bytes.</param>
    /// <returns>How many bytes it takes.</returns>
    public static int Write(IPEndPoint endpoint, Span<byte> destination)
    {
        IpAddress address = IpAddress.From(endpoint.Address);
        destination[..MaxSize].Clear();
        MemoryMarshal.Write(destination, (ushort)AddressFamilyNumber.Of(address));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)endpoint.Port);
        _ = address.CopyTo(destination[(address.IsIPv6 ? 8 : 4)..]);
        if (address.IsIPv6)
            MemoryMarshal.Write(destination[24..], (uint)endpoint.Address.ScopeId);
        return address.IsIPv6 ? IPv6Size : IPv4Size;
    }
}
