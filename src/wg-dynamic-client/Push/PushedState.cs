namespace WgDynamic.Client;

/// <summary>What the server wants to be in force while its lease lasts, as far as it is accepted. Equal if it says the same.</summary>
internal sealed record PushedState
{
    /// <summary>Nothing.</summary>
    public static readonly PushedState None = new();

    /// <summary>What is reached through the tunnel: sorted, each once.</summary>
    public ValueList<IpPrefix> Routes { get; init; } = [];

    /// <summary>DNS servers, best first.</summary>
    public ValueList<IpAddress> Dns { get; init; } = [];

    /// <summary>Domains that short names are looked up in; none without DNS servers.</summary>
    public ValueList<string> Search { get; init; } = [];

    /// <summary>The MTU of the interface, in bytes; null leaves it alone.</summary>
    public int? Mtu { get; init; }

    /// <summary>The leased addresses, which a default route protects from packets that come in elsewhere.</summary>
    public ValueList<IpAddress> Addresses { get; init; } = [];

    public override string ToString()
    {
        List<string> parts = [];
        if (Routes.Count > 0)
            parts.Add($"routes {Routes}");
        if (Dns.Count > 0)
            parts.Add($"DNS {Dns}");
        if (Search.Count > 0)
            parts.Add($"search {Search}");
        if (Mtu is { } mtu)
            parts.Add($"MTU {mtu}");
        return parts.Count == 0 ? "nothing" : string.Join(", ", parts);
    }
}
