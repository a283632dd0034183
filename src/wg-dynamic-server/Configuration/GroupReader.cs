using System.Collections.Frozen;
using System.Collections.Immutable;

namespace WgDynamic.Server;

/// <summary>Makes groups of <c>[Group]</c>.</summary>
/// <param name="values">Reads values.</param>
/// <param name="problems">Takes the problems.</param>
internal sealed class GroupReader(ValueReader values, ProblemList problems)
{
    private readonly ImmutableArray<GroupSection>.Builder _groups = ImmutableArray.CreateBuilder<GroupSection>();
    private readonly NameTable<GroupSection> _names = new(Vocabulary.Group, problems);

    /// <summary>All groups.</summary>
    public ImmutableArray<GroupSection> Groups => _groups.ToImmutable();

    /// <summary>Reads a section.</summary>
    public void Add(Section section)
    {
        FrozenSet<PublicKey> peers = ReadPeers(section, values).ToFrozenSet();
        if (section.Single(Vocabulary.Name) is not { } name)
        {
            problems.Error(section.Heading, "this [Group] has no Name", "add one, such as Name = staff");
            return;
        }

        if (values.Name(name.Value) is not { } text)
            return;
        if (!section.All(Vocabulary.Peers).Any())
            problems.Warning(section.Heading, $"nobody is in the group {text}", "add Peers with their public keys");
        GroupSection group = new() { Line = section.Heading.Line, Name = text, Peers = peers };
        _names.Add(text, group, name.Value);
        _groups.Add(group);
    }

    /// <summary>The groups that are named, as far as there are such; for when all sections are read.</summary>
    public IEnumerable<GroupSection> Find(IEnumerable<Word> references)
    {
        foreach (Word reference in references)
        {
            if (_names.TryFind(reference, out GroupSection? group))
                yield return group;
        }
    }

    /// <summary>All keys of a section's <c>Peers</c>.</summary>
    public static HashSet<PublicKey> ReadPeers(Section section, ValueReader values)
    {
        HashSet<PublicKey> peers = [];
        foreach (Word item in section.All(Vocabulary.Peers).SelectMany(values.Items))
        {
            if (values.Key(item) is { } key)
                _ = peers.Add(key);
        }

        return peers;
    }
}
