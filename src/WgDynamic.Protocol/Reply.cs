using System.Collections.Immutable;

namespace WgDynamic.Protocol;

/// <summary>
/// What a server answers: always all that the client is to have, never a difference to what it had.
/// </summary>
/// <remarks>
/// Each value that it holds can be written: the properties refuse what the wire cannot carry. Whether the values are
/// welcome (a default route, a multicast address, …) is for the client to judge.
/// </remarks>
public sealed record Reply
{
    /// <summary>The IPv4 address that is granted.</summary>
    /// <exception cref="ArgumentException">It is unspecified, or an IPv6 address.</exception>
    public IpAddress? IPv4
    {
        get;
        init => field = value is { IsIPv6: true } or { IsUnspecified: true } ? throw new ArgumentException("Not an IPv4 address of a host.", nameof(value)) : value;
    }

    /// <summary>The IPv6 address that is granted.</summary>
    /// <exception cref="ArgumentException">It is unspecified, or an IPv4 address.</exception>
    public IpAddress? IPv6
    {
        get;
        init => field = value is { IsIPv6: false } or { IsUnspecified: true } ? throw new ArgumentException("Not an IPv6 address of a host.", nameof(value)) : value;
    }

    /// <summary>Whether any address is granted, and with it a lease.</summary>
    public bool HasAddress => IPv4 is not null || IPv6 is not null;

    /// <summary>When the lease began by the server's clock, in Unix seconds; 0 without an address. The prototype's client relies on it, ours must not.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or beyond the year 9999.</exception>
    public long LeaseStartUnixSeconds
    {
        get;
        init => field = value is >= 0 and <= WireLimits.MaxLeaseStartUnixSeconds ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Not a start of a lease.");
    }

    /// <summary>How long the lease lasts, in seconds: more than 0 with an address, 0 without one.</summary>
    public uint LeaseSeconds { get; init; }

    /// <summary>How many seconds from now the client should renew; null leaves it to the client.</summary>
    /// <exception cref="ArgumentOutOfRangeException">0, which would have clients renew without pause.</exception>
    public uint? RenewAfterSeconds
    {
        get;
        init => field = value is not 0u ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Not a time to wait.");
    }

    /// <summary>The MTU for the client's interface, in bytes; null leaves it alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside <see cref="WireLimits.MinMtu"/> to <see cref="WireLimits.MaxMtu"/>.</exception>
    public int? Mtu
    {
        get;
        init => field = value is null or (>= WireLimits.MinMtu and <= WireLimits.MaxMtu) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Not an MTU.");
    }

    /// <summary>What is reached through the tunnel.</summary>
    /// <exception cref="ArgumentException">More than <see cref="WireLimits.MaxRoutes"/>.</exception>
    public ImmutableArray<IpPrefix> Routes
    {
        get;
        init => field = AtMost(value, WireLimits.MaxRoutes);
    }

    = [];

    /// <summary>The DNS servers, best first.</summary>
    /// <exception cref="ArgumentException">More than <see cref="WireLimits.MaxDnsServers"/>.</exception>
    public ImmutableArray<IpAddress> Dns
    {
        get;
        init => field = AtMost(value, WireLimits.MaxDnsServers);
    }

    = [];

    /// <summary>The domains that short names are looked up in, first one first.</summary>
    /// <exception cref="ArgumentException">More than <see cref="WireLimits.MaxSearchDomains"/>, or one is not a domain name.</exception>
    public ImmutableArray<string> Search
    {
        get;
        init
        {
            field = AtMost(value, WireLimits.MaxSearchDomains);
            foreach (string domain in field)
            {
                if (!WireText.IsName(domain))
                    throw new ArgumentException("Not a domain name.", nameof(value));
            }
        }
    }

    = [];

    /// <summary>The number of this state: another one means that something changed. Null from servers that do not count.</summary>
    public ulong? Serial { get; init; }

    /// <summary>Success, or why not everything was granted; may be a number that has no name here.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public WireError Error
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Not a number of the wire.");
    }

    /// <summary>
    /// The error in words: printable ASCII. Where none was set it is the usual text of <see cref="Error"/>;
    /// null on success and for an error that has neither.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty, too long, or has other characters.</exception>
    public string? ErrorMessage
    {
        get => Error == WireError.Success ? null : field ?? Error.Text();
        init => field = value is null || WireText.IsErrorMessage(value) ? value : throw new ArgumentException("Not an error message.", nameof(value));
    }

    /// <inheritdoc/>
    public bool Equals(Reply? other) =>
        other is not null
        && IPv4 == other.IPv4
        && IPv6 == other.IPv6
        && LeaseStartUnixSeconds == other.LeaseStartUnixSeconds
        && LeaseSeconds == other.LeaseSeconds
        && RenewAfterSeconds == other.RenewAfterSeconds
        && Mtu == other.Mtu
        && Serial == other.Serial
        && Error == other.Error
        && ErrorMessage == other.ErrorMessage
        // An immutable array equals itself only; two replies are the same if they say the same.
        && Routes.AsSpan().SequenceEqual(other.Routes.AsSpan())
        && Dns.AsSpan().SequenceEqual(other.Dns.AsSpan())
        && Search.AsSpan().SequenceEqual(other.Search.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IPv4, IPv6, LeaseStartUnixSeconds, LeaseSeconds, Serial, Error, Routes.Length);

    private static ImmutableArray<T> AtMost<T>(ImmutableArray<T> values, int max) =>
        values.IsDefault ? [] : values.Length <= max ? values : throw new ArgumentException($"More than {max}.", nameof(values));
}
