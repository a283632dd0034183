using CsCheck;
using WgDynamic.Leasing;

namespace WgDynamic.Storage.Tests;

/// <summary>Random batches, prunes and restarts against a dictionary and a list.</summary>
public sealed class PropertyTests
{
    private const int Addresses = 6;

    private enum Doing
    {
        Grant,
        Renew,
        End,
        Commit,
        Prune,
        Reopen,
        ReopenAfterBoot,
    }

    private static readonly Gen<(Doing Doing, int Address, int Peer, int Minutes)[]> _doings =
        Gen.Select(
            Gen.Frequency((5, Gen.Const(Doing.Grant)), (4, Gen.Const(Doing.Renew)), (4, Gen.Const(Doing.End)), (4, Gen.Const(Doing.Commit)),
                (1, Gen.Const(Doing.Prune)), (1, Gen.Const(Doing.Reopen)), (1, Gen.Const(Doing.ReopenAfterBoot))),
            Gen.Int[0, Addresses - 1],
            Gen.Int[1, 3],
            Gen.Int[1, 50]).Array[5, 80];

    [Fact]
    public async Task The_store_agrees_with_a_dictionary_and_a_list() => await _doings.SampleAsync(async doings =>
    {
        using Folder folder = new();
        int boot = 1;
        double now = 0;
        SqliteLeaseStore store = SqliteLeaseStore.Open(folder.Database, $"boot {boot}");
        Dictionary<IpAddress, LeaseRecord> records = [];
        List<HistoryEntry> ended = [];
        List<LeaseChange> batch = [];
        (int Boot, DateTimeOffset Time)? last = null;
        DateTimeOffset historyFrom = DateTimeOffset.MinValue;
        try
        {
            foreach ((Doing doing, int number, int peer, int minutes) in doings)
            {
                now += minutes;
                IpAddress address = number % 2 == 0 ? Leases.Ip(number) : new IpAddress(System.Net.Sockets.AddressFamily.InterNetworkV6, (UInt128)number);
                bool isActive = records.TryGetValue(address, out LeaseRecord record) && record.State == LeaseState.Active;
                switch (doing)
                {
                    case Doing.Grant when !isActive:
                        Change(new LeaseChange(LeaseEvent.Granted, Leases.Active(address, Leases.Peer(peer), now, hostname: peer == 3 ? null : $"host {peer}")));
                        break;
                    case Doing.Renew when isActive:
                        Change(new LeaseChange(LeaseEvent.Renewed, record with { End = Leases.Time(now + 60), Expiry = Leases.At(now + 60).Uptime, Hostname = minutes == 7 ? "renamed" : record.Hostname }));
                        break;
                    case Doing.End when isActive:
                        LeaseRecord over = record with { State = (LeaseState)peer, End = record.End < Leases.Time(now) ? record.End : Leases.Time(now) };
                        ended.Add(new HistoryEntry(address, over.Peer, over.Start, over.End, over.State, over.Hostname));
                        Change(new LeaseChange(LeaseEvent.Ended, over));
                        if (minutes % 2 == 0)
                            Change(new LeaseChange(LeaseEvent.Cleared, over with { OwnsAllowedIP = false }));
                        break;
                    case Doing.Commit:
                        await CommitAsync();
                        break;
                    case Doing.Prune:
                        await CommitAsync();
                        DateTimeOffset before = Leases.Time(now - (minutes * 4));
                        await store.PruneAsync(before, before, CancellationToken.None);
                        historyFrom = before > historyFrom ? before : historyFrom;
                        foreach (LeaseRecord old in records.Values.Where(old => old.State != LeaseState.Active && old.End < before).ToArray())
                            _ = records.Remove(old.Address);
                        break;
                    case Doing.Reopen or Doing.ReopenAfterBoot:
                        await CommitAsync();
                        await store.DisposeAsync();
                        boot += doing == Doing.ReopenAfterBoot ? 1 : 0;
                        store = SqliteLeaseStore.Open(folder.Database, $"boot {boot}");
                        break;
                }
            }

            await CommitAsync();
            await CompareAsync();
        }
        finally
        {
            await store.DisposeAsync();
        }

        Assert.Empty(LeaseDatabase.Check(folder.Database).Problems);

        void Change(LeaseChange change)
        {
            records[change.Record.Address] = change.Record;
            batch.Add(change);
        }

        async Task CommitAsync()
        {
            if (batch.Count == 0)
                return;
            await store.CommitAsync(batch, Leases.At(now), CancellationToken.None);
            batch.Clear();
            last = (boot, Leases.Time(now));
        }

        async Task CompareAsync()
        {
            StoredLeases stored = await store.LoadAsync(CancellationToken.None);
            Assert.Equal(records.Values.OrderBy(record => record.Address), stored.Records.OrderBy(record => record.Address));
            Assert.Equal(last?.Time, stored.LastCommit);
            Assert.Equal(last?.Boot == boot, stored.SameBoot);
            foreach (IpAddress address in ended.Select(entry => entry.Address).Concat(records.Keys).Distinct())
            {
                HistoryEntry[] active = [.. records.Values.Where(record => record.Address == address && record.State == LeaseState.Active)
                    .Select(record => new HistoryEntry(address, record.Peer, record.Start, null, LeaseState.Active, record.Hostname))];
                HistoryEntry[] expected = [.. ended.Where(entry => entry.Address == address), .. active];
                IReadOnlyList<HistoryEntry> told = store.History(address);
                // What ended after the limit is there, in order; of what ended before, the last may be.
                Assert.Equal(expected.TakeLast(told.Count), told);
                Assert.All(expected.SkipLast(told.Count), entry => Assert.True(entry.End < historyFrom));

                for (double minute = -5; minute < now + 70; minute += 13.7)
                {
                    DateTimeOffset at = Leases.Time(minute);
                    if (at < historyFrom)
                        continue;
                    HistoryEntry? holder = expected.Where(entry => entry.Start <= at && at < (entry.End ?? records[address].End)).Select(entry => (HistoryEntry?)entry).LastOrDefault();
                    Assert.Equal(holder, store.HolderAt(address, at));
                }
            }
        }
    }, iter: 300);
}
