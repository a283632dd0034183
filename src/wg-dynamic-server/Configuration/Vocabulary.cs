namespace WgDynamic.Server;

/// <summary>A key of the configuration file.</summary>
/// <param name="Name">As it is written; upper and lower case are the same.</param>
/// <param name="IsList">Whether it takes several values, separated by commas or in several lines.</param>
internal sealed record ConfigurationKey(string Name, bool IsList = false);

/// <summary>A kind of section of the configuration file.</summary>
/// <param name="Name">What stands between the brackets; upper and lower case are the same.</param>
/// <param name="Repeats">Whether there may be several.</param>
/// <param name="Keys">What it knows, most important first.</param>
internal sealed record SectionKind(string Name, bool Repeats, ConfigurationKey[] Keys)
{
    /// <summary>The key of a name; null if there is none.</summary>
    public ConfigurationKey? Find(ReadOnlySpan<char> name)
    {
        foreach (ConfigurationKey key in Keys)
        {
            if (name.Equals(key.Name, StringComparison.OrdinalIgnoreCase))
                return key;
        }

        return null;
    }
}

/// <summary>All sections and keys that there are: what is not in here does not exist, and packaging/wg-dynamic.conf has each.</summary>
internal static class Vocabulary
{
    public static readonly ConfigurationKey Name = new("Name");
    public static readonly ConfigurationKey LeaseTime = new("LeaseTime");
    public static readonly ConfigurationKey Peers = new("Peers", IsList: true);
    public static readonly ConfigurationKey Groups = new("Groups", IsList: true);

    public static readonly ConfigurationKey Retention = new("Retention");
    public static readonly ConfigurationKey HistoryRetention = new("HistoryRetention");
    public static readonly ConfigurationKey AddressesPerPeer = new("AddressesPerPeer");
    public static readonly ConfigurationKey GrantInterval = new("GrantInterval");
    public static readonly ConfigurationKey GrantBurst = new("GrantBurst");
    public static readonly ConfigurationKey Connections = new("Connections");
    public static readonly ConfigurationKey ConnectionsPerPeer = new("ConnectionsPerPeer");
    public static readonly ConfigurationKey RequestTime = new("RequestTime");
    public static readonly ConfigurationKey IdleTime = new("IdleTime");
    public static readonly ConfigurationKey RevokeOnReload = new("RevokeOnReload");
    public static readonly ConfigurationKey PoolsFromRoutes = new("PoolsFromRoutes");
    public static readonly ConfigurationKey AssignAddress = new("AssignAddress");
    public static readonly ConfigurationKey ControlGroup = new("ControlGroup");
    public static readonly ConfigurationKey Metrics = new("Metrics");

    public static readonly ConfigurationKey Range = new("Range");
    public static readonly ConfigurationKey Exclude = new("Exclude", IsList: true);

    public static readonly ConfigurationKey PublicKey = new("PublicKey");
    public static readonly ConfigurationKey Address = new("Address", IsList: true);

    public static readonly ConfigurationKey Pools = new("Pools", IsList: true);
    public static readonly ConfigurationKey Routes = new("Routes", IsList: true);
    public static readonly ConfigurationKey Dns = new("DNS", IsList: true);
    public static readonly ConfigurationKey Search = new("Search", IsList: true);
    public static readonly ConfigurationKey Mtu = new("MTU");

    public static readonly SectionKind Server = new("Server", Repeats: false,
        [LeaseTime, Retention, HistoryRetention, AddressesPerPeer, GrantInterval, GrantBurst, Connections, ConnectionsPerPeer, RequestTime, IdleTime, RevokeOnReload, PoolsFromRoutes, AssignAddress, ControlGroup, Metrics]);

    public static readonly SectionKind Pool = new("Pool", Repeats: true, [Range, Name, Exclude, LeaseTime, Peers, Groups]);

    public static readonly SectionKind Group = new("Group", Repeats: true, [Name, Peers]);

    public static readonly SectionKind Reservation = new("Reservation", Repeats: true, [PublicKey, Address, LeaseTime, Name]);

    public static readonly SectionKind Push = new("Push", Repeats: true, [Routes, Dns, Search, Mtu, Pools, Groups, Peers]);

    public static readonly SectionKind[] Sections = [Server, Pool, Group, Reservation, Push];

    // wg(8) and wg-quick(8), without the keys that are ours as well.
    private static readonly string[] _wireGuardSections = ["Interface", "Peer"];

    private static readonly string[] _wireGuardKeys =
    [
        "PrivateKey", "ListenPort", "FwMark", "Table", "PreUp", "PostUp", "PreDown", "PostDown", "SaveConfig",
        "PresharedKey", "AllowedIPs", "Endpoint", "PersistentKeepalive",
    ];

    /// <summary>The section of a name; null if there is none.</summary>
    public static SectionKind? Find(ReadOnlySpan<char> name)
    {
        foreach (SectionKind section in Sections)
        {
            if (name.Equals(section.Name, StringComparison.OrdinalIgnoreCase))
                return section;
        }

        return null;
    }

    /// <summary>What to do about a section that does not exist.</summary>
    public static string RemedyForSection(ReadOnlySpan<char> name)
    {
        foreach (string section in _wireGuardSections)
        {
            if (name.Equals(section, StringComparison.OrdinalIgnoreCase))
                return $"this belongs into /etc/wireguard/<interface>.conf, where [{section}] is; move it there";
        }

        return Suggestion.For(name, Sections.Select(section => section.Name)) is { } nearest
            ? $"did you mean [{nearest}]?"
            : $"the sections are {string.Join(", ", Sections.Select(section => $"[{section.Name}]"))}";
    }

    /// <summary>What to do about a key that the section it stands in does not know.</summary>
    /// <param name="name">The key.</param>
    /// <param name="section">Where it stands; null in front of all sections.</param>
    public static string RemedyForKey(ReadOnlySpan<char> name, SectionKind? section)
    {
        List<SectionKind> elsewhere = [];
        foreach (SectionKind other in Sections)
        {
            if (other.Find(name) is not null)
                elsewhere.Add(other);
        }

        if (elsewhere.Count > 0)
            return $"{elsewhere[0].Find(name)!.Name} belongs into {Listed(elsewhere)}; move it there";
        foreach (string key in _wireGuardKeys)
        {
            if (name.Equals(key, StringComparison.OrdinalIgnoreCase))
                return $"{key} belongs into /etc/wireguard/<interface>.conf; move it there";
        }

        if (section is null)
            return $"begin with a section, such as [{Server.Name}]";
        if (Suggestion.For(name, section.Keys.Select(key => key.Name)) is { } nearest)
            return $"did you mean {nearest}?";
        return Suggestion.For(name, Sections.SelectMany(other => other.Keys).Select(key => key.Name)) is { } distant
            ? $"did you mean {distant}, which belongs into {Listed([.. Sections.Where(other => other.Find(distant) is not null)])}?"
            : $"the keys of [{section.Name}] are {string.Join(", ", section.Keys.Select(key => key.Name))}";
    }

    private static string Listed(List<SectionKind> sections) => string.Join(" or ", sections.Select(section => $"[{section.Name}]"));
}
