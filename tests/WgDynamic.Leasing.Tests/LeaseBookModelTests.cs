using CsCheck;
using static WgDynamic.Leasing.Tests.Peers;

namespace WgDynamic.Leasing.Tests;

/// <summary>Random operations on a book, held against the plainest thing that could be right.</summary>
public class LeaseBookModelTests
{
    private static readonly PublicKey[] _staff = [Peer(1), Peer(2), Peer(3)];

    private static readonly PoolDefinition[][] _poolChoices =
    [
        [Define("10.0.0.0/29"), Define("2001:db8::/126")],
        [Define("10.0.0.0/30"), Define("10.0.0.4/30") with { LeaseTime = TimeSpan.FromSeconds(50) }],
        [Define("10.0.0.2-10.0.0.3") with { Peers = _staff.ToHashSet() }, Define("10.0.0.0/29") with { Exclusions = [IpRange.Parse("10.0.0.6")] }, Define("2001:db8::/127")],
        [Define("10.0.0.0/29")],
        [Define("10.0.0.0/30") with { Enabled = false }, Define("10.0.0.0/28"), Define("2001:db8::/126") with { Enabled = false }],
        [],
    ];

    private enum Kind
    {
        Any,
        Certain,
        Nothing,
        Release,
        Wait,
        Plan,
        Reserve,
        Unreserve,
        Revoke,
        RevokeDisallowed,
        Restart,
        Prune,
        Clear,
    }

    private static readonly Gen<(Kind Kind, int Peer, int Number, int Seconds)[]> _steps =
        Gen.Select(Gen.Frequency((6, Gen.Const(Kind.Any)), (4, Gen.Const(Kind.Certain)), (8, Gen.Enum<Kind>())), Gen.Int[0, 8], Gen.Int[0, 10], Gen.Int[0, 70])
            .Array[1, 80];

    [Fact]
    public void Whatever_happens_each_address_is_with_whom_it_ought_to_be() =>
        _steps.Sample(steps =>
        {
            Model model = new();
            foreach ((Kind kind, int peer, int number, int seconds) in steps)
                model.Do(kind, Peer(peer + 1), number, seconds);
        }, iter: 5_000);

    // One lease, active or ended, with nothing but lists to find it in.
    private sealed record Entry(IpAddress Address, PublicKey Peer)
    {
        public LeaseState State { get; set; }

        public double Until { get; set; }

        public bool Owned { get; set; }

        public bool HeldBack { get; set; }

        public bool IsActive => State == LeaseState.Active;
    }

    private sealed class Model
    {
        private static readonly LeasePolicy _policy = new()
        {
            LeaseTime = TimeSpan.FromSeconds(100),
            LongestLeaseTime = TimeSpan.FromSeconds(100),
            GrantInterval = TimeSpan.Zero,
            AddressesPerPeer = 2,
        };

        // Oldest first, in the order in which they began; of those that ended, in the order in which they ended.
        private readonly List<Entry> _entries = [];
        private LeaseBook _book = new(_policy);
        private PoolDefinition[] _pools = _poolChoices[0];
        private Exclusion[] _exclusions = [];
        private Reservation[] _reservations = [];
        private double _now;
        private double _restartedAt = double.NegativeInfinity;

        public Model() => SetPlan();

