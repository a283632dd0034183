using System.Collections.Frozen;
using CsCheck;
using WgDynamic.Protocol;

namespace WgDynamic.Server.Tests;

public class PushRulesTests
{
    private static readonly string[] _pools = ["a", "b", "c"];

    private static readonly Gen<PushSection> _sections = Gen.Select(
        OneOf(_pools).Array[0, 2],
        Gen.Select(Gen.Int[0, 5].Array[0, 3], Group).Array[0, 2],
        Gen.Int[0, 5].Array[0, 3],
        Gen.Int[0, 200].Array[0, 80],
        Gen.Int[0, 3].Array[0, 2],
        Gen.Int[0, 3].Array[0, 2],
        Gen.Int[1280, 1283].Nullable(0.5),
        (pools, groups, peers, routes, dns, search, mtu) => new PushSection
        {
            Line = 1,
            Pools = [.. pools],
            Groups = [.. groups],
            Peers = peers.Select(Names.Key).ToFrozenSet(),
            Routes = [.. routes.Select(number => Names.Prefix($"10.{number}.0.0/16"))],
            Dns = [.. dns.Select(number => Names.Ip($"10.66.0.{number}"))],
            Search = [.. search.Select(number => $"d{number}.example.org")],
            Mtu = mtu,
        });

    [Fact]
    public void Whoever_asks_gets_what_the_plainest_reading_of_the_file_gives() =>
        Gen.Select(_sections.Array[0, 8], Gen.Select(Gen.Int[0, 7], OneOf(null, "a", "b", "c", "x"), OneOf(null, "a", "b", "c")).Array[1, 30]).Sample((sections, asked) =>
        {
            PushRules rules = new([.. sections]);
            foreach ((int peer, string? pool4, string? pool6) in asked)
            {
                PushSet expected = Naive(sections, Names.Key(peer), pool4, pool6), given = rules.For(Names.Key(peer), pool4, pool6);
                Assert.Equal(expected, given);
                Assert.Same(given, rules.For(Names.Key(peer), pool4, pool6));
            }
        });

    [Fact]
    public void The_narrowest_section_wins_for_each_value_by_itself_and_routes_are_of_all()
    {
        PushRules rules = Rules($"""
            [Push]
            Routes = 10.0.0.0/8
            DNS = 10.66.0.1, example.org
            MTU = 1400
            [Push]
            Peers = {Names.Key(1)}
            MTU = 1410
            [Push]
            Groups = g
            DNS = 10.66.0.2
            MTU = 1420
            [Push]
            Pools = p
            Routes = 172.16.0.0/12, 10.0.0.0/8
            DNS = 10.66.0.3
            MTU = 1430
            [Push]
            DNS = 10.66.0.4
            [Group]
            Name = g
            Peers = {Names.Key(1)}, {Names.Key(2)}
            [Pool]
            Name = p
            Range = 10.66.0.0/24
            """);

        Assert.Equal("10.0.0.0/8; 10.66.0.4; example.org; 1400", Shown(rules.For(Names.Key(9), null, null)));
        Assert.Equal("10.0.0.0/8; 10.66.0.4; example.org; 1400", Shown(rules.For(Names.Key(9), "q", "r")));
        Assert.Equal("10.0.0.0/8 172.16.0.0/12; 10.66.0.3; example.org; 1430", Shown(rules.For(Names.Key(9), "p", null)));
        Assert.Equal("10.0.0.0/8; 10.66.0.2; example.org; 1420", Shown(rules.For(Names.Key(2), null, null)));
        Assert.Equal("10.0.0.0/8 172.16.0.0/12; 10.66.0.2; example.org; 1410", Shown(rules.For(Names.Key(1), null, "p")));
    }

    [Fact]
    public void Without_a_section_there_is_nothing_to_push()
    {
        PushRules rules = new([]);
        Assert.Equal(PushSet.Empty, rules.For(Names.Key(1), "a", null));
    }

    [Fact]
    public void Routes_beyond_what_a_reply_holds_are_left_out_and_counted()
    {
        PushSection[] sections = [.. Enumerable.Range(0, 10).Select(i => new PushSection { Line = i, Routes = [.. Enumerable.Range(0, 20).Select(j => Names.Prefix($"10.{i}.{j}.0/24"))] })];
        PushSet set = new PushRules([.. sections]).For(Names.Key(1), null, null);
        Assert.Equal((WireLimits.MaxRoutes, 200 - WireLimits.MaxRoutes), (set.Routes.Length, set.RoutesLeftOut));
        Assert.Equal("10.0.0.0/24", set.Routes[0].ToString());
    }

    [Fact]
    public void Who_is_selected_alike_shares_one_object_and_asking_again_allocates_nothing()
    {
        PushRules rules = Rules($"""
            [Push]
            Groups = g
            MTU = 1420
            [Push]
            Pools = p
            Routes = 10.0.0.0/8
            [Push]
            Peers = {Names.Key(1)}, {Names.Key(2)}
            DNS = 10.66.0.1
            [Group]
            Name = g
            Peers = {Names.Key(1)}, {Names.Key(2)}
            [Pool]
            Name = p
            Range = 10.66.0.0/24
            """);
        Assert.Same(rules.For(Names.Key(1), "p", null), rules.For(Names.Key(2), null, "p"));
        Assert.Same(rules.For(Names.Key(7), null, null), rules.For(Names.Key(8), "nameless", null));

        PublicKey peer = Names.Key(2), other = Names.Key(9);
        _ = rules.For(other, "p", "p");
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            _ = rules.For(peer, "p", null);
            _ = rules.For(other, "p", "p");
            _ = rules.For(other, null, null);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // Section by section, without memory and without cleverness.
    private static PushSet Naive(PushSection[] sections, PublicKey peer, string? pool4, string? pool6)
    {
        (PushSection Section, int Fit)[] matching =
        [
            .. sections.Select(section => (section, Fit:
                section.Peers.Contains(peer) ? 3
                : section.Groups.Any(group => group.Peers.Contains(peer)) ? 2
                : section.Pools.Any(pool => pool == pool4 || pool == pool6) ? 1
                : section.Pools.Length + section.Groups.Length + section.Peers.Count == 0 ? 0
                : -1)).Where(match => match.Fit >= 0),
        ];
        string[] routes = [.. matching.SelectMany(match => match.Section.Routes).Order().Select(route => route.ToString()).Distinct()];
        return new PushSet
        {
            Routes = [.. routes.Take(128).Select(Names.Prefix)],
            RoutesLeftOut = Math.Max(0, routes.Length - 128),
            // A stable sort: of two that fit alike, the last is the later one.
            Dns = matching.Where(match => match.Section.Dns.Length > 0).OrderBy(match => match.Fit).Select(match => match.Section.Dns).LastOrDefault([]),
            Search = matching.Where(match => match.Section.Search.Length > 0).OrderBy(match => match.Fit).Select(match => match.Section.Search).LastOrDefault([]),
            Mtu = matching.Where(match => match.Section.Mtu is not null).OrderBy(match => match.Fit).LastOrDefault().Section?.Mtu,
        };
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static GroupSection Group(int[] peers) => new() { Line = 1, Name = "g", Peers = peers.Select(Names.Key).ToFrozenSet() };

    private static PushRules Rules(string text)
    {
        ConfigurationResult result = ConfigurationReader.Read(text);
        Assert.Empty(result.Problems);
        return new PushRules(result.Configuration!.Pushes);
    }

    private static string Shown(PushSet set) =>
        $"{string.Join(" ", set.Routes)}; {string.Join(" ", set.Dns)}; {string.Join(" ", set.Search)}; {set.Mtu}";
}
