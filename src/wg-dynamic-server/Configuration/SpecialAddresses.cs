namespace WgDynamic.Server;

/// <summary>Addresses that are not for hosts: the server does not lease them, and the client would refuse them.</summary>
internal static class SpecialAddresses
{
    // The first that fits names the kind, so the narrow ones come first.
    private static readonly (IpRange Range, string Kind)[] _kinds =
    [
        (IpRange.Parse("0.0.0.0"), "unspecified"),
        (IpRange.Parse("::"), "unspecified"),
        (IpRange.Parse("127.0.0.0/8"), "loopback"), // RFC 1122
        (IpRange.Parse("::1"), "loopback"), // RFC 4291
        (IpRange.Parse("169.254.0.0/16"), "link-local"), // RFC 3927
        (IpRange.Parse("fe80::/10"), "link-local"), // RFC 4291
        (IpRange.Parse("224.0.0.0/4"), "multicast"), // RFC 5771
        (IpRange.Parse("ff00::/8"), "multicast"), // RFC 4291
        (IpRange.Parse("0.0.0.0/8"), "\"this network\""), // RFC 1122
        (IpRange.Parse("240.0.0.0/4"), "reserved"), // RFC 1112, and the broadcast address
        (IpRange.Parse("::/96"), "IPv4-compatible"), // RFC 4291
        (IpRange.Parse("::ffff:0:0/96"), "IPv4-mapped"), // RFC 4291
    ];

    /// <summary>What is special about any address of a range.</summary>
    /// <returns>The kind of address; null if all are ordinary.</returns>
    public static string? AnyIn(IpRange range) => Array.Find(_kinds, kind => kind.Range.Overlaps(range)).Kind;

    /// <summary>What is special about all addresses of a range, so that there is nothing to route to.</summary>
    /// <inheritdoc cref="AnyIn"/>
    public static string? AllOf(IpRange range) => Array.Find(_kinds, kind => kind.Range.Contains(range)).Kind;
}