        public void Do(Kind kind, PublicKey peer, int number, int seconds)
        {
            // So that nothing happens at the same time as something else, and order has a meaning.
            _now += 1.0 / 1024;
            switch (kind)
            {
                case Kind.Any:
                    Ask(peer, Any4, number % 3 == 0 ? null : Any6);
                    break;
                case Kind.Certain:
                    Ask(peer, Ip($"10.0.0.{number}"), number % 2 == 0 ? Ip($"2001:db8::{number}") : Any6);
                    break;
                case Kind.Nothing:
                    Ask(peer, null, null);
                    break;
                case Kind.Release:
                    _book.Release(peer, At(_now));
                    End(_entries.Where(entry => entry.Peer == peer), LeaseState.Released);
                    break;
                case Kind.Wait:
                    _now += seconds;
                    Expire();
                    break;
                case Kind.Plan:
                    _pools = _poolChoices[number % _poolChoices.Length];
                    _exclusions = [.. Enumerable.Range(0, seconds % 4).Select(i => new Exclusion(IpPrefix.Containing(Ip($"10.0.0.{(number + (3 * i)) % 8}"), 32 - (i % 2)), i == 2 ? null : Peer(i + 1)))];
                    _reservations = [.. Enumerable.Range(0, seconds % 5).Select(i => new Reservation(Peer(((number + i) % 8) + 1), Ip($"10.0.0.{(number * (i + 2)) % 10}")))];
                    SetPlan();
                    break;
                case Kind.Reserve when HandOwner(Ip($"10.0.0.{number}")) is null:
                    Reservation added = new(peer, Ip($"10.0.0.{number}"));
                    _reservations = [.. _reservations, added];
                    Assert.Equal(UsableReservations().LastOrDefault() == added && UsableReservations().Count > UsableReservations(_reservations[..^1]).Count, _book.TryReserve(added));
                    break;
                case Kind.Unreserve when HandOwner(Ip($"10.0.0.{number}")) is null:
                    Reservation[] usable = [.. UsableReservations()];
                    _reservations = [.. usable.Where(reservation => reservation.Address != Ip($"10.0.0.{number}"))];
                    Assert.Equal(_reservations.Length < usable.Length, _book.Unreserve(Ip($"10.0.0.{number}")));
                    break;
                case Kind.Revoke:
                    if (_book.Find(Ip($"10.0.0.{number}")) is { } lease)
                    {
                        _book.Revoke(lease, At(_now));
                        End(_entries.Where(entry => entry.Address == lease.Address), LeaseState.Revoked);
                    }

                    break;
                case Kind.RevokeDisallowed:
                    _book.RevokeDisallowed(At(_now));
                    End(_entries.Where(entry => !MayHave(entry.Peer, entry.Address)), LeaseState.Revoked);
                    break;
                case Kind.Restart:
                    Restart(number % 2 == 0, seconds);
                    break;
                case Kind.Prune:
                    _book.Prune(At(_now - seconds).Wall);
                    _entries.RemoveAll(entry => entry is { IsActive: false, HeldBack: false } && entry.Until < _now - seconds);
                    break;
                case Kind.Clear:
                    foreach (Lease ended in _book.Leases.Where(candidate => candidate.Address.Bits % 3 == (UInt128)(number % 3)).ToList())
                        _book.Clear(ended);
                    foreach (Entry entry in _entries.Where(entry => !entry.IsActive && entry.Address.Bits % 3 == (UInt128)(number % 3)))
                        entry.Owned = false;
                    Trim();
                    break;
            }

            Agree();
        }

        private void SetPlan() => _book.SetPlan(new LeasePlan { Pools = _pools, Exclusions = _exclusions, Reservations = _reservations });

        private void Restart(bool sameBoot, int down)
        {
            LeaseRecord[] records = [.. _book.Leases.Select(lease => lease.ToRecord())];
            _now += down;
            _restartedAt = _now;
            _book = new LeaseBook(_policy);
            _book.Restore(new StoredLeases(records, sameBoot, null), At(_now));
            SetPlan();
            foreach (Entry entry in _entries)
                entry.HeldBack = entry.IsActive && entry.Until <= _now;
            Expire();
        }

        private void Expire()
        {
            _book.Expire(At(_now));
            foreach (Entry entry in _entries.Where(entry => entry.IsActive && entry.Until <= _now).OrderBy(entry => entry.Until).ToList())
            {
                double until = entry.Until;
                End([entry], LeaseState.Expired);
                entry.Until = until;
            }

            if (_now >= _restartedAt + 100)
                _entries.ForEach(entry => entry.HeldBack = false);
        }

        private void Ask(PublicKey peer, IpAddress? four, IpAddress? six)
        {
            LeaseGrant grant = _book.Request(new LeaseRequest(peer, four, six), At(_now));
            bool complete = Family(peer, isIPv6: false, four, grant.IPv4);
            complete &= Family(peer, isIPv6: true, six, grant.IPv6);
            Assert.Equal(complete, grant.IsComplete);
            double time = new[] { grant.IPv4, grant.IPv6 }.OfType<Lease>().Select(lease => LeaseTime(lease.Address)).DefaultIfEmpty(100).Min();
            Assert.Equal(time, grant.LeaseTime.TotalSeconds);
            foreach (Entry entry in _entries.Where(entry => entry.IsActive && entry.Peer == peer))
                entry.Until = _now + time;
        }

