using WgDynamic.Protocol;

namespace WgDynamic.LoadClient;

/// <summary>What one client asks next: any address, what it has, what another has or nobody, or nothing any more.</summary>
internal sealed class Choice(int client, Journal journal, IpPrefix pool4, IpPrefix pool6, Random random)
{
    public int Client => client;

    public Request Next()
    {
        Reply? own = journal.Latest(client);
        return random.Next(20) switch
        {
            < 6 => new Request { IPv4 = Request.AnyIPv4, IPv6 = Request.AnyIPv6 },
            < 10 => new Request { IPv4 = own?.IPv4 ?? Request.AnyIPv4, IPv6 = own?.IPv6 ?? Request.AnyIPv6 },
            < 13 => Others(),
            < 15 => new Request { IPv4 = Any(pool4), IPv6 = Any(pool6) },
            < 18 => new Request { Command = Command.Release },
            18 => new Request { IPv4 = Request.AnyIPv4 },
            _ => new Request { IPv6 = Request.AnyIPv6 },
        };
    }

    /// <summary>After how many requests on one connection to make another.</summary>
    public int RequestsOnConnection() => random.Next(1, 9);

    /// <summary>A source port, after one that is taken.</summary>
    public int Port() => random.Next(600, WireLimits.HighestPrivilegedPort + 1);

    // Whoever has them may be giving them back in this very moment.
    private Request Others()
    {
        Reply? other = journal.Latest(random.Next(journal.Clients));
        return new Request { IPv4 = other?.IPv4 ?? Any(pool4), IPv6 = other?.IPv6 ?? Any(pool6) };
    }

    private IpAddress Any(IpPrefix pool) => pool[(UInt128)random.Next(1, 1 << (pool.Address.BitLength - pool.Length))];
}
