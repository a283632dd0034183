using System.Globalization;
using System.Text;

namespace WgDynamic.Client;

/// <summary>
/// The rules that wg-quick makes for a default route, in nft(8)'s language, in a table of our own: the answers to the
/// tunnel's packets get its mark, so that reverse path filtering finds the way that they came; and a packet to a leased
/// address that comes in elsewhere than from the tunnel is dropped.
/// </summary>
internal static class FirewallScript
{
    /// <summary>Whether a table can be named after the interface: names of interfaces may have what nft's language gives a meaning.</summary>
    public static bool CanName(InterfaceName name) => name.ToString().All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>Makes the table anew, whether it is there or not, in one transaction.</summary>
    public static string Make(InterfaceName name, Effect.Firewall firewall)
    {
        string table = Table(name, firewall.IsIPv6), family = Family(firewall.IsIPv6);
        StringBuilder script = new(Remove(name, firewall.IsIPv6));
        void Add(FormattableString line) => script.Append(CultureInfo.InvariantCulture, $"{line.ToString(CultureInfo.InvariantCulture)}\n");
        Add($"add table {table}");
        Add($"add chain {table} preraw {{ type filter hook prerouting priority -300; }}");
        Add($"add chain {table} premangle {{ type filter hook prerouting priority -150; }}");
        Add($"add chain {table} postmangle {{ type filter hook postrouting priority -150; }}");
        foreach (IpAddress address in firewall.Addresses)
            Add($"add rule {table} preraw iifname != \"{name}\" {family} daddr {address} fib saddr type != local drop");
        Add($"add rule {table} postmangle meta l4proto udp mark {firewall.Mark} ct mark set mark");
        Add($"add rule {table} premangle meta l4proto udp meta mark set ct mark");
        return script.ToString();
    }

    /// <summary>Removes the table, whether it is there or not.</summary>
    public static string Remove(InterfaceName name, bool isIPv6) => $"add table {Table(name, isIPv6)}\ndelete table {Table(name, isIPv6)}\n";

    private static string Table(InterfaceName name, bool isIPv6) => $"{Family(isIPv6)} wg-dynamic-{name}";

    private static string Family(bool isIPv6) => isIPv6 ? "ip6" : "ip";
}
