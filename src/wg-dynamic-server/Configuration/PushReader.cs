using System.Collections.Frozen;
using System.Collections.Immutable;
using WgDynamic.Protocol;

namespace WgDynamic.Server;

/// <summary>Makes what is pushed of <c>[Push]</c>.</summary>
/// <param name="values">Reads values.</param>
/// <param name="problems">Takes the problems.</param>
internal sealed class PushReader(ValueReader values, ProblemList problems)
{
    private readonly List<(PushSection Push, Word[] Pools, Word[] Groups)> _drafts = [];

    /// <summary>Reads a section.</summary>
    public void Add(Section section)
    {
        List<IpAddress> dns = [];
        List<string> search = [];
        ReadDns(section, dns, search);
        ReadSearch(section, search);
        PushSection push = new()
        {
            Line = section.Heading.Line,
            Peers = GroupReader.ReadPeers(section, values).ToFrozenSet(),
            Routes = [.. ReadRoutes(section)],
            Dns = [.. dns],
            Search = [.. search],
            Mtu = values.Number(section.Single(Vocabulary.Mtu), WireLimits.MinMtu, WireLimits.MaxMtu),
        };
        if (!section.All(Vocabulary.Routes).Concat(section.All(Vocabulary.Dns)).Concat(section.All(Vocabulary.Search)).Any() && section.Single(Vocabulary.Mtu) is null)
            problems.Warning(section.Heading, "this [Push] pushes nothing", "add Routes, DNS, Search or MTU, or delete it");
        _drafts.Add((push, [.. section.All(Vocabulary.Pools).SelectMany(values.Items)], [.. section.All(Vocabulary.Groups).SelectMany(values.Items)]));
    }

    /// <summary>All of them, for when all sections are read.</summary>
    public ImmutableArray<PushSection> Complete(PoolReader pools, GroupReader groups) =>
    [
        .. _drafts.Select(draft => draft.Push with
        {
            Pools = [.. draft.Pools.Select(pools.Find).OfType<string>().Distinct()],
            Groups = [.. groups.Find(draft.Groups).Distinct()],
        }),
    ];

    private SortedSet<IpPrefix> ReadRoutes(Section section)
    {
        SortedSet<IpPrefix> routes = [];
        foreach (Word item in section.All(Vocabulary.Routes).SelectMany(values.Items))
        {
            if (values.Prefix(item) is not { } route)
                continue;
            if (SpecialAddresses.AllOf(IpRange.FromPrefix(route)) is { } kind)
                problems.Error(item, $"{route} is {kind}, where no route of a tunnel leads", "delete it");
            else if (routes.Add(route) && routes.Count == WireLimits.MaxRoutes + 1)
                problems.Error(item, $"these are more than {WireLimits.MaxRoutes} routes, which no reply holds", "merge some into wider ones");
        }

        return routes;
    }

    // As wg-quick(8): what is no address is a domain.
    private void ReadDns(Section section, List<IpAddress> servers, List<string> search)
    {
        foreach (Word item in section.All(Vocabulary.Dns).SelectMany(values.Items))
        {
            if (ValueReader.IsDomain(item.Span))
                AddDomain(search, item);
            else if (!IpAddress.TryParse(item.Span, out IpAddress server))
                problems.Error(item, $"{Quoted.Text(item.Span)} is neither an address nor a domain", "write the address of a DNS server, such as 10.66.0.1, or a domain to search, such as example.org");
            else if (SpecialAddresses.AnyIn(new IpRange(server, server)) is { } kind)
                problems.Error(item, $"{server} is {kind}, no address of a DNS server", "write one that is reached through the tunnel, such as 10.66.0.1");
            else if (servers.Count <= WireLimits.MaxDnsServers && !servers.Contains(server))
                Add(servers, server, item);
        }

        void Add(List<IpAddress> list, IpAddress server, Word place)
        {
            list.Add(server);
            if (list.Count > WireLimits.MaxDnsServers)
                problems.Error(place, $"these are more than {WireLimits.MaxDnsServers} DNS servers, which no reply holds", "delete some");
        }
    }

    private void ReadSearch(Section section, List<string> search)
    {
        foreach (Word item in section.All(Vocabulary.Search).SelectMany(values.Items))
        {
            if (values.Domain(item) is not null)
                AddDomain(search, item);
        }
    }

    private void AddDomain(List<string> search, Word place)
    {
        if (search.Count > WireLimits.MaxSearchDomains || search.Contains(place.ToString(), StringComparer.OrdinalIgnoreCase))
            return;
        search.Add(place.ToString());
        if (search.Count > WireLimits.MaxSearchDomains)
            problems.Error(place, $"these are more than {WireLimits.MaxSearchDomains} domains to search, which no reply holds", "delete some");
    }
}
