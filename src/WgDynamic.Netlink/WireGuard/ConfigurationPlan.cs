namespace WgDynamic.Netlink;

/// <summary>Turns changes into operations, with or without an implementation's help in removing a prefix.</summary>
internal static class ConfigurationPlan
{
    /// <summary>Whether any change removes prefixes.</summary>
    public static bool RemovesPrefixes(IReadOnlyList<PeerChange> changes) => changes.Any(RemovesPrefixes);

    /// <summary>For implementations that can remove a prefix, and for changes that remove none.</summary>
    public static List<PeerOperation> WithRemoval(IReadOnlyList<PeerChange> changes) =>
        [.. changes.Select(change => Operation(change, RemovesPrefixes(change) ? change.RemoveAllowedIPs : []))];

    /// <summary>For implementations that cannot: what a peer has and shall lose goes to the throw-away peer, which is discarded in the end.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="table">Who has what before them; after the call, after them.</param>
    public static List<PeerOperation> WithThrowAwayPeer(IReadOnlyList<PeerChange> changes, AllowedIPTable table)
    {
        List<PeerOperation> operations = [];
        List<AllowedIPOperation>? taken = null;
        foreach (PeerChange change in changes)
        {
            List<IpPrefix> removed = table.Apply(change);
            if (removed.Count > 0)
            {
                // One after another they are one operation, however many peers they come from.
                if (operations is not [.., { } last] || last.PublicKey != ThrowAwayPeer.PublicKey)
                    operations.Add(ThrowAwayPeer.Take(taken = []));
                taken!.AddRange(removed.Select(prefix => new AllowedIPOperation(prefix)));
            }

            if (!OnlyRemovesPrefixes(change))
                operations.Add(Operation(change, []));
        }

        if (taken is not null)
            operations.Add(ThrowAwayPeer.Discard);
        return operations;
    }

    /// <summary>The first prefix that the changes take from a peer that has it at the outset, to try the removal on.</summary>
    public static (PublicKey Peer, IpPrefix Prefix)? FirstRemoval(IReadOnlyList<PeerChange> changes, AllowedIPTable table)
    {
        foreach (PeerChange change in changes.Where(RemovesPrefixes))
        {
            foreach (IpPrefix prefix in change.RemoveAllowedIPs)
            {
                if (table.Has(change.PublicKey, prefix))
                    return (change.PublicKey, prefix);
            }
        }

        return null;
    }

    private static bool RemovesPrefixes(PeerChange change) => !change.Remove && change.RemoveAllowedIPs.Count > 0;

    private static bool OnlyRemovesPrefixes(PeerChange change) =>
        RemovesPrefixes(change)
        && change is { UpdateOnly: true, AddAllowedIPs.Count: 0, Endpoint: null, PersistentKeepalive: null };

    private static PeerOperation Operation(PeerChange change, IReadOnlyList<IpPrefix> removals) => change.Remove
        ? new PeerOperation(change.PublicKey) { Remove = true }
        : new PeerOperation(change.PublicKey)
        {
            UpdateOnly = change.UpdateOnly,
            Endpoint = change.Endpoint,
            PersistentKeepalive = change.PersistentKeepalive,
            AllowedIPs =
            [
                .. removals.Select(prefix => new AllowedIPOperation(prefix, Remove: true)),
                .. change.AddAllowedIPs.Select(prefix => new AllowedIPOperation(prefix)),
            ],
        };
}
