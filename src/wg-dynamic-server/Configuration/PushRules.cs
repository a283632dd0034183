using System.Collections.Immutable;
using WgDynamic.Protocol;

namespace WgDynamic.Server;

/// <summary>
/// Says what is pushed to whom. A section is for whoever any of its selectors names, and without selectors for all.
/// Routes come from every section that is for a peer. DNS servers, domains and MTU come, each by itself, from the
/// section that says it and fits most narrowly: by peer before by group, by pool, for all; of two that fit alike, from
/// the later one in the file.
/// </summary>
/// <remarks>
/// Made once for a configuration and used by one thread. Who is selected alike gets the same object, from memory; who
/// is in no selector gets it at once.
/// </remarks>
internal sealed class PushRules
{
    private readonly ImmutableArray<PushSection> _sections;
    private readonly List<Step> _forAll = [];

    // What selects a peer or a pool is a number: 0 for nothing, else a step on top of another number. So all that are
    // selected alike have the same number, and it costs one look-up to tell.
    private readonly List<Step> _steps = [default];
    private readonly Dictionary<PublicKey, int> _peers = [];
    private readonly Dictionary<string, int> _pools = new(StringComparer.Ordinal);

    private readonly PushSet _forOthers;
    private readonly Dictionary<(int Peer, int Pool4, int Pool6), PushSet> _known = [];
    private readonly Dictionary<PushSet, PushSet> _distinct = [];

    /// <summary>Sorts the rules.</summary>
    /// <param name="sections">What the file says, in its order.</param>
    public PushRules(ImmutableArray<PushSection> sections)
    {
        _sections = sections;
        Dictionary<Step, int> numbers = [];
        for (int i = 0; i < sections.Length; i++)
        {
            PushSection section = sections[i];
            if (section.IsForAll)
                _forAll.Add(new Step(0, i, Fit.All));
            foreach (string pool in section.Pools.Distinct(StringComparer.Ordinal))
                _pools[pool] = Number(new Step(_pools.GetValueOrDefault(pool), i, Fit.Pool));
            foreach (PublicKey peer in section.Groups.SelectMany(group => group.Peers).Except(section.Peers))
                _peers[peer] = Number(new Step(_peers.GetValueOrDefault(peer), i, Fit.Group));
            foreach (PublicKey peer in section.Peers)
                _peers[peer] = Number(new Step(_peers.GetValueOrDefault(peer), i, Fit.Peer));
        }

        _forOthers = Make(default);

        int Number(Step step)
        {
            if (!numbers.TryGetValue(step, out int number))
            {
                numbers.Add(step, number = _steps.Count);
                _steps.Add(step);
            }

            return number;
        }
    }

    // How narrowly a section fits; narrower is greater.
    private enum Fit
    {
        All,
        Pool,
        Group,
        Peer,
    }

    /// <summary>What a peer gets.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="pool4">The name of the pool of its IPv4 address; null for a pool without a name, and without one.</param>
    /// <param name="pool6">The same for IPv6.</param>
    /// <returns>The same object for the same answer, so that comparing references suffices.</returns>
    public PushSet For(PublicKey peer, string? pool4, string? pool6)
    {
        (int Peer, int Pool4, int Pool6) selected = (_peers.GetValueOrDefault(peer), NumberOf(pool4), NumberOf(pool6));
        if (selected == default)
            return _forOthers;
        if (!_known.TryGetValue(selected, out PushSet? set))
            _known.Add(selected, set = Make(selected));
        return set;
    }

    private int NumberOf(string? pool) => pool is null ? 0 : _pools.GetValueOrDefault(pool);

    private PushSet Make((int Peer, int Pool4, int Pool6) selected)
    {
        List<Step> matching = [.. _forAll, .. Chain(selected.Peer), .. Chain(selected.Pool4), .. Chain(selected.Pool6)];
        IpPrefix[] routes = [.. matching.SelectMany(step => _sections[step.Section].Routes).Distinct().Order()];
        // The same section may be in there by several selectors: the narrowest counts.
        matching.Sort(static (a, b) => a.Fit != b.Fit ? b.Fit.CompareTo(a.Fit) : b.Section.CompareTo(a.Section));
        PushSet set = new()
        {
            Routes = [.. routes.Take(WireLimits.MaxRoutes)],
            RoutesLeftOut = Math.Max(0, routes.Length - WireLimits.MaxRoutes),
            Dns = First(section => !section.Dns.IsEmpty)?.Dns ?? [],
            Search = First(section => !section.Search.IsEmpty)?.Search ?? [],
            Mtu = First(section => section.Mtu is not null)?.Mtu,
        };
        if (_distinct.TryGetValue(set, out PushSet? same))
            return same;
        _distinct.Add(set, set);
        return set;

        PushSection? First(Predicate<PushSection> says)
        {
            foreach (Step step in matching)
            {
                if (says(_sections[step.Section]))
                    return _sections[step.Section];
            }

            return null;
        }
    }

    private IEnumerable<Step> Chain(int number)
    {
        for (; number != 0; number = _steps[number].Before)
            yield return _steps[number];
    }

    private readonly record struct Step(int Before, int Section, Fit Fit);
}
