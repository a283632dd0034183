using CsCheck;
using WgDynamic.Leasing;

namespace WgDynamic.Server.Tests;

/// <summary>Random doings of an operator, of peers, of time and of a device that fails, against the plainest rule: what is the operator's stays.</summary>
public class OperatorPropertyTests
{
    private const int Peers = 4;
    private const int EIO = 5;

    private static readonly IpPrefix[] _prefixes =
    [
        .. Enumerable.Range(0, 8).Select(i => Names.Prefix($"10.0.0.{i}/32")),
        Names.Prefix("10.0.0.2/31"), Names.Prefix("10.0.0.4/30"), Names.Prefix("10.0.0.0/16"), Names.Prefix("172.16.0.0/12"), Names.Prefix("0.0.0.0/0"),
        .. Enumerable.Range(0, 4).Select(i => Names.Prefix($"2001:db8::{i}/128")),
        Names.Prefix("2001:db8::2/127"), Names.Prefix("::/0"),
    ];

    private enum Kind
    {
        Any,
        Certain,
        OneFamily,
        Release,
        Give,
        Take,
        TakeLeased,
        Reset,
        RemovePeer,
        AddPeer,
        Pools,
        Wait,
        DeviceFails,
        DeviceWorks,
        StoreFails,
        StoreWorks,
    }

    private static readonly Gen<(Kind Kind, int Peer, int Number)[]> _steps =
        Gen.Select(Gen.Frequency((5, Gen.Const(Kind.Any)), (3, Gen.Const(Kind.Certain)), (4, Gen.Const(Kind.Give)), (16, Gen.Enum<Kind>())), Gen.Int[1, Peers], Gen.Int[0, 1000])
            .Array[1, 60];

    [Fact]
    public async Task Whatever_happens_what_the_operator_gave_is_where_the_operator_left_it_and_the_rest_is_as_the_book_says() =>
        await _steps.SampleAsync(
            async steps =>
            {
                await using Hub hub = await new Hub(Peers, leaseSeconds: 100).StartAsync("10.0.0.0/29", "2001:db8::/126");
                Model model = new(hub);
                foreach ((Kind kind, int peer, int number) in steps)
                    await model.DoAsync(kind, peer, number);
                await model.EndAsync();
            },
            iter: 300,
            print: steps => string.Join(" ", steps));

    private sealed class Model
    {
        private readonly Hub _hub;

        // Which prefixes the operator has given, and to whom.
        private readonly Dictionary<IpPrefix, PublicKey> _given = [];

        public Model(Hub hub)
        {
            _hub = hub;
            for (int peer = 1; peer <= Peers; peer++)
                _given.Add(IpPrefix.Host(Names.Id(peer)), Names.Key(peer));
        }

