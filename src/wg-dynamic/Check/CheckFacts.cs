using WgDynamic.Control;
using WgDynamic.Netlink;

namespace WgDynamic.Tool;

/// <summary>What the checks go by: how an interface and the machine around it were at one moment. Null is what could not be found out.</summary>
internal sealed record CheckFacts
{
    /// <summary>The interface.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>As what it is checked.</summary>
    public DaemonRole Role { get; init; }

    /// <summary>The time of day.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>Whether this is root.</summary>
    public bool IsRoot { get; init; }

    /// <summary>The interface, if there is one.</summary>
    public Link? Link { get; init; }

    /// <summary>Its addresses.</summary>
    public IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    /// <summary>The routes through it, of all tables.</summary>
    public IReadOnlyList<Route> Routes { get; init; } = [];

    /// <summary>The route to the server's address by it.</summary>
    public Route? RouteToServer { get; init; }

    /// <summary>Its WireGuard.</summary>
    public WireGuardDevice? Device { get; init; }

    /// <summary>Why that could not be read; null if it could.</summary>
    public NetlinkException? DeviceProblem { get; init; }

    /// <summary>The source address of packets to the server's endpoint.</summary>
    public IpAddress? SourceOfTunnel { get; init; }

    /// <summary>Where sockets and locks lie.</summary>
    public string RuntimeDirectory { get; init; } = "";

    /// <summary>Who has that directory.</summary>
    public FileOwner? RuntimeOwner { get; init; }

    /// <summary>The number of the group wg-dynamic.</summary>
    public uint? Group { get; init; }

    /// <summary>How the daemon says that it is doing.</summary>
    public ControlAnswer? Status { get; init; }

    /// <summary>Why it does not say; null if it does.</summary>
    public ControlException? StatusProblem { get; init; }

    /// <summary>Whether one runs, by its lock.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Its active leases.</summary>
    public IReadOnlyList<LeaseAnswer> Leases { get; init; } = [];

    /// <summary>Its pools.</summary>
    public IReadOnlyList<PoolAnswer> Pools { get; init; } = [];

    /// <summary>What is wrong with the server's configuration file.</summary>
    public ConfigurationReport? Configuration { get; init; }

    /// <summary>Whether somebody listens on the server's port.</summary>
    public bool? PortIsTaken { get; init; }

    /// <summary>net.ipv4.ip_forward.</summary>
    public bool? Forwards4 { get; init; }

    /// <summary>net.ipv6.conf.all.forwarding.</summary>
    public bool? Forwards6 { get; init; }

    /// <summary>The file of wg-quick that has "auto" in it.</summary>
    public string? AutoFile { get; init; }

    /// <summary>Whether there may be such a file, and this user cannot see.</summary>
    public bool AutoFileIsSecret { get; init; }

    /// <summary>What the plain wg-quick is.</summary>
    public QuickStatus? Quick { get; init; }

    /// <summary>The peer of a client's interface that is its server.</summary>
    public WireGuardPeer? Server => Device is null || InterfaceNeeds.FindServer(Device, out WireGuardPeer? server) is not null ? null : server;
}

/// <summary>What wg-dynamic-server says of a configuration file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Failure">Why it says nothing; null if it does.</param>
/// <param name="Problems">Its problems.</param>
internal sealed record ConfigurationReport(string Path, string? Failure, IReadOnlyList<ProblemAnswer> Problems);
