namespace WgDynamic.Netlink;

/// <summary>
/// What callers see of any implementation: configurations one at a time, removal of single prefixes whether the
/// implementation knows how or not, and no trace of the peer that makes up for it. Owns the backend.
/// </summary>
internal sealed class WireGuardClient(IWireGuardBackend backend) : IWireGuard
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    // Null until the first removal was tried.
    private bool? _canRemovePrefixes;
    private volatile bool _throwAwayPeerSeen;

    public async ValueTask<WireGuardDevice> GetDeviceAsync(InterfaceName name, IPeerSink peers, CancellationToken cancellationToken = default)
    {
        ThrowAwayPeer.Filter filter = new(peers);
        WireGuardDevice device = await backend.ReadAsync(name, filter, cancellationToken);
        // During a configuration of our own it may be seen as well; discarding it once too often does no harm.
        if (filter.Seen)
            _throwAwayPeerSeen = true;
        return device;
    }

    public async ValueTask ConfigureAsync(InterfaceName name, IReadOnlyList<PeerChange> changes, CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_throwAwayPeerSeen)
                await DiscardThrowAwayPeerAsync(name, cancellationToken);

            if (!ConfigurationPlan.RemovesPrefixes(changes) || _canRemovePrefixes == true)
                await backend.ApplyAsync(name, ConfigurationPlan.WithRemoval(changes), cancellationToken);
            else
                await ConfigureWithCareAsync(name, changes, cancellationToken);
        }
        finally
        {
            _ = _gate.Release();
        }
    }

    public ValueTask SetFirewallMarkAsync(InterfaceName name, uint mark, CancellationToken cancellationToken = default) =>
        backend.SetFirewallMarkAsync(name, mark, cancellationToken);

    /// <summary>Removes the throw-away peer that a crashed process may have left behind.</summary>
    public async ValueTask TidyAsync(InterfaceName name, CancellationToken cancellationToken)
    {
        _ = await GetDeviceAsync(name, NoPeers.Instance, cancellationToken);
        if (_throwAwayPeerSeen)
            await ConfigureAsync(name, [], cancellationToken);
    }

    public void Dispose()
    {
        backend.Dispose();
        _gate.Dispose();
    }

    // Prefixes are removed, and it is not known that the implementation can.
    private async ValueTask ConfigureWithCareAsync(InterfaceName name, IReadOnlyList<PeerChange> changes, CancellationToken cancellationToken)
    {
        AllowedIPTable table = new(changes);
        _ = await backend.ReadAsync(name, table, cancellationToken);
        if (_canRemovePrefixes is null && ConfigurationPlan.FirstRemoval(changes, table) is (var peer, var prefix))
            _canRemovePrefixes = await TryRemoveAsync(name, peer, prefix, cancellationToken);

        if (_canRemovePrefixes == true)
            await backend.ApplyAsync(name, ConfigurationPlan.WithRemoval(changes), cancellationToken);
        else
            await ApplyWithThrowAwayPeerAsync(name, ConfigurationPlan.WithThrowAwayPeer(changes, table), cancellationToken);
    }

    // An implementation that does not know the removal says EINVAL, or overlooks the mark and gives the peer what it
    // has already. So the answer counts only if it shows; null is for not known yet.
    private async ValueTask<bool?> TryRemoveAsync(InterfaceName name, PublicKey peer, IpPrefix prefix, CancellationToken cancellationToken)
    {
        PeerOperation removal = new(peer) { UpdateOnly = true, AllowedIPs = [new AllowedIPOperation(prefix, Remove: true)] };
        try
        {
            await backend.ApplyAsync(name, [removal], cancellationToken);
        }
        catch (NetlinkException e) when (e.Errno is Errno.EINVAL or Errno.EOPNOTSUPP)
        {
            return false;
        }

        AllowedIPTable after = new([new PeerChange { PublicKey = peer, RemoveAllowedIPs = [prefix] }]);
        _ = await backend.ReadAsync(name, after, cancellationToken);
        return after.Has(peer) ? !after.Has(peer, prefix) : null;
    }

    private async ValueTask ApplyWithThrowAwayPeerAsync(InterfaceName name, List<PeerOperation> operations, CancellationToken cancellationToken)
    {
        // Until it is known that the last operation was carried out.
        _throwAwayPeerSeen = true;
        try
        {
            await backend.ApplyAsync(name, operations, cancellationToken);
            _throwAwayPeerSeen = false;
        }
        catch
        {
            // What the caller must hear is why this failed; the next configuration tries again.
            await TryDiscardThrowAwayPeerAsync(name);
            throw;
        }
    }

    private async ValueTask DiscardThrowAwayPeerAsync(InterfaceName name, CancellationToken cancellationToken)
    {
        await backend.ApplyAsync(name, [ThrowAwayPeer.Discard], cancellationToken);
        _throwAwayPeerSeen = false;
    }

    private async ValueTask TryDiscardThrowAwayPeerAsync(InterfaceName name)
    {
        try
        {
            await DiscardThrowAwayPeerAsync(name, CancellationToken.None);
        }
        catch (NetlinkException)
        {
        }
    }
}
