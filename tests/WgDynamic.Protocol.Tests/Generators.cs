using System.Collections.Immutable;
using CsCheck;

namespace WgDynamic.Protocol.Tests;

/// <summary>Random messages that are valid, and the ways a stream can be cut.</summary>
internal static class Generators
{
    private const string LettersAndDigits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    public static Gen<IpAddress> IPv4 { get; } = Gen.Byte.Array[4].Select(bytes => new IpAddress(bytes));

    // With runs of zeros, which are where the text forms differ.
    public static Gen<IpAddress> IPv6 { get; } = Gen.OneOf(Gen.Const((byte)0), Gen.Byte).Array[16].Select(bytes => new IpAddress(bytes));

    public static Gen<string> Name { get; } =
        Gen.Select(Gen.Char[LettersAndDigits], Gen.Char[LettersAndDigits + "-"].Array[0, 12], Gen.Char[LettersAndDigits])
            .Select((first, middle, last) => $"{first}{new string(middle)}{last}")
            .Array[1, 5].Select(labels => string.Join('.', labels));

    public static Gen<Request> Requests { get; } =
        Gen.Select(Gen.Bool, Optional(Gen.OneOf(Gen.Const(Request.AnyIPv4), IPv4)), Optional(Gen.OneOf(Gen.Const(Request.AnyIPv6), IPv6)),
                OptionalText(Name), OptionalText(Gen.Char['!', '~'].Array[1, WireLimits.MaxClientLength].Select(text => new string(text))))
            .Select((release, ipv4, ipv6, hostname, client) => new Request
            {
                Command = release ? Command.Release : Command.RequestIp,
                IPv4 = release ? null : ipv4,
                IPv6 = release ? null : ipv6,
                Hostname = hostname,
                Client = client,
            });

    private static readonly Gen<Reply> _leases =
        Gen.Select(Optional(IPv4.Where(address => !address.IsUnspecified)), Optional(IPv6.Where(address => !address.IsUnspecified)),
                Gen.Long[0, WireLimits.MaxLeaseStartUnixSeconds], Gen.UInt[1, uint.MaxValue], Optional(Gen.UInt[1, uint.MaxValue]))
            .Select((ipv4, ipv6, start, time, renewAfter) => new Reply
            {
                IPv4 = ipv4,
                IPv6 = ipv6,
                LeaseStartUnixSeconds = ipv4 is null && ipv6 is null ? 0 : start,
                LeaseSeconds = ipv4 is null && ipv6 is null ? 0 : time,
                RenewAfterSeconds = renewAfter,
            });

    private static readonly Gen<IpPrefix> _prefixes = Gen.OneOf(
        Gen.Select(IPv4, Gen.Int[0, 32], IpPrefix.Containing), Gen.Select(IPv6, Gen.Int[0, 128], IpPrefix.Containing));

    public static Gen<Reply> Replies { get; } =
        Gen.Select(
                _leases,
                Gen.Select(Optional(Gen.Int[WireLimits.MinMtu, WireLimits.MaxMtu]), Optional(Gen.ULong)),
                _prefixes.Array[0, 6],
                Gen.OneOf(IPv4, IPv6).Array[0, WireLimits.MaxDnsServers],
                Name.Array[0, 4],
                Gen.OneOf(Gen.Int[0, 5], Gen.Int[0, int.MaxValue]),
                OptionalText(Gen.Char[' ', '~'].Array[1, WireLimits.MaxErrorMessageLength].Select(text => new string(text))))
            .Select((lease, numbers, routes, dns, search, error, message) => lease with
            {
                Mtu = numbers.Item1,
                Serial = numbers.Item2,
                Routes = ImmutableArray.Create(routes),
                Dns = ImmutableArray.Create(dns),
                Search = ImmutableArray.Create(search),
                Error = (WireError)error,
                ErrorMessage = message,
            });

    /// <summary>Where a stream is cut; those behind its end cut nothing.</summary>
    public static Gen<int[]> Cuts { get; } = Gen.OneOf(Gen.Int[0, 120], Gen.Int[0, 2000]).Array[0, 40];

    private static Gen<T?> Optional<T>(Gen<T> values)
        where T : struct => Gen.Select(Gen.Bool, values, (some, value) => some ? value : (T?)null);

    private static Gen<string?> OptionalText(Gen<string> values) =>
        Gen.Select(Gen.Bool, values, (some, value) => some ? value : null);
}
