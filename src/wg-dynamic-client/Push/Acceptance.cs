namespace WgDynamic.Client;

/// <summary>What a person lets the server decide, beside the addresses.</summary>
internal sealed record Acceptance
{
    private const string RoutesWord = "routes";
    private const string DnsWord = "dns";
    private const string MtuWord = "mtu";
    private const string DefaultRouteWord = "default-route";
    private const string NoneWord = "none";

    /// <summary>The words of <see cref="TryParse"/>.</summary>
    public static readonly IReadOnlyList<string> Words = [RoutesWord, DnsWord, MtuWord, DefaultRouteWord, NoneWord];

    /// <summary>Routes that are no default routes.</summary>
    public bool Routes { get; init; } = true;

    /// <summary>Default routes: the server sees everything that this machine sends.</summary>
    public bool DefaultRoute { get; init; }

    /// <summary>DNS servers and search domains.</summary>
    public bool Dns { get; init; } = true;

    /// <summary>The MTU of the interface.</summary>
    public bool Mtu { get; init; } = true;

    /// <summary>Only routes inside one of these, if there are any.</summary>
    public ValueList<IpPrefix> Within { get; init; } = [];

    /// <summary>The list that <see cref="TryParse"/> reads.</summary>
    public override string ToString()
    {
        string[] words = [.. new[] { Routes ? RoutesWord : null, Dns ? DnsWord : null, Mtu ? MtuWord : null, DefaultRoute ? DefaultRouteWord : null }.OfType<string>()];
        return words.Length == 0 ? NoneWord : string.Join(',', words);
    }

    /// <summary>
    /// Whether a prefix is so wide that two or some more of it are a default route: wider than any block that is handed
    /// out, which in IPv4 is a /8 and in IPv6 the unique local addresses' /7.
    /// </summary>
    public static bool IsDefaultRoute(IpPrefix prefix) => prefix.Length < (prefix.Address.IsIPv6 ? 7 : 8);

    /// <summary>Reads a list such as <c>routes,dns,mtu</c>.</summary>
    /// <param name="list">Words, with commas between them.</param>
    /// <param name="acceptance">What they accept.</param>
    /// <returns>Whether all words are known, and "none" stands alone.</returns>
    public static bool TryParse(string list, out Acceptance acceptance)
    {
        string[] words = list.Split(',', StringSplitOptions.TrimEntries);
        acceptance = new Acceptance
        {
            Routes = words.Contains(RoutesWord),
            DefaultRoute = words.Contains(DefaultRouteWord),
            Dns = words.Contains(DnsWord),
            Mtu = words.Contains(MtuWord),
        };
        return words is [NoneWord] || words.All(word => word != NoneWord && Words.Contains(word));
    }
}
