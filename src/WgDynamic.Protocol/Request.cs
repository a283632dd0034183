namespace WgDynamic.Protocol;

/// <summary>
/// What a client asks of the server. A family that is null is not wanted, and given up if it is held;
/// <see cref="AnyIPv4"/> and <see cref="AnyIPv6"/> leave the choice to the server.
/// </summary>
/// <remarks>Each value that it holds can be written: the properties refuse what the wire cannot carry.</remarks>
public readonly record struct Request
{
    /// <summary>Any IPv4 address: <c>0.0.0.0</c>.</summary>
    public static IpAddress AnyIPv4 => default;

    /// <summary>Any IPv6 address: <c>::</c>.</summary>
    public static IpAddress AnyIPv6 => new(System.Net.Sockets.AddressFamily.InterNetworkV6, 0);

    /// <summary>Whether <see cref="Hostname"/> can be this.</summary>
    /// <param name="name">Any text.</param>
    public static bool IsHostname(string name) => WireText.IsName(name);

    /// <summary>What is to be done.</summary>
    public Command Command { get; init; }

    /// <summary>The IPv4 address that is wanted.</summary>
    /// <exception cref="ArgumentException">It is an IPv6 address.</exception>
    public IpAddress? IPv4
    {
        get;
        init => field = value is { IsIPv6: true } ? throw new ArgumentException("Not an IPv4 address.", nameof(value)) : value;
    }

    /// <summary>The IPv6 address that is wanted.</summary>
    /// <exception cref="ArgumentException">It is an IPv4 address.</exception>
    public IpAddress? IPv6
    {
        get;
        init => field = value is { IsIPv6: false } ? throw new ArgumentException("Not an IPv6 address.", nameof(value)) : value;
    }

    /// <summary>What the client's machine calls itself: a domain name of letters, digits and hyphens. Shown to people, never trusted.</summary>
    /// <exception cref="ArgumentException">It is not such a name.</exception>
    public string? Hostname
    {
        get;
        init => field = value is null || WireText.IsName(value) ? value : throw new ArgumentException("Not a host name.", nameof(value));
    }

    /// <summary>The client program and its version, as in <c>wg-dynamic/1.0</c>: visible ASCII characters, no spaces.</summary>
    /// <exception cref="ArgumentException">It is empty, too long, or has other characters.</exception>
    public string? Client
    {
        get;
        init => field = value is null || WireText.IsClient(value) ? value : throw new ArgumentException("Not a name and version of a program.", nameof(value));
    }
}
