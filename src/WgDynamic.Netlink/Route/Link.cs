namespace WgDynamic.Netlink;

/// <summary>A network interface.</summary>
/// <param name="Index">The number that the kernel knows it by; positive.</param>
/// <param name="Name">Its name; the default value when the kernel's name for it is none that this project takes.</param>
/// <param name="IsUp">Whether it was set up (IFF_UP).</param>
/// <param name="Mtu">The largest packet, in bytes.</param>
/// <param name="Kind">What kind of virtual interface it is (IFLA_INFO_KIND): <c>wireguard</c>, <c>tun</c>, <c>veth</c>; null for hardware and loopback.</param>
/// <param name="IsLoopback">Whether it is a loopback interface (IFF_LOOPBACK).</param>
/// <param name="IsPointToPoint">Whether there is one other end and no neighbour discovery (IFF_POINTOPOINT), as with WireGuard.</param>
public sealed record Link(int Index, InterfaceName Name, bool IsUp, int Mtu, string? Kind, bool IsLoopback = false, bool IsPointToPoint = false);
