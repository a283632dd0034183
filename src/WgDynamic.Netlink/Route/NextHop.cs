namespace WgDynamic.Netlink;

/// <summary>One way of a route over several.</summary>
/// <param name="InterfaceIndex">The interface.</param>
/// <param name="Gateway">The next router, if there is one.</param>
/// <param name="Weight">Its share of the traffic, 1 to 256, relative to the others'.</param>
public sealed record NextHop(int InterfaceIndex, IpAddress? Gateway, int Weight);
