using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net.Sockets;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>Makes pools of <c>[Pool]</c>.</summary>
/// <param name="values">Reads values.</param>
/// <param name="problems">Takes the problems.</param>
internal sealed class PoolReader(ValueReader values, ProblemList problems)
{
    private readonly List<Draft> _drafts = [];
    private readonly NameTable<PoolSection> _names = new(Vocabulary.Pool, problems);

    /// <summary>Whether there is any such section, right or wrong.</summary>
    public bool HasSections { get; private set; }

    /// <summary>Reads a section.</summary>
    public void Add(Section section)
    {
        HasSections = true;
        HashSet<PublicKey> peers = GroupReader.ReadPeers(section, values);
        Word[] groups = [.. section.All(Vocabulary.Groups).SelectMany(values.Items)];
        (IpRange Range, Word Place)[] exclusions = [.. ReadExclusions(section)];
        PoolSection pool = new()
        {
            Line = section.Heading.Line,
            Name = section.Single(Vocabulary.Name) is { } name ? values.Name(name.Value) : null,
            Range = default,
            Exclusions = [.. exclusions.Select(exclusion => exclusion.Range)],
            LeaseTime = values.Time(section.Single(Vocabulary.LeaseTime), LeasePolicy.MinLeaseTime, LeasePolicy.MaxLeaseTime),
        };
        if (pool.Name is not null)
            _names.Add(pool.Name, pool, section.Single(Vocabulary.Name)!.Value.Value);
        if (section.Single(Vocabulary.Range) is not { } entry)
        {
            problems.Error(section.Heading, "this [Pool] has no Range", "add one, such as Range = 10.66.0.0/24");
            return;
        }

        if (ReadRange(entry.Value) is not { } range)
            return;
        pool = pool with { Range = range };
        CheckExclusions(range, entry.Value, exclusions);
        _drafts.Add(new Draft(pool, entry.Value, peers, groups));
    }

    /// <summary>The name of the pool that is named, if there is one; for when all sections are read.</summary>
    public string? Find(Word reference) => _names.TryFind(reference, out PoolSection? pool) ? pool.Name : null;

    /// <summary>All pools, for when all sections are read.</summary>
    public ImmutableArray<PoolSection> Complete(GroupReader groups)
    {
        CheckOverlaps();
        return [.. _drafts.Select(draft => draft.Pool with { Peers = WhoMayUse(draft, groups) })];
    }

    private static FrozenSet<PublicKey>? WhoMayUse(Draft draft, GroupReader groups)
    {
        if (draft.Peers.Count == 0 && draft.Groups.Length == 0)
            return null;
        foreach (GroupSection group in groups.Find(draft.Groups))
            draft.Peers.UnionWith(group.Peers);
        return draft.Peers.ToFrozenSet();
    }

    private IpRange? ReadRange(Word value)
    {
        if (value.Span.Contains(','))
        {
            problems.Error(value, "a [Pool] has one Range", "make a [Pool] of each");
            return null;
        }

        if (values.Range(value) is not { } range)
            return null;
        if (range.TryGetPrefix(out IpPrefix prefix) && prefix.Length == 0)
            problems.Error(value, $"{range} is every address that there is", "write the range of your network, such as 10.66.0.0/24 or fd66::/64");
        else if (SpecialAddresses.AnyIn(range) is { } kind)
            problems.Error(value, $"{range} has {kind} addresses, which are not for hosts", "write the range of your network, such as 10.66.0.0/24 or fd66::/64");
        else
            return range;
        return null;
    }

    private IEnumerable<(IpRange Range, Word Place)> ReadExclusions(Section section)
    {
        foreach (Word item in section.All(Vocabulary.Exclude).SelectMany(values.Items))
        {
            if (values.Range(item) is { } range)
                yield return (range, item);
        }
    }

    private void CheckExclusions(IpRange pool, Word place, (IpRange Range, Word Place)[] exclusions)
    {
        foreach ((IpRange range, Word at) in exclusions)
        {
            if (!pool.Overlaps(range))
                problems.Warning(at, $"{range} is not in the pool {pool}", "delete it, or correct it");
        }

        if (!HasAny(pool, exclusions.Select(exclusion => exclusion.Range)))
            problems.Error(place, $"nothing is left of the pool {pool}", exclusions.Length == 0 ? "widen its Range" : "widen its Range, or exclude less");
    }

    private static bool HasAny(IpRange pool, IEnumerable<IpRange> exclusions)
    {
        (UInt128 next, UInt128 last) = (pool.First.Bits, pool.Last.Bits);
        // Network and broadcast addresses are not leased; RFC 3021: /31 has none.
        if (pool.Family == AddressFamily.InterNetwork && pool.TryGetPrefix(out IpPrefix prefix) && prefix.Length < 31)
            (next, last) = (next + 1, last - 1);
        foreach (IpRange exclusion in exclusions.Where(pool.Overlaps).Order())
        {
            if (exclusion.First.Bits > next)
                return true;
            if (exclusion.Last.Bits >= last)
                return false;
            next = UInt128.Max(next, exclusion.Last.Bits + 1);
        }

        return true;
    }

    // In the order of addresses, a pool that overlaps any before it overlaps the one that reaches furthest.
    private void CheckOverlaps()
    {
        Draft? furthest = null;
        foreach (Draft draft in _drafts.OrderBy(draft => draft.Pool.Range).ThenBy(draft => draft.Pool.Line))
        {
            if (furthest is not null && furthest.Pool.Range.Overlaps(draft.Pool.Range))
            {
                (Draft first, Draft second) = furthest.Pool.Line < draft.Pool.Line ? (furthest, draft) : (draft, furthest);
                problems.Error(
                    second.Place,
                    $"the pool {second.Pool.Range} overlaps the pool {first.Pool.Range} in line {first.Place.Line}",
                    "cut one of them: each address belongs to one pool");
            }

            if (furthest is null || furthest.Pool.Range.Last < draft.Pool.Range.Last)
                furthest = draft;
        }
    }

    private sealed record Draft(PoolSection Pool, Word Place, HashSet<PublicKey> Peers, Word[] Groups);
}
