using Microsoft.Extensions.Logging;
using WgDynamic.Leasing;
using WgDynamic.Netlink;

namespace WgDynamic.Server;

/// <summary>
/// Keeps the device as the lease book wants it, without touching what is not the book's: plans what a changed lease
/// means for it, makes the planned changes in one go, and finds what others have changed. Has one owner, the lease service.
/// </summary>
internal sealed class AllowedIPKeeper(InterfaceName interfaceName, LeaseBook book, StoreKeeper store, IWireGuard wireGuard, Counters counters, ILogger log)
{
    private readonly AllowedIPChanges _changes = new();

    // What this server has tried to put on the device, and failed: it may be there, until the next look.
    private readonly HashSet<(IpAddress Address, PublicKey Peer)> _perhaps = [];

    private (int Added, int Removed) _mending;

    private string? _problem;

    // The device is not as the book wants it, by a failure here and nobody else's doing.
    private bool _isBehind;
    private bool _hasLooked;

    /// <summary>The device as it was last looked at. What is this server's doing there, or an earlier one's, may be removed again, and nothing else.</summary>
    public DeviceView View { get; } = new();

    /// <summary>Why the device cannot be read or changed; null if it can.</summary>
    public string? Problem
    {
        get => _problem;
        private set
        {
            // Once each way: it is tried many times a second.
            if (_problem is null && value is not null)
                log.DeviceFailed(interfaceName, value);
            else if (_problem is not null && value is null)
                log.DeviceRecovered(interfaceName);
            _problem = value;
        }
    }

    /// <summary>Whether an address is to be given or taken by what is planned.</summary>
    public bool IsToChange(IpAddress? address) => _changes.Contains(address);

    /// <summary>Looks at the device, and plans what makes it as the book wants it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether the device is another than it was believed to be.</returns>
    /// <exception cref="NetlinkException">The device cannot be read.</exception>
    public async ValueTask<bool> RefreshAsync(Moment now, CancellationToken cancellationToken)
    {
        try
        {
            _ = await wireGuard.GetDeviceAsync(interfaceName, View, cancellationToken);
        }
        catch (NetlinkException error) when (!error.IsNoSuchDevice)
        {
            Problem = error.Message;
            throw;
        }

        if (!_isBehind)
            Problem = null;
        bool isDifferent = View.End() || _perhaps.Count > 0 || !_hasLooked;
        // As it was, and as the book wants it: nothing to go through.
        if (!isDifferent && !_isBehind)
            return false;

        if (!_hasLooked)
            _perhaps.UnionWith(book.Leases.Where(lease => lease.OwnsAllowedIP).Select(lease => (lease.Address, lease.Peer)));
        _hasLooked = true;
        foreach ((IpAddress address, PublicKey peer) in _perhaps)
            View.Claim(address, peer);
        _perhaps.Clear();
        _perhaps.TrimExcess();

        // What is gone from there needs no removal; should it come again, it is the operator's.
        foreach (Lease ended in book.Leases.Where(lease => lease is { IsActive: false, OwnsAllowedIP: true } && !View.IsOurs(lease.Address, lease.Peer)).ToList())
            book.Clear(ended);

        int added = PlanAdditions(now), removed = PlanRemovals();
        _mending = _isBehind ? (0, 0) : (added, removed);
        _isBehind = false;
        return isDifferent;
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
            if (!View.IsOurs(lease.Address, lease.Peer) && !_perhaps.Contains((lease.Address, lease.Peer)))
                Clear(lease.Address, lease.Peer);
            // Somebody else may have it by now; what is added to one peer leaves the other by itself.
            else if (current is not { IsActive: true } || !View.HasPeer(current.Peer))
                _changes.Remove(lease.Address, lease.Peer);
        }
    }

    /// <summary>The book is another one: the next look at the device plans all that makes it as that one wants it.</summary>
    public void BeginAnew()
    {
        _changes.Clear();
        _isBehind = true;
        _hasLooked = false;
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
            Problem = error.Message;
            // Each of them may have been made.
            _perhaps.UnionWith(_changes.Additions);
            return false;
        }

        Problem = null;
        foreach ((IpAddress address, PublicKey peer) in _changes.Additions)
            View.Give(address, peer);
        foreach ((IpAddress address, PublicKey peer) in _changes.Removals)
        {
            View.Take(address, peer);
            Clear(address, peer);
        }

        counters.AddMended(_mending.Added + _mending.Removed);
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

    private int PlanAdditions(Moment now)
    {
        int count = 0;
        foreach (Lease lease in book.Leases)
        {
            if (!lease.IsActive || !View.HasPeer(lease.Peer))
                continue;
            PublicKey? holder = View.OwnerOf(lease.Address);
            if (holder == lease.Peer)
                continue;
            if (holder is { } other && !View.IsOurs(lease.Address, other))
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

    private int PlanRemovals()
    {
        int count = 0;
        foreach ((IpAddress address, PublicKey peer) in View.Ours)
        {
            // What is added to its new peer leaves the old one by itself, if the new one is there.
            if (store.IsUnsaved(address) || (book.Find(address) is { IsActive: true } lease && (lease.Peer == peer || View.HasPeer(lease.Peer))))
                continue;
            _changes.Remove(address, peer);
            count++;
        }

        return count;
    }

    private bool IsToBeAdded(IpAddress address, PublicKey peer) =>
        View.HasPeer(peer) && (View.OwnerOf(address) is not { } holder || (holder != peer && View.IsOurs(address, holder)));

    private void Clear(IpAddress address, PublicKey peer)
    {
        if (book.Find(address) is { IsActive: false } lease && lease.Peer == peer)
            book.Clear(lease);
    }
}
