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

    // What ended here and may still be on the device.
    private readonly HashSet<(IpAddress Address, PublicKey Peer)> _pendingRemovals = [];

    private DeviceView? _view;
    private (int Added, int Removed) _mending;

    // The device is not as the book wants it, by a failure here and nobody else's doing.
    private bool _isBehind;

    // A change has failed since the device was looked at: part of it may have been made.
    private bool _isViewInDoubt;

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
        Volatile.Write(ref _view, view);
        _isViewInDoubt = false;
        // What is gone from there needs no removal; should it come again, it is the operator's.
        _ = _pendingRemovals.RemoveWhere(removal => view.OwnerOf(removal.Address) != removal.Peer);
        ClearEnded(view);

        (int Added, int Removed) planned = (0, 0);
        foreach (Lease lease in book.Leases)
        {
            if (!lease.IsActive || !view.HasPeer(lease.Peer))
                continue;
            PublicKey? holder = view.OwnerOf(lease.Address);
            if (holder == lease.Peer)
                continue;
            if (holder is { } other && !_pendingRemovals.Contains((lease.Address, other)))
            {
                // The operator has given the address to another peer: that is the operator's to decide.
                log.Conflict(interfaceName, lease.Address, lease.Peer, other);
                book.Revoke(lease, now);
            }
            else if (store.IsUnsaved(lease.Address))
            {
                // What is not stored yet is not done yet.
                continue;
            }
            else if (lease.OwnsAllowedIP)
            {
                _changes.Add(lease.Address, lease.Peer);
                planned.Added++;
            }
            else
            {
                // It was the operator's, who has taken it away.
                book.Revoke(lease, now);
            }
        }

        foreach ((IpAddress address, PublicKey peer) in _pendingRemovals)
        {
            // What is added to its new peer leaves the old one by itself, if the new one is there.
            if (store.IsUnsaved(address) || (book.Find(address) is { IsActive: true } lease && view.HasPeer(lease.Peer)))
                continue;
            _changes.Remove(address, peer);
            planned.Removed++;
        }

        _mending = _isBehind ? (0, 0) : planned;
        _isBehind = false;
    }

    /// <summary>Notes at once what ended and may be on the device, so that it is not taken for the operator's until it is removed.</summary>
    public void Note(in LeaseChange change)
    {
        LeaseRecord lease = change.Record;
        // What this round's look at the device had planned for a lease that ends in this round.
        if (lease.State != LeaseState.Active)
            _changes.Withdraw(lease.Address, lease.Peer);
        if (change.Event == LeaseEvent.Ended && lease.OwnsAllowedIP && (_view!.OwnerOf(lease.Address) == lease.Peer || _isViewInDoubt))
            _ = _pendingRemovals.Add((lease.Address, lease.Peer));
        else if (lease.State == LeaseState.Active)
            _ = _pendingRemovals.Remove((lease.Address, lease.Peer));
    }

    /// <summary>Plans what a change that is stored means for the device.</summary>
    public void Plan(LeaseChange change)
    {
        LeaseRecord lease = change.Record;
        if (!lease.OwnsAllowedIP || change.Event is LeaseEvent.Cleared or LeaseEvent.Forgotten)
            return;
        if (lease.State == LeaseState.Active)
        {
            if (_view!.OwnerOf(lease.Address) != lease.Peer && _view.HasPeer(lease.Peer))
                _changes.Add(lease.Address, lease.Peer);
            return;
        }

        _changes.Withdraw(lease.Address, lease.Peer);
        if (!_pendingRemovals.Contains((lease.Address, lease.Peer)))
            Clear(lease.Address, lease.Peer);
        // Somebody else may have it by now; what is added to one peer leaves the other by itself.
        else if (book.Find(lease.Address) is not { IsActive: true } other || !_view!.HasPeer(other.Peer))
            _changes.Remove(lease.Address, lease.Peer);
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
            _isViewInDoubt = true;
            return false;
        }

        _changes.ApplyTo(_view!);
        _ = _pendingRemovals.RemoveWhere(removal => _changes.Contains(removal.Address));
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
    public bool IsOurs(IpPrefix prefix, PublicKey holder) =>
        prefix.IsHost
        && (_pendingRemovals.Contains((prefix.Address, holder))
            || (book.Find(prefix.Address) is { OwnsAllowedIP: true } lease && lease.Peer == holder));

    // Ended leases whose prefixes may still be there: a server before this one may not have come to removing them.
    private void ClearEnded(DeviceView view)
    {
        foreach (Lease lease in book.Leases.Where(lease => lease is { IsActive: false, OwnsAllowedIP: true }).ToList())
        {
            if (view.OwnerOf(lease.Address) == lease.Peer)
                _ = _pendingRemovals.Add((lease.Address, lease.Peer));
            else
                book.Clear(lease);
        }
    }

    private void Clear(IpAddress address, PublicKey peer)
    {
        if (book.Find(address) is { IsActive: false } lease && lease.Peer == peer)
            book.Clear(lease);
    }
}
