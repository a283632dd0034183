using System.Globalization;
using WgDynamic.Daemon;
using WgDynamic.Netlink;

namespace WgDynamic.Tool;

/// <summary>What is on an interface by the server's doing, leased or pushed, and belongs into no file.</summary>
internal sealed record LeasedState
{
    // As in the client.
    private const int MaxBytes = 256 * 1024;

    /// <summary>The leased addresses.</summary>
    public IReadOnlySet<IpAddress> Addresses { get; init; } = new HashSet<IpAddress>();

    /// <summary>The pushed routes in the AllowedIPs of the server's peer.</summary>
    public IReadOnlySet<(PublicKey Peer, IpPrefix Prefix)> AllowedIPs { get; init; } = new HashSet<(PublicKey, IpPrefix)>();

    /// <summary>The pushed DNS servers.</summary>
    public IReadOnlySet<IpAddress> Dns { get; init; } = new HashSet<IpAddress>();

    /// <summary>The pushed MTU, and what it was before; null for none.</summary>
    public (int Pushed, int Before)? Mtu { get; init; }

    /// <summary>The mark that a pushed default route needs; null for none.</summary>
    public uint? Mark { get; init; }

    /// <summary>Reads what is there now.</summary>
    /// <param name="name">The interface.</param>
    /// <param name="runtimeDirectory">Where the client says what it has done.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    /// <exception cref="IOException">The client's file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Neither.</exception>
    public static async Task<LeasedState> LookAsync(InterfaceName name, string runtimeDirectory)
    {
        using RouteClient routes = RouteClient.Open();
        if (await routes.FindLinkAsync(name) is not { } link)
            return new LeasedState();
        string file = FileOf(name, runtimeDirectory);
        LeasedState pushed = new();
        try
        {
            pushed = Read(SharedFile.TryReadLines(file, MaxBytes) ?? [], link.Index);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            // A client takes it for nothing, too; a tunnel must go down with it.
            await Console.Error.WriteLineAsync($"Warning: {file} makes no sense ({error.Message.TrimEnd('.')}); look through what is saved for pushed routes, and remove that file");
        }

        // The kernel drops them at the end of the lease; an operator's own last for ever.
        return pushed with { Addresses = (await routes.GetAddressesAsync(link.Index)).Where(address => address.ValidLifetime is not null).Select(address => address.Address).ToHashSet() };
    }

    /// <summary>Where a client says what it has done for its server's pushes.</summary>
    /// <param name="name">The interface.</param>
    /// <param name="runtimeDirectory">Where clients keep their files.</param>
    public static string FileOf(InterfaceName name, string runtimeDirectory) => RuntimeFile.PathOf(runtimeDirectory, name, "client.state");

    /// <summary>What was there at two times, for what lies between: the client goes on working.</summary>
    public LeasedState And(LeasedState later) => new()
    {
        Addresses = Addresses.Union(later.Addresses).ToHashSet(),
        AllowedIPs = AllowedIPs.Union(later.AllowedIPs).ToHashSet(),
        Dns = Dns.Union(later.Dns).ToHashSet(),
        Mtu = later.Mtu ?? Mtu,
        Mark = later.Mark ?? Mark,
    };

    /// <summary>Reads the client's file; EffectText in the client writes it.</summary>
    internal static LeasedState Read(IEnumerable<string> lines, int interfaceIndex)
    {
        string[][] words = [.. lines.Select(line => line.Split(' '))];
        // Of an interface of the same name that was there before.
        if (!words.Any(line => line is ["interface", var index] && index == interfaceIndex.ToString(CultureInfo.InvariantCulture)))
            return new LeasedState();
        LeasedState state = new();
        foreach (string[] line in words)
        {
            state = line switch
            {
                ["allowed-ips", var peer, .. var prefixes] => state with { AllowedIPs = prefixes.Select(prefix => (PublicKey.Parse(peer), IpPrefix.Parse(prefix))).ToHashSet() },
                ["mtu", var pushed, var before] => state with { Mtu = (int.Parse(pushed, CultureInfo.InvariantCulture), int.Parse(before, CultureInfo.InvariantCulture)) },
                ["mark", var mark] => state with { Mark = uint.Parse(mark, CultureInfo.InvariantCulture) },
                ["names", _, _, _, .. var rest] => state with { Dns = rest.TakeWhile(word => word != "-").Select(server => IpAddress.Parse(server)).ToHashSet() },
                _ => state,
            };
        }

        return state;
    }
}
