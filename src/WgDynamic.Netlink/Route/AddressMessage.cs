using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>Interface addresses as the kernel writes and reads them.</summary>
internal static class AddressMessage
{
    /// <summary>IFA_*, linux/if_addr.h.</summary>
    internal enum Attribute : ushort
    {
        Address = 1,
        Local = 2,
        CacheInfo = 6,
        Flags = 8,
    }

    /// <summary>struct ifaddrmsg, linux/if_addr.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Header
    {
        public byte Family;
        public byte PrefixLength;
        public byte Flags;
        public byte Scope;
        public int InterfaceIndex;
    }

    /// <summary>struct ifa_cacheinfo, linux/if_addr.h: seconds, and two times that are the kernel's business.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Lifetimes
    {
        /// <summary>INFINITY_LIFE_TIME, net/addrconf.h.</summary>
        private const uint Forever = uint.MaxValue;

        public uint Preferred;
        public uint Valid;
        public uint Created;
        public uint Updated;

        public static TimeSpan? FromKernel(uint seconds) => seconds == Forever ? null : TimeSpan.FromSeconds((long)seconds);

        public static uint ToKernel(TimeSpan? time) => time switch
        {
            null => Forever,
            { Ticks: <= 0 } => 0,
            // Zero would be refused, and what is left of a second is not yet over.
            { } some => (uint)double.Clamp(some.TotalSeconds, 1, Forever - 1),
        };
    }

    /// <summary>Reads an address.</summary>
    /// <returns>The address, or null when it is of a family that is neither IPv4 nor IPv6.</returns>
    /// <exception cref="NetlinkException">The message cannot be read.</exception>
    public static InterfaceAddress? Read(NetlinkMessage message)
    {
        Header header = message.FamilyHeader<Header>();
        if (!AddressFamilyNumber.IsInternet(header.Family))
            return null;

        IpAddress? address = null, local = null;
        uint flags = header.Flags;
        Lifetimes lifetimes = new() { Preferred = uint.MaxValue, Valid = uint.MaxValue };
        foreach (NetlinkAttribute attribute in message.Attributes(Unsafe.SizeOf<Header>()))
        {
            switch (attribute.TypeAs<Attribute>())
            {
                case Attribute.Address:
                    address = attribute.AsAddress();
                    break;
                case Attribute.Local:
                    local = attribute.AsAddress();
                    break;
                case Attribute.CacheInfo:
                    lifetimes = attribute.As<Lifetimes>();
                    break;
                case Attribute.Flags:
                    flags = attribute.AsUInt32();
                    break;
            }
        }

        // "Address" is the prefix or, on a point-to-point link, the other end (linux/if_addr.h); IPv6 leaves "local" out where they are the same.
        IpAddress own = local ?? address ?? throw NetlinkException.Malformed("an address message without an address");
        if (header.PrefixLength > own.BitLength)
            NetlinkException.ThrowMalformed($"prefix length {header.PrefixLength} of {own}");
        return new InterfaceAddress
        {
            InterfaceIndex = header.InterfaceIndex,
            Address = own,
            PrefixLength = header.PrefixLength,
            ValidLifetime = Lifetimes.FromKernel(lifetimes.Valid),
            PreferredLifetime = Lifetimes.FromKernel(lifetimes.Preferred),
            Peer = address is { } other && other != own ? other : null,
            Scope = (RouteScope)header.Scope,
            Flags = (AddressFlags)flags,
        };
    }

    /// <summary>Asks for the addresses of one interface, or of all when <paramref name="interfaceIndex"/> is 0.</summary>
    public static NetlinkRequest GetAll(int interfaceIndex)
    {
        NetlinkRequest request = new(
            interfaceIndex == 0 ? "list addresses" : $"list addresses of interface {interfaceIndex}",
            RouteMessageType.GetAddress,
            MessageFlags.Dump);
        request.WriteHeader(new Header { InterfaceIndex = interfaceIndex });
        return request;
    }

    /// <summary>Adds an address; <paramref name="how"/> says what if it is there.</summary>
    public static NetlinkRequest Add(InterfaceAddress address, MessageFlags how)
    {
        NetlinkRequest request = new(
            $"add address {address.Address}/{address.PrefixLength} to interface {address.InterfaceIndex}",
            RouteMessageType.NewAddress,
            MessageFlags.Create | how);
        WriteIdentity(request, address.InterfaceIndex, address.Address, address.PrefixLength, address.Scope, address.Peer);
        request.Write(Attribute.CacheInfo, AsBytes(new Lifetimes
        {
            Preferred = Lifetimes.ToKernel(address.PreferredLifetime),
            Valid = Lifetimes.ToKernel(address.ValidLifetime),
        }));
        // A tunnel has no neighbours to ask, and an address that is tentative for a second cannot be bound.
        request.Write(Attribute.Flags, (uint)(address.Address.IsIPv6 ? address.Flags | AddressFlags.NoDuplicateDetection : address.Flags));
        return request;
    }

    /// <summary>Removes an address.</summary>
    public static NetlinkRequest Delete(int interfaceIndex, IpAddress address, int prefixLength)
    {
        NetlinkRequest request = new(
            $"remove address {address}/{prefixLength} from interface {interfaceIndex}",
            RouteMessageType.DeleteAddress);
        WriteIdentity(request, interfaceIndex, address, prefixLength, RouteScope.Universe, peer: null);
        return request;
    }

    private static void WriteIdentity(NetlinkRequest request, int interfaceIndex, IpAddress address, int prefixLength, RouteScope scope, IpAddress? peer)
    {
        request.WriteHeader(new Header
        {
            Family = AddressFamilyNumber.Of(address),
            PrefixLength = (byte)prefixLength,
            Scope = (byte)scope,
            InterfaceIndex = interfaceIndex,
        });
        request.Write(Attribute.Local, address);
        request.Write(Attribute.Address, peer ?? address);
    }

    private static ReadOnlySpan<byte> AsBytes(in Lifetimes lifetimes) => MemoryMarshal.AsBytes(new ReadOnlySpan<Lifetimes>(in lifetimes));
}
