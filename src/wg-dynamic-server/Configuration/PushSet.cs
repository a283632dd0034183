using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace WgDynamic.Server;

/// <summary>What one peer gets with its addresses: within the limits of the wire.</summary>
internal sealed record PushSet
{
    private long? _digest;

    /// <summary>Nothing.</summary>
    public static readonly PushSet Empty = new();

    /// <summary>What is reached through the tunnel; sorted, each once.</summary>
    public ImmutableArray<IpPrefix> Routes { get; init; } = [];

    /// <summary>How many routes are not in here because no reply holds more: something to log.</summary>
    public int RoutesLeftOut { get; init; }

    /// <summary>The DNS servers, best first.</summary>
    public ImmutableArray<IpAddress> Dns { get; init; } = [];

    /// <summary>The domains that short names are looked up in, first one first.</summary>
    public ImmutableArray<string> Search { get; init; } = [];

    /// <summary>The MTU of the peer's interface, in bytes; null leaves it alone.</summary>
    public int? Mtu { get; init; }

    /// <summary>A number for all of it: the same for the same content, in every process.</summary>
    public long Digest => _digest ??= (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes<char>($"{string.Join(',', Routes)};{string.Join(',', Dns)};{string.Join(',', Search)};{Mtu}"));

    /// <inheritdoc/>
    public bool Equals(PushSet? other) =>
        other is not null
        && Mtu == other.Mtu
        && RoutesLeftOut == other.RoutesLeftOut
        // An immutable array equals itself only; two sets are the same if they say the same.
        && Routes.AsSpan().SequenceEqual(other.Routes.AsSpan())
        && Dns.AsSpan().SequenceEqual(other.Dns.AsSpan())
        && Search.AsSpan().SequenceEqual(other.Search.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Mtu);
        foreach (IpPrefix route in Routes)
            hash.Add(route);
        foreach (IpAddress server in Dns)
            hash.Add(server);
        foreach (string domain in Search)
            hash.Add(domain);
        return hash.ToHashCode();
    }
}
