using CsCheck;
using static WgDynamic.Leasing.Tests.Peers;

namespace WgDynamic.Leasing.Tests;

/// <summary>Random operations on a book, held against the plainest thing that could be right.</summary>
public class LeaseBookModelTests
{
    private static readonly IpPrefix[][] _poolChoices =
    [
        [IpPrefix.Parse("10.0.0.0/29"), IpPrefix.Parse("2001:db8::/126")],
        [IpPrefix.Parse("10.0.0.0/30"), IpPrefix.Parse("10.0.0.4/30")],
        [IpPrefix.Parse("10.0.0.0/29")],
        [],
    ];

    private enum Kind
    {
        Any,
        Certain,
        Nothing,
        Release,
        Wait,
        Pools,
        Revoke,
        Restart,
        Prune,
    }

    private static readonly Gen<(Kind Kind, int Peer, int Number, int Seconds)[]> _steps =
        Gen.Select(Gen.Frequency((6, Gen.Const(Kind.Any)), (4, Gen.Const(Kind.Certain)), (6, Gen.Enum<Kind>())), Gen.Int[0, 8], Gen.Int[0, 10], Gen.Int[0, 70])
            .Array[1, 80];

    [Fact]
    public void Whatever_happens_no_address_is_leased_twice_or_where_it_must_not_be() =>
        _steps.Sample(steps =>
        {
            Model model = new();
            foreach ((Kind kind, int peer, int number, int seconds) in steps)
                model.Do(kind, Peer(peer + 1), number, seconds);
        }, iter: 3_000);

    private sealed class Model
    {
        private static readonly LeasePolicy _policy = new() { LeaseTime = TimeSpan.FromSeconds(100) };
        private readonly Dictionary<IpAddress, (PublicKey Peer, double Until)> _active = [];
        private LeaseBook _book = new(_policy);
        private IpPrefix[] _pools = _poolChoices[0];
        private Exclusion[] _exclusions = [];
        private double _now;

        public Model() => _book.SetPools(_pools, _exclusions);

        public void Do(Kind kind, PublicKey peer, int number, int seconds)
        {
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
                    foreach ((IpAddress address, _) in _active.Where(lease => lease.Value.Peer == peer).ToList())
                        _active.Remove(address);
                    break;
                case Kind.Wait:
                    _now += seconds;
                    _book.Expire(At(_now));
                    foreach ((IpAddress address, _) in _active.Where(lease => lease.Value.Until <= _now).ToList())
                        _active.Remove(address);
                    break;
                case Kind.Pools:
                    _pools = _poolChoices[number % _poolChoices.Length];
                    _exclusions = [.. Enumerable.Range(0, seconds % 4).Select(i => new Exclusion(IpPrefix.Containing(Ip($"10.0.0.{(number + (3 * i)) % 8}"), 32 - (i % 2)), i == 2 ? null : Peer(i + 1)))];
                    _book.SetPools(_pools, _exclusions);
                    break;
                case Kind.Revoke:
                    if (_book.Find(Ip($"10.0.0.{number}")) is { } lease)
                    {
                        _book.Revoke(lease, At(_now));
                        _active.Remove(lease.Address);
                    }

                    break;
                case Kind.Restart:
                    LeaseBook next = new(_policy);
                    next.Restore([.. _book.Leases.Select(lease => lease.ToRecord())], At(_now));
                    next.SetPools(_pools, _exclusions);
                    _book = next;
                    break;
                case Kind.Prune:
                    _book.Prune(At(_now - seconds).Wall);
                    break;
            }

            Agree();
        }

        private void Ask(PublicKey peer, IpAddress? four, IpAddress? six)
        {
            LeaseGrant grant = _book.Request(new LeaseRequest(peer, four, six), At(_now));
            bool complete = Family(peer, isIPv6: false, four, grant.IPv4);
            complete &= Family(peer, isIPv6: true, six, grant.IPv6);
            Assert.Equal(complete, grant.IsComplete);
        }

        // What must be true of one family of a request, said without any of the book's own structures.
        private bool Family(PublicKey peer, bool isIPv6, IpAddress? wanted, Lease? granted)
        {
            IpAddress? held = _active.Where(lease => lease.Value.Peer == peer && lease.Key.IsIPv6 == isIPv6).Select(lease => (IpAddress?)lease.Key).SingleOrDefault();
            if (held is { } not && !MayHave(peer, not))
            {
                _active.Remove(not);
                held = null;
            }

            IpAddress[] available = [.. Candidates().Where(address => address.IsIPv6 == isIPv6 && MayHave(peer, address) && (!_active.ContainsKey(address) || address == held))];
            bool complete = true;
            if (wanted is null)
            {
                Assert.Null(granted);
            }
            else if (wanted.Value.IsUnspecified)
            {
                complete = available.Length > 0;
                Assert.Equal(complete, granted is not null);
                if (held is not null)
                    Assert.Equal(held, granted!.Address);
            }
            else
            {
                complete = available.Contains(wanted.Value);
                Assert.Equal(complete ? wanted : held, granted?.Address);
            }

            if (held is { } old)
                _active.Remove(old);
            if (granted is not null)
            {
                Assert.Contains(granted.Address, available);
                // A lease that is merely renewed keeps the owner of its AllowedIPs entry.
                if (granted.Address != held)
                    Assert.Equal(!IsOwnStatic(peer, granted.Address), granted.OwnsAllowedIP);
                _active.Add(granted.Address, (peer, _now + 100));
            }

            return complete;
        }

        private static IEnumerable<IpAddress> Candidates() =>
            Enumerable.Range(0, 16).Select(i => Ip($"10.0.0.{i}")).Concat(Enumerable.Range(0, 16).Select(i => Ip($"2001:db8::{i:x}")));

        private bool MayHave(PublicKey peer, IpAddress address) =>
            _pools.Any(pool => pool.Contains(address) && (address.IsIPv6 || (address != pool.Address && address != pool.Last)))
            && (!_exclusions.Any(e => e.Prefix.Contains(address)) || IsOwnStatic(peer, address));

        private bool IsOwnStatic(PublicKey peer, IpAddress address) =>
            !_exclusions.Any(e => e.Owner is null && e.Prefix.Contains(address))
            && _exclusions.LastOrDefault(e => e.Prefix == IpPrefix.Host(address) && e.Owner is not null).Owner == peer;

        private void Agree()
        {
            Lease[] active = [.. _book.Leases.Where(lease => lease.IsActive)];
            Assert.Equal(
                _active.Select(lease => (lease.Key, lease.Value.Peer, At(lease.Value.Until).Uptime)).Order(),
                active.Select(lease => (lease.Address, lease.Peer, lease.Expiry)).Order());
            Assert.Equal(active.Length, _book.ActiveCount);
            Assert.Equal(_book.Leases.Count, _book.Leases.Select(lease => lease.Address).Distinct().Count());
            foreach (Pool pool in _book.Pools)
            {
                int remembered = _book.Leases.Count(lease => pool.TryGetNumber(lease.Address, out _));
                Assert.Equal(pool.Size - (UInt128)remembered, pool.FreeCount);
            }
        }
    }
}
