using System.Globalization;
using WgDynamic.Leasing;
using WgDynamic.Storage;

namespace WgDynamic.EndToEnd;

/// <summary>What clients were told by a server that is killed again and again, and whether its store keeps to it.</summary>
/// <param name="peers">The clients' keys.</param>
internal sealed class Promises(PublicKey[] peers)
{
    private readonly Client[] _clients = [.. peers.Select(_ => new Client())];
    private readonly List<(int Client, IpAddress Address, DateTimeOffset Start)> _granted = [];

    // Who relies on which address: told so, and not about to give it back.
    private readonly Dictionary<IpAddress, int> _holders = [];

    /// <summary>How many replies there were.</summary>
    public int Replies { get; private set; }

    /// <summary>How many of them granted not all that was asked for.</summary>
    public int Refusals { get; private set; }

    /// <summary>How many requests had none.</summary>
    public int Unanswered { get; private set; }

    /// <summary>How often a client's leases were others than it was told, because of those.</summary>
    public int CarriedOutUnanswered { get; private set; }

    /// <summary>Takes a line of the clients' journal.</summary>
    public void Read(string line)
    {
        string[] words = line.Split(' ');
        int client = int.Parse(words[1], CultureInfo.InvariantCulture);
        IpAddress?[] addresses = [Address(words[2]), Address(words[3])];
        if (words[0] == "ask")
            Ask(client, addresses);
        else
            Got(client, addresses, DateTimeOffset.FromUnixTimeSeconds(long.Parse(words[4], CultureInfo.InvariantCulture)), TimeSpan.FromSeconds(uint.Parse(words[5], CultureInfo.InvariantCulture)), words[6] != "0");
    }

    /// <summary>Compares with the store of the killed server, and goes on from there: what was asked and not answered may have been done or not.</summary>
    /// <param name="records">All that is in the store.</param>
    public void Check(IReadOnlyList<LeaseRecord> records)
    {
        Dictionary<(PublicKey, bool), LeaseRecord> active = [];
        foreach (LeaseRecord record in records.Where(record => record.State == LeaseState.Active))
            Assert.True(active.TryAdd((record.Peer, record.Address.IsIPv6), record), $"{record.Peer} has both {record.Address} and {active[(record.Peer, record.Address.IsIPv6)].Address}");
        Assert.Equal(active.Count, active.Values.Select(record => record.Address).Distinct().Count());

        _holders.Clear();
        for (int i = 0; i < _clients.Length; i++)
        {
            Client client = _clients[i];
            bool isCarriedOut = false;
            for (int family = 0; family < 2; family++)
            {
                LeaseRecord? stored = active.TryGetValue((peers[i], family == 1), out LeaseRecord record) ? record : null;
                if (stored?.Address != client.Has[family])
                {
                    isCarriedOut = true;
                    Assert.True(
                        client.MayHave(family, stored?.Address),
                        $"client {i} was told that it has {client.Has[family]}, and the store says {stored?.Address}; unanswered: {string.Join(", ", client.Unanswered.Select(asked => $"{asked[family]}"))}");
                }
                else if (stored is { } kept)
                {
                    Assert.True(kept.End >= client.Until, $"client {i} was told that it has {kept.Address} until {client.Until:O}, and the store says {kept.End:O}");
                }

                client.Has[family] = stored?.Address;
                if (stored is { } held)
                    _holders.Add(held.Address, i);
            }

            Unanswered += client.Unanswered.Count;
            CarriedOutUnanswered += isCarriedOut ? 1 : 0;
            client.Unanswered.Clear();
        }
    }

    /// <summary>Compares every reply of all time with the history.</summary>
    public void CheckHistory(SqliteLeaseStore store)
    {
        ILookup<(PublicKey Peer, IpAddress Address), HistoryEntry> history = peers.SelectMany(store.History).ToLookup(entry => (entry.Peer, entry.Address));
        foreach ((int client, IpAddress address, DateTimeOffset start) in _granted)
        {
            // The wire knows whole seconds only.
            Assert.True(
                history[(peers[client], address)].Any(entry => entry.Start < start.AddSeconds(1) && !(entry.End < start)),
                $"client {client} was told at {start:O} that it has {address}, and the history does not know it");
        }
    }

    private void Ask(int number, IpAddress?[] wanted)
    {
        Client client = _clients[number];
        client.Unanswered.Add(wanted);
        for (int family = 0; family < 2; family++)
        {
            if (client.Has[family] is { } held && wanted[family] is not { IsUnspecified: true } && wanted[family] != held)
                _ = _holders.Remove(held);
        }
    }

    private void Got(int number, IpAddress?[] granted, DateTimeOffset start, TimeSpan time, bool isRefusal)
    {
        Client client = _clients[number];
        Replies++;
        Refusals += isRefusal ? 1 : 0;
        Unanswered += client.Unanswered.Count - 1;
        client.Unanswered.Clear();
        client.Until = start + time;
        for (int family = 0; family < 2; family++)
        {
            if (client.Has[family] is { } held && _holders.GetValueOrDefault(held, -1) == number)
                _ = _holders.Remove(held);
            client.Has[family] = granted[family];
            if (granted[family] is not { } address)
                continue;
            Assert.True(_holders.TryAdd(address, number), $"client {number} was told that it has {address}, which client {_holders[address]} has");
            _granted.Add((number, address, start));
        }
    }

    private static IpAddress? Address(string text) => text == "-" ? null : IpAddress.Parse(text);

    private sealed class Client
    {
        public IpAddress?[] Has { get; } = new IpAddress?[2];

        public DateTimeOffset Until { get; set; }

        public List<IpAddress?[]> Unanswered { get; } = [];

        /// <summary>Whether it may have this instead of what it was last told.</summary>
        public bool MayHave(int family, IpAddress? address)
        {
            // Any address is what it has, unless it has none.
            bool mayHaveNone = Has[family] is null || Unanswered.Any(asked => asked[family] is null);
            return Unanswered.Any(asked => asked[family] == address || (mayHaveNone && asked[family] is { IsUnspecified: true }));
        }
    }
}
