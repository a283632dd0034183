namespace WgDynamic.Netlink;

/// <summary>What is wrong with an interface.</summary>
/// <param name="Message">What.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record InterfaceProblem(string Message, string Remedy)
{
    /// <summary>Both on one line.</summary>
    public override string ToString() => $"{Message}; {Remedy}";
}

/// <summary>What an interface must be like for the daemons; they refuse to start where it is not, and <c>wg-dynamic check</c> says why.</summary>
public static class InterfaceNeeds
{
    private const int ServerPrefixLength = 64;

    /// <summary>Where the server is, inside the tunnel: docs/protocol.md.</summary>
    public static readonly IpAddress ServerAddress = IpAddress.Parse("fe80::");

    /// <summary>The same as what a client's AllowedIPs must contain.</summary>
    public static readonly IpPrefix ServerPrefix = IpPrefix.Host(ServerAddress);

    /// <summary>The interface is not there.</summary>
    public static InterfaceProblem Missing(InterfaceName name) => new($"there is no interface {name}", $"create it first, for instance with: wg-quick up {name}");

    /// <summary>The one address of a client's interface by which the server can know it.</summary>
    /// <param name="name">The interface.</param>
    /// <param name="addresses">Its addresses.</param>
    /// <param name="own">The address; meaningless if there is a problem.</param>
    /// <returns>The problem if there is none, or more than one; else null.</returns>
    public static InterfaceProblem? FindOwnAddress(InterfaceName name, IEnumerable<InterfaceAddress> addresses, out IpAddress own)
    {
        IpAddress[] candidates = [.. addresses.Where(address => address is { PrefixLength: 128, Address: { IsIPv6: true, IsLinkLocal: true } }).Select(address => address.Address)];
        own = candidates.Length > 0 ? candidates[0] : default;
        return candidates switch
        {
            [var only] when only == ServerAddress => new InterfaceProblem(
                $"{name} has {only}/128, which is the server's address",
                $"give it one of its own, such as: ip address add fe80::{Suggestion(name)}/128 dev {name}"),
            [_] => null,
            [] => new InterfaceProblem(
                $"{name} has no link-local address with prefix length 128, by which the server would know it",
                $"add the one that its peer on the server has in AllowedIPs, such as: ip address add fe80::{Suggestion(name)}/128 dev {name}"),
            _ => new InterfaceProblem(
                $"{name} has {candidates.Length} link-local addresses with prefix length 128 ({string.Join(", ", candidates)}), and only one can be the one that the server knows",
                "remove the others"),
        };
    }

    /// <summary>The peer of a client's interface that the server's address leads to.</summary>
    /// <param name="device">The interface.</param>
    /// <param name="server">The peer; null if there is none.</param>
    /// <returns>The problem if there is none; else null.</returns>
    public static InterfaceProblem? FindServer(WireGuardDevice device, out WireGuardPeer? server)
    {
        // Of several that contain it, WireGuard sends to the longest.
        server = null;
        int longest = -1;
        foreach (WireGuardPeer peer in device.Peers)
        {
            foreach (IpPrefix prefix in peer.AllowedIPs)
            {
                if (prefix.Contains(ServerPrefix) && prefix.Length > longest)
                    (server, longest) = (peer, prefix.Length);
            }
        }

        return server is not null ? null : new InterfaceProblem(
            $"no peer of {device.Name} has {ServerPrefix} in its AllowedIPs, so there is no server to ask",
            $"add it to the server's peer: wg set {device.Name} peer KEY allowed-ips +{ServerPrefix} (or list it in the configuration)");
    }

    /// <summary>The kernel takes the server's address for its own, where a client is to reach another host by it.</summary>
    public static InterfaceProblem ServerIsHere(InterfaceName name) => new(
        $"this host takes {ServerAddress} on {name} for its own address, so the server cannot be reached",
        $"turn forwarding off or remove the address that brings it: ip -6 address show dev {name}");

    /// <summary>A server's interface lacks the address at which clients look for it.</summary>
    public static InterfaceProblem NoServerAddress(InterfaceName name) => new(
        $"{name} does not have the address {ServerAddress}, at which clients look for the server",
        $"start with --assign-address, or: ip address add {ServerAddress}/{ServerPrefixLength} dev {name}");

    private static string Suggestion(InterfaceName name) => $"{(ushort)StringComparer.Ordinal.GetHashCode(name.ToString()) | 1:x}";
}
