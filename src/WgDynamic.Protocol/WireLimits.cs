using System.Net.Sockets;

namespace WgDynamic.Protocol;

/// <summary>
/// Every number of the wire that is agreed upon rather than sent: where the server is found and how much either
/// side puts up with. A reader refuses what is beyond a limit; <see cref="Request"/> and <see cref="Reply"/> refuse to hold it.
/// </summary>
public static class WireLimits
{
    /// <summary>The TCP port of the server, and the source port that the 2019 prototype's server insists on.</summary>
    public const int DefaultPort = 970;

    /// <summary>The highest port that only a privileged process of the client's machine can send from.</summary>
    public const int HighestPrivilegedPort = 1023;

    /// <summary>The address of the server on every WireGuard interface that it serves: <c>fe80::</c>.</summary>
    public static IpAddress ServerAddress => new(AddressFamily.InterNetworkV6, (UInt128)0xfe80 << 112);

    /// <summary>The longest line, in bytes, with its newline.</summary>
    public const int MaxLineBytes = 4096;

    /// <summary>The most lines of a message; the empty line that ends it is not counted.</summary>
    public const int MaxLines = 512;

    /// <summary>The longest message, in bytes, with the empty line that ends it.</summary>
    public const int MaxMessageBytes = 64 * 1024;

    /// <summary>The longest host name or search domain, in characters (RFC 1035 section 2.3.4, without the trailing dot).</summary>
    public const int MaxNameLength = 253;

    /// <summary>The longest part of a name between two dots, in characters (RFC 1035 section 2.3.4).</summary>
    public const int MaxLabelLength = 63;

    /// <summary>The longest name and version of a client program, in characters.</summary>
    public const int MaxClientLength = 64;

    /// <summary>The longest error message, in characters. The one limit that cuts instead of refusing: the text is for people only.</summary>
    public const int MaxErrorMessageLength = 256;

    /// <summary>The most routes of a reply.</summary>
    public const int MaxRoutes = 128;

    /// <summary>The most DNS servers of a reply.</summary>
    public const int MaxDnsServers = 8;

    /// <summary>The most search domains of a reply.</summary>
    public const int MaxSearchDomains = 16;

    /// <summary>The smallest MTU, in bytes: below it Linux takes IPv6 off an interface (RFC 8200 section 5), and with it this protocol.</summary>
    public const int MinMtu = 1280;

    /// <summary>The largest MTU, in bytes.</summary>
    public const int MaxMtu = 65535;

    /// <summary>The latest start of a lease, in Unix seconds: the last second of the year 9999, which is also the last that <see cref="DateTimeOffset"/> knows.</summary>
    public const long MaxLeaseStartUnixSeconds = 253_402_300_799;
}