        // What must be true of one family of a request, said without any of the book's own structures.
        private bool Family(PublicKey peer, bool isIPv6, IpAddress? wanted, Lease? granted)
        {
            Entry? held = _entries.SingleOrDefault(entry => entry.IsActive && entry.Peer == peer && entry.Address.IsIPv6 == isIPv6);
            if (held is not null && wanted is not null && !MayHave(peer, held.Address))
            {
                End([held], LeaseState.Revoked);
                held = null;
            }

            IpAddress[] expected = wanted is null ? [] : Expected(peer, isIPv6, wanted.Value, held);
            if (expected.Length == 0)
                Assert.Null(granted);
            else
                Assert.Contains(granted!.Address, expected);

            if (held is not null && granted?.Address != held.Address)
                End([held], LeaseState.Released);
            if (granted is not null && granted.Address != held?.Address)
            {
                _entries.RemoveAll(entry => entry.Address == granted.Address);
                _entries.Add(new Entry(granted.Address, peer) { Owned = !IsOwnStatic(peer, granted.Address) });
                Trim();
            }

            if (granted is not null)
                _entries.Single(entry => entry.Address == granted.Address).HeldBack = false;
            return wanted is null || (granted is not null && (wanted.Value.IsUnspecified || wanted == granted.Address));
        }

        // The addresses of which the peer is to get one.
        private IpAddress[] Expected(PublicKey peer, bool isIPv6, IpAddress wanted, Entry? held)
        {
            IpAddress[] kept = held is null ? [] : [held.Address];
            Reservation[] reserved = [.. UsableReservations().Where(reservation => reservation.Peer == peer && reservation.Address.IsIPv6 == isIPv6)];
            if (reserved is [var mine, ..] && (mine.Address == held?.Address || !_entries.Any(entry => entry.Address == mine.Address && (entry.IsActive || (entry.Owned && entry.Peer != peer)))))
                return [mine.Address];
            if (!wanted.IsUnspecified)
                return held?.Address == wanted || CanTake(peer, wanted) ? [wanted] : kept;
            if (held is not null)
                return kept;

            IpAddress[] byHand = [.. _exclusions.Select(exclusion => exclusion.Prefix.Address).Where(address => address.IsIPv6 == isIPv6 && IsOwnStatic(peer, address) && CanTake(peer, address))];
            if (byHand.Length > 0)
                return byHand;
            if (_entries.LastOrDefault(entry => entry.Peer == peer && entry.Address.IsIPv6 == isIPv6 && CanTake(peer, entry.Address)) is { } former)
                return [former.Address];
            IpAddress[] pooled = [.. Candidates().Where(address => address.IsIPv6 == isIPv6 && PoolOf(address) is { Enabled: true } pool && (pool.Peers?.Contains(peer) ?? true))];
            IpAddress[] free = [.. pooled.Where(address => !_entries.Any(entry => entry.Address == address))];
            if (free.Length > 0)
                return free;
            Entry[] ended = [.. _entries.Where(entry => entry is { IsActive: false, HeldBack: false, Owned: false } && pooled.Contains(entry.Address))];
            return [.. ended.Where(entry => entry.Until == ended.Min(other => other.Until)).Select(entry => entry.Address)];
        }

        private bool CanTake(PublicKey peer, IpAddress address) =>
            MayHave(peer, address)
            && PoolOf(address) is not { Enabled: false }
            && _entries.SingleOrDefault(entry => entry.Address == address) is var last
            && (last is null || (!last.IsActive && (last.Peer == peer || (!last.Owned && (last.State == LeaseState.Released || IsOwnStatic(peer, address) || UsableReservations().Any(reservation => reservation.Address == address))))));

        private static IEnumerable<IpAddress> Candidates() =>
            Enumerable.Range(0, 16).Select(i => Ip($"10.0.0.{i}")).Concat(Enumerable.Range(0, 16).Select(i => Ip($"2001:db8::{i:x}")));

        private List<Reservation> UsableReservations() => UsableReservations(_reservations);

        // Of two for a peer or for an address, the first counts.
        private List<Reservation> UsableReservations(Reservation[] reservations)
        {
            List<Reservation> usable = [];
            foreach (Reservation reservation in reservations.Where(reservation => !_exclusions.Any(e => e.Owner is null && e.Prefix.Contains(reservation.Address)) && (HandOwner(reservation.Address) ?? reservation.Peer) == reservation.Peer))
            {
                if (!usable.Any(other => other.Peer == reservation.Peer || other.Address == reservation.Address))
                    usable.Add(reservation);
            }

            return usable;
        }

