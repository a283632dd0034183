using System.Net;

namespace WgDynamic.Netlink;

/// <summary>Where a peer's packets come from: an <see cref="IPEndPoint"/> as a value, for those who look at 100,000 peers again and again.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The UDP port.</param>
/// <param name="Scope">The interface of a link-local address; 0 for others.</param>
public readonly record struct PeerEndpoint(IpAddress Address, ushort Port, uint Scope = 0)
{
    /// <summary>The same as a value.</summary>
    /// <param name="endpoint">The endpoint.</param>
    public static PeerEndpoint From(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        IpAddress address = IpAddress.From(endpoint.Address);
        return new PeerEndpoint(address, (ushort)endpoint.Port, address.IsIPv6 ? (uint)endpoint.Address.ScopeId : 0);
    }

    /// <summary>The same for sockets.</summary>
    public IPEndPoint ToIPEndPoint() => new(Address.ToIPAddress(Scope), Port);

    /// <summary>As wg(8) writes it.</summary>
    public override string ToString() => ToIPEndPoint().ToString();
}
