using System.Text;

namespace WgDynamic.Protocol;

/// <summary>What stands in front of the <c>=</c> of a line.</summary>
internal enum WireKey
{
    /// <summary>A key of a later version: skipped.</summary>
    Unknown,

    RequestIp,
    Release,
    Ip,
    LeaseStart,
    LeaseTime,
    RenewAfter,
    Mtu,
    Route,
    Dns,
    Search,
    Serial,
    ErrorNumber,
    ErrorMessage,
    Hostname,
    Client,
}

/// <summary>The one table of names, for readers and writers alike.</summary>
internal static class WireKeys
{
    // In the order of the enumeration.
    private static readonly string[] _names =
    [
        "",
        "request_ip",
        "release",
        "ip",
        "leasestart",
        "leasetime",
        "renewafter",
        "mtu",
        "route",
        "dns",
        "search",
        "serial",
        "errno",
        "errmsg",
        "hostname",
        "client",
    ];

    private static readonly byte[][] _bytes = [.. _names.Select(Encoding.ASCII.GetBytes)];

    public static string Name(this WireKey key) => _names[(int)key];

    public static ReadOnlySpan<byte> Bytes(this WireKey key) => _bytes[(int)key];

    public static WireKey Find(ReadOnlySpan<byte> name)
    {
        // Comparing lengths first makes this cheaper than hashing for a table of this size.
        for (int i = (int)WireKey.Unknown + 1; i < _bytes.Length; i++)
        {
            if (name.SequenceEqual(_bytes[i]))
                return (WireKey)i;
        }

        return WireKey.Unknown;
    }

    public static bool IsCommand(this WireKey key, out Command command)
    {
        command = key == WireKey.Release ? Command.Release : Command.RequestIp;
        return key is WireKey.RequestIp or WireKey.Release;
    }

    public static WireKey Key(this Command command) => command switch
    {
        Command.RequestIp => WireKey.RequestIp,
        Command.Release => WireKey.Release,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "No such command."),
    };
}
