using System.Globalization;

namespace WgDynamic.Tool;

/// <summary>What wg-quick saves, a line a value, made into what is to be in the file. Pure.</summary>
internal static class SavedConfiguration
{
    /// <summary>Takes out what is the server's doing and puts <c>auto</c> back.</summary>
    /// <param name="saved">The lines that wg-quick has written.</param>
    /// <param name="addresses">The addresses of the file until now, with <c>auto</c> among them.</param>
    /// <param name="leased">What is the server's doing.</param>
    /// <returns>The file.</returns>
    public static byte[] Merge(IReadOnlyList<string> saved, IReadOnlyList<string> addresses, LeasedState leased)
    {
        List<string> lines = [];
        PublicKey peer = default;
        foreach (string line in saved)
        {
            if (line.Split('=', 2, StringSplitOptions.TrimEntries) is not [var key, var value])
            {
                lines.Add(line);
                continue;
            }

            if (key == "PublicKey")
                _ = PublicKey.TryParse(value, out peer);
            if (Kept(key, value, line, peer, leased) is { } kept)
                lines.Add(kept);
        }

        PutAutoBack(lines, addresses);
        return TunnelConfiguration.ToBytes(lines);
    }

    // The line as it is to be; null for none.
    private static string? Kept(string key, string value, string line, PublicKey peer, LeasedState leased) => key switch
    {
        "Address" when AddressOf(value) is { } address && leased.Addresses.Contains(address) => null,
        "DNS" when IpAddress.TryParse(value, out IpAddress server) && leased.Dns.Contains(server) => null,
        "MTU" when leased.Mtu is var (pushed, before) && value == Text(pushed) => $"MTU = {Text(before)}",
        "FwMark" when leased.Mark is { } mark && value == $"0x{mark:x}" => null,
        "AllowedIPs" => WithoutPushed(value, line, peer, leased),
        _ => line,
    };

    private static string? WithoutPushed(string value, string line, PublicKey peer, LeasedState leased)
    {
        string[] all = value.Split(", ");
        string[] own = [.. all.Where(text => !(IpPrefix.TryParse(text, out IpPrefix prefix) && leased.AllowedIPs.Contains((peer, prefix))))];
        return own.Length == all.Length ? line : own.Length == 0 ? null : $"AllowedIPs = {string.Join(", ", own)}";
    }

    // In the line of the address that it stood behind, or else in one of its own behind all of them.
    private static void PutAutoBack(List<string> lines, IReadOnlyList<string> addresses)
    {
        int auto = addresses.ToList().FindIndex(TunnelConfiguration.IsAuto);
        IpAddress? before = auto > 0 ? AddressOf(addresses[auto - 1]) : null;
        int place = lines.FindIndex(line => before is not null && AddressIn(line) == before);
        if (place >= 0)
            lines[place] += $", {addresses[auto]}";
        else
            lines.Insert(1 + int.Max(lines.FindLastIndex(line => AddressIn(line) is not null), lines.FindIndex(line => line == "[Interface]")), $"Address = {addresses[auto]}");
    }

    private static IpAddress? AddressIn(string line) =>
        line.Split('=', 2, StringSplitOptions.TrimEntries) is ["Address", var value] ? AddressOf(value) : null;

    private static IpAddress? AddressOf(string text) => IpAddress.TryParse(text.Split('/')[0], out IpAddress address) ? address : null;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