        private PublicKey? HandOwner(IpAddress address) =>
            _exclusions.Where(e => e.Prefix == IpPrefix.Host(address) && e.Owner is not null).Select(e => e.Owner).LastOrDefault();

        private bool MayHave(PublicKey peer, IpAddress address) =>
            UsableReservations().Any(reservation => reservation.Address == address)
                ? UsableReservations().Any(reservation => reservation.Address == address && reservation.Peer == peer)
                : PoolOf(address) is { } pool ? pool.Peers?.Contains(peer) ?? true : IsOwnStatic(peer, address) && _pools.Any(candidate => IsIn(candidate, address));

        // The pool that would lease it to somebody.
        private PoolDefinition? PoolOf(IpAddress address) => UsableReservations().Any(reservation => reservation.Address == address) ? null : PoolAround(address);

        private PoolDefinition? PoolAround(IpAddress address) =>
            _exclusions.Any(e => e.Prefix.Contains(address)) ? null
                : _pools.FirstOrDefault(pool => pool.Range.Contains(address)) is { } pool && IsIn(pool, address) && !pool.Exclusions.Any(range => range.Contains(address)) ? pool
                : null;

        private static bool IsIn(PoolDefinition pool, IpAddress address) =>
            pool.Range.Contains(address)
            && (address.IsIPv6 || !pool.Range.TryGetPrefix(out IpPrefix prefix) || prefix.Length >= 31 || (address != prefix.Address && address != prefix.Last));

        private bool IsOwnStatic(PublicKey peer, IpAddress address) =>
            !_exclusions.Any(e => e.Owner is null && e.Prefix.Contains(address)) && HandOwner(address) == peer;

        private double LeaseTime(IpAddress address) => PoolOf(address)?.LeaseTime?.TotalSeconds ?? 100;

        private void End(IEnumerable<Entry> entries, LeaseState state)
        {
            foreach (Entry entry in entries.Where(entry => entry.IsActive).ToList())
            {
                entry.State = state;
                entry.Until = _now;
            }
        }

        // Two addresses of a family are kept for a peer, and more only while they are on the device.
        private void Trim()
        {
            foreach (IGrouping<(PublicKey, bool), Entry> had in _entries.GroupBy(entry => (entry.Peer, entry.Address.IsIPv6)).ToList())
            {
                Entry[] newestFirst = [.. had.Reverse()];
                while (newestFirst.Length > 2 && newestFirst[2] is { IsActive: false, Owned: false } surplus)
                {
                    _entries.Remove(surplus);
                    newestFirst = [.. newestFirst.Where(entry => entry != surplus)];
                }
            }
        }

        private void Agree()
        {
            Assert.Equal(
                _entries.Select(entry => (entry.Address, entry.Peer, entry.State, entry.Owned)).Order(),
                _book.Leases.Select(lease => (lease.Address, lease.Peer, lease.State, lease.OwnsAllowedIP)).Order());
            Lease[] active = [.. _book.Leases.Where(lease => lease.IsActive)];
            Assert.Equal(
                _entries.Where(entry => entry.IsActive).Select(entry => (entry.Address, At(entry.Until).Uptime, At(entry.Until).Wall)).Order(),
                active.Select(lease => (lease.Address, lease.Expiry, lease.End)).Order());
            Assert.Equal(active.Length, _book.ActiveCount);
            Assert.Equal(active.Length, active.Select(lease => (lease.Peer, lease.Address.IsIPv6)).Distinct().Count());
            foreach (Pool pool in _book.Pools)
            {
                IpAddress[] all = [.. Candidates().Where(address => PoolAround(address) == pool.Definition)];
                IpAddress[] leased = [.. all.Where(address => _entries.Any(entry => entry.IsActive && entry.Address == address))];
                IpAddress[] reserved = [.. all.Where(address => UsableReservations().Any(reservation => reservation.Address == address))];
                Assert.Equal(
                    ((UInt128)all.Length, leased.Length, reserved.Except(leased).Count(), (UInt128)all.Except(leased).Except(reserved).Count()),
                    (pool.Size, pool.InUse, pool.Reserved, pool.Available));
                Assert.Equal((UInt128)all.Except(reserved).Count(address => !_entries.Any(entry => entry.Address == address)), pool.FreeCount);
            }
        }
    }
}
