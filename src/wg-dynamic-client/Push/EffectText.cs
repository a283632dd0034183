using System.Globalization;
using WgDynamic.Netlink;
using WgDynamic.Protocol;

namespace WgDynamic.Client;

/// <summary>Effects as lines of text: a word for the kind, then what it takes to undo it, with spaces between.</summary>
internal static class EffectText
{
    // What is not there, and what stands between two lists.
    private const string Nothing = "-";

    /// <summary>Writes an effect.</summary>
    public static string Write(Effect effect)
    {
        object[] words = effect switch
        {
            Effect.AllowedIPs(var peer, var prefixes) => ["allowed-ips", peer, .. prefixes],
            Effect.Mtu(var value, var before) => ["mtu", value, before],
            Effect.PacketMark(var mark) => ["mark", mark],
            Effect.ValidMark => ["valid-mark"],
            Effect.Firewall(var isIPv6, var mark, var addresses) => ["firewall", Family(isIPv6), mark, .. addresses],
            Effect.TunnelRoute(var destination, var table) => ["route", destination, table],
            Effect.Rule(var rule) =>
                ["rule", Family(rule.IsIPv6), rule.Priority, rule.Table, rule.Invert ? "not" : Nothing, Optional(rule.Mark), Optional(rule.SuppressPrefixLength)],
            Effect.Names((var tool, var record), var servers, var search, var exclusive) =>
                ["names", Word(tool), record, exclusive ? "exclusive" : "shared", .. servers, Nothing, .. search],
            _ => throw new ArgumentOutOfRangeException(nameof(effect), effect, "No such effect."),
        };
        return string.Join(' ', words);
    }

    /// <summary>Reads an effect.</summary>
    /// <param name="line">The line, which may be somebody else's: what becomes an argument of a program that root runs is no option, and about this interface.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static Effect Read(string line, InterfaceName interfaceName) => line.Split(' ') switch
    {
        ["allowed-ips", var peer, .. var prefixes] => new Effect.AllowedIPs(PublicKey.Parse(peer), [.. prefixes.Select(prefix => IpPrefix.Parse(prefix))]),
        ["mtu", var value, var before] => new Effect.Mtu((int)Number(value), (int)Number(before)),
        ["mark", var mark] => new Effect.PacketMark(Number(mark)),
        ["valid-mark"] => new Effect.ValidMark(),
        ["firewall", var family, var mark, .. var addresses] => new Effect.Firewall(IsIPv6(family), Number(mark), [.. addresses.Select(address => IpAddress.Parse(address))]),
        ["route", var destination, var table] => new Effect.TunnelRoute(IpPrefix.Parse(destination), Number(table)),
        ["rule", var family, var priority, var table, var not, var mark, var suppressed] => new Effect.Rule(new RoutingRule
        {
            IsIPv6 = IsIPv6(family),
            Priority = Number(priority),
            Table = Number(table),
            Invert = not == "not",
            Mark = mark == Nothing ? null : Number(mark),
            SuppressPrefixLength = suppressed == Nothing ? null : (int)Number(suppressed),
        }),
        ["names", var tool, var record, var reach, .. var rest] when Array.IndexOf(rest, Nothing) is >= 0 and var end => new Effect.Names(
            new NameService(tool == Word(NameTool.Resolvectl) ? NameTool.Resolvectl : NameTool.Resolvconf, Record(record, interfaceName)),
            [.. rest[..end].Select(address => IpAddress.Parse(address))],
            [.. rest[(end + 1)..].Select(Domain)],
            reach == "exclusive"),
        _ => throw new FormatException($"'{line}' is nothing that this program does."),
    };

    private static string Optional<T>(T? number)
        where T : struct => number?.ToString() ?? Nothing;

    private static string Family(bool isIPv6) => isIPv6 ? "6" : "4";

    private static bool IsIPv6(string family) => family == "6";

    private static string Word(NameTool tool) => tool == NameTool.Resolvectl ? "resolvectl" : "resolvconf";

    private static string Record(string text, InterfaceName interfaceName) =>
        NameService.IsRecordOf(text, interfaceName) ? text : throw new FormatException($"'{text}' is not {interfaceName}.");

    private static string Domain(string text) => DomainName.IsValid(text) ? text : throw new FormatException($"'{text}' is no domain.");

    private static uint Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : throw new FormatException($"'{text}' is no number.");
}