        public async Task DoAsync(Kind kind, int peer, int number)
        {
            switch (kind)
            {
                case Kind.Any:
                    _ = await _hub.AskAsync(peer);
                    break;
                case Kind.Certain:
                    _ = await _hub.AskAsync(peer, $"10.0.0.{number % 8}", $"2001:db8::{number % 4}");
                    break;
                case Kind.OneFamily:
                    _ = await _hub.AskAsync(peer, number % 2 == 0 ? "0.0.0.0" : null, number % 2 == 0 ? null : "::");
                    break;
                case Kind.Release:
                    _ = await _hub.ReleaseAsync(peer);
                    break;
                case Kind.Give:
                    Give(peer, _prefixes[number % _prefixes.Length]);
                    break;
                case Kind.Take:
                    IpPrefix prefix = _prefixes[number % _prefixes.Length];
                    _hub.Device.Take(prefix);
                    _ = _given.Remove(prefix);
                    break;
                case Kind.TakeLeased when _hub.Book.Leases.Where(lease => lease is { IsActive: true, OwnsAllowedIP: true }).OrderBy(lease => lease.Address).ToList() is { Count: > 0 } leases:
                    IpPrefix leased = IpPrefix.Host(leases[number % leases.Count].Address);
                    if (!_given.ContainsKey(leased))
                        _hub.Device.Take(leased);
                    break;
                case Kind.Reset:
                    // wg syncconf: what the file says, and nothing else.
                    foreach ((IpPrefix other, _) in _hub.Device.AllowedIPs.Where(entry => !_given.ContainsKey(entry.Prefix)))
                        _hub.Device.Take(other);
                    break;
                case Kind.RemovePeer:
                    _hub.Device.RemovePeer(peer);
                    foreach (IpPrefix own in _given.Where(entry => entry.Value == Names.Key(peer)).Select(entry => entry.Key).ToList())
                        _ = _given.Remove(own);
                    break;
                case Kind.AddPeer:
                    _hub.Device.AddPeer(peer);
                    _given[IpPrefix.Host(Names.Id(peer))] = Names.Key(peer);
                    break;
                case Kind.Pools:
                    _hub.Service.SetPools(number % 3 == 0 ? Hub.Pools("10.0.0.0/30") : Hub.Pools("10.0.0.0/29", "2001:db8::/126"));
                    break;
                case Kind.Wait:
                    await _hub.PassAsync(number % 70);
                    break;
                case Kind.DeviceFails:
                    _hub.Device.ConfigureErrno = EIO;
                    _hub.Device.ConfigureFailsAfter = number % 3;
                    break;
                case Kind.DeviceWorks:
                    _hub.Device.ConfigureErrno = 0;
                    break;
                case Kind.StoreFails or Kind.StoreWorks:
                    _hub.Store.Fails = kind == Kind.StoreFails;
                    break;
            }

            // The operator's next doing comes when the server has seen this one, and what it has itself achieved of a
            // change that failed: until it has, it cannot tell its own doing from the operator's.
            IReadOnlyList<(IpPrefix, PublicKey)> before;
            do
            {
                before = _hub.Device.AllowedIPs;
                await _hub.SettleAsync();
            }
            while (!before.SequenceEqual(_hub.Device.AllowedIPs));
            OperatorsOwnIsWhereItWas();
        }

        public async Task EndAsync()
        {
            _hub.Device.ConfigureErrno = 0;
            _hub.Store.Fails = false;
            await _hub.SettleAsync();
            await _hub.SettleAsync();
            OperatorsOwnIsWhereItWas();

            Lease[] leases = [.. _hub.Book.Leases.Where(lease => lease.IsActive && _hub.Device.Peers.Contains(lease.Peer))];
            Assert.Equal(
                leases.Where(lease => lease.OwnsAllowedIP).Select(lease => (IpPrefix.Host(lease.Address), lease.Peer)).Order(),
                _hub.Device.AllowedIPs.Where(entry => !_given.ContainsKey(entry.Prefix)));
            Assert.All(leases.Where(lease => !lease.OwnsAllowedIP), lease => Assert.Equal(lease.Peer, _given[IpPrefix.Host(lease.Address)]));
            Assert.Equal(_hub.Book.Leases.Select(lease => lease.ToRecord()).OrderBy(record => record.Address), (await _hub.Store.RecordsAsync()).OrderBy(record => record.Address));
            Assert.Empty(_hub.Log.Of("SessionFailed"));
        }

        private void Give(int peer, IpPrefix prefix)
        {
            if (!_hub.Device.Peers.Contains(Names.Key(peer)))
                return;
            // What a peer has by its lease cannot be given to it again: WireGuard does not count.
            bool hasItByLease = _hub.Device.OwnerOf(prefix) == Names.Key(peer) && !_given.ContainsKey(prefix);
            bool isOnItsWay = prefix.IsHost && _hub.Book.Find(prefix.Address) is { IsActive: true, OwnsAllowedIP: true } lease && lease.Peer == Names.Key(peer);
            if (hasItByLease || isOnItsWay)
                return;
            _hub.Device.Give(peer, prefix);
            _given[prefix] = Names.Key(peer);
        }

        private void OperatorsOwnIsWhereItWas() =>
            Assert.Equal(
                _given.Select(entry => (entry.Key, (PublicKey?)entry.Value)).OrderBy(entry => entry.Key),
                _given.Keys.Select(prefix => (prefix, _hub.Device.OwnerOf(prefix))).OrderBy(entry => entry.prefix));
    }
}
