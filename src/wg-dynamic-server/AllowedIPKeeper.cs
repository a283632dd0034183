using Microsoft.Extensions.Logging;
using WgDynamic.Leasing;
using WgDynamic.Netlink;

namespace WgDynamic.Server;

/// <summary>
/// Keeps the device as the lease book wants it, without touching what is not the book's: plans what a changed lease
/// means for it, makes the planned changes in one go, and finds what others have changed. Has one owner, the lease service.
/// </summary>
internal sealed class AllowedIPKeeper(InterfaceName interfaceName, LeaseBook book, StoreKeeper store, IWireGuard wireGuard, ILogger log)
{
    private readonly AllowedIPChanges _changes = new();

    // What this server has put on the device, and what an earlier one had: nothing else is ever removed.
    private readonly HashSet<(IpAddress Address, PublicKey Peer)> _ours = [];

    private DeviceView? _view;
    private (int Added, int Removed) _mending;

    // The device is not as the book wants it, by a failure here and nobody else's doing.
    private bool _isBehind;

    /// <summary>The device as it was last looked at. For any thread.</summary>
    public DeviceView? View => Volatile.Read(ref _view);

    /// <summary>Whether an address is to be given or taken by what is planned.</summary>
    public bool IsToChange(IpAddress? address) => _changes.Contains(address);

    /// <summary>Looks at the device, and plans what makes it as the book wants it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NetlinkException">The device cannot be read.</exception>
    public async ValueTask RefreshAsync(Moment now, CancellationToken cancellationToken)
    {
        DeviceView view = new(await wireGuard.GetDeviceAsync(interfaceName, cancellationToken));
        if (_view is null)
            _ours.UnionWith(book.Leases.Where(lease => lease.OwnsAllowedIP).Select(lease => (lease.Address, lease.Peer)));
        Volatile.Write(ref _view, view);
        // What is gone from there needs no removal; should it come again, it is the operator's.
        _ = _ours.RemoveWhere(ours => view.OwnerOf(ours.Address) != ours.Peer);
        foreach (Lease ended in book.Leases.Where(lease => lease is { IsActive: false, OwnsAllowedIP: true } && !_ours.Contains((lease.Address, lease.Peer))).ToList())
            book.Clear(ended);

        int added = PlanAdditions(view, now), removed = PlanRemovals(view);
        _mending = _isBehind ? (0, 0) : (added, removed);
        _isBehind = false;
    }

    /// <summary>Notes what has just changed in the book: whatever this round's look at the device had planned for a lease that ended is off.</summary>
    public void Note(in LeaseChange change)
    {
        if (change.Record.State != LeaseState.Active)
            _changes.Withdraw(change.Record.Address, change.Record.Peer);
    }

    /// <summary>Plans what a change that is stored means for the device.</summary>
    public void Plan(LeaseChange change)
    {
        LeaseRecord lease = change.Record;
        Lease? current = book.Find(lease.Address);
        if (change.Event is LeaseEvent.Granted or LeaseEvent.Renewed)
        {
            if (lease.OwnsAllowedIP && current is { IsActive: true } && current.Peer == lease.Peer && IsToBeAdded(lease.Address, lease.Peer))
                _changes.Add(lease.Address, lease.Peer);
        }
        else if (change.Event == LeaseEvent.Ended)
        {
            if (!_ours.Contains((lease.Address, lease.Peer)))
                Clear(lease.Address, lease.Peer);
            // Somebody else may have it by now; what is added to one peer leaves the other by itself.
            else if (current is not { IsActive: true } || !_view!.HasPeer(current.Peer))
                _changes.Remove(lease.Address, lease.Peer);
        }
    }

    /// <summary>Makes the planned changes.</summary>
    /// <returns>Whether they were made. If not, part of them may have been: the next look at the device tells, and plans the rest.</returns>
    /// <exception cref="NetlinkException">The interface is gone.</exception>
    public async ValueTask<bool> ApplyAsync(CancellationToken cancellationToken)
    {
        if (_changes.IsEmpty)
            return true;
        try
        {
            await wireGuard.ConfigureAsync(interfaceName, _changes.ToPeerChanges(), cancellationToken);
        }
        catch (NetlinkException error) when (!error.IsNoSuchDevice)
        {
            log.DeviceFailed(interfaceName, error);
            // Each of them may have been made.
            _ours.UnionWith(_changes.Additions);
            return false;
        }

        foreach ((IpAddress address, PublicKey peer) in _changes.Additions)
        {
            if (_view!.OwnerOf(address) is { } former)
                _ = _ours.Remove((address, former));
            _ = _ours.Add((address, peer));
        }

        _ours.ExceptWith(_changes.Removals);
        _changes.ApplyTo(_view!);
        foreach ((IpAddress address, PublicKey peer) in _changes.Removals)
            Clear(address, peer);
        if (_mending != (0, 0))
            log.Mended(interfaceName, _mending.Added, _mending.Removed);
        return true;
    }

    /// <summary>Ends a round: what was planned in it was made, or is left to the next look at the device.</summary>
    public void EndRound(bool applied)
    {
        if (!applied && !_changes.IsEmpty)
            _isBehind = true;
        _changes.Clear();
        _mending = (0, 0);
    }

    /// <summary>Whether a prefix on the device is this server's doing.</summary>
    public bool IsOurs(IpPrefix prefix, PublicKey holder) => prefix.IsHost && _ours.Contains((prefix.Address, holder));

    private int PlanAdditions(DeviceView view, Moment now)
    {
        int count = 0;
        foreach (Lease lease in book.Leases)
        {
            if (!lease.IsActive || !view.HasPeer(lease.Peer))
                continue;
            PublicKey? holder = view.OwnerOf(lease.Address);
            if (holder == lease.Peer)
                continue;
            if (holder is { } other && !_ours.Contains((lease.Address, other)))
            {
                // The operator has given the address to another peer: that is the operator's to decide.
                log.Conflict(interfaceName, lease.Address, lease.Peer, other);
                book.Revoke(lease, now);
            }
            else if (!lease.OwnsAllowedIP)
            {
                // It was the operator's, who has taken it away.
                book.Revoke(lease, now);
            }
            else if (!store.IsUnsaved(lease.Address))
            {
                // What is not stored yet is not done yet.
                _changes.Add(lease.Address, lease.Peer);
                count++;
            }
        }

        return count;
    }

    private int PlanRemovals(DeviceView view)
    {
        int count = 0;
        foreach ((IpAddress address, PublicKey peer) in _ours)
        {
            // What is added to its new peer leaves the old one by itself, if the new one is there.
            if (store.IsUnsaved(address) || (book.Find(address) is { IsActive: true } lease && (lease.Peer == peer || view.HasPeer(lease.Peer))))
                continue;
            _changes.Remove(address, peer);
            count++;
        }

        return count;
    }

    private bool IsToBeAdded(IpAddress address, PublicKey peer) =>
        _view!.HasPeer(peer) && (_view.OwnerOf(address) is not { } holder || (holder != peer && _ours.Contains((address, holder))));

    private void Clear(IpAddress address, PublicKey peer)
    {
        if (book.Find(address) is { IsActive: false } lease && lease.Peer == peer)
            book.Clear(lease);
    }
}
