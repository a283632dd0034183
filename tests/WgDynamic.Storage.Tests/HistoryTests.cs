using WgDynamic.Leasing;

namespace WgDynamic.Storage.Tests;

public sealed class HistoryTests : IAsyncLifetime
{
    private readonly Folder _folder = new();
    private SqliteLeaseStore? _store;

    private SqliteLeaseStore Store => _store!;

    public ValueTask InitializeAsync()
    {
        _store = SqliteLeaseStore.Open(_folder.Database, Leases.Boot);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_tells_who_had_an_address_at_a_time()
    {
        await Store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        await Store.CommitAsync(30, Leases.Renew(Leases.Seven, Leases.Alice, 0, 30));
        await Store.CommitAsync(100, Leases.End(Leases.Seven, Leases.Alice, 0, 90));
        await Store.CommitAsync(120, Leases.Grant(Leases.Seven, Leases.Bob, 120, "phone"));

        HistoryEntry alice = new(Leases.Seven, Leases.Alice, Leases.Time(0), Leases.Time(90), LeaseState.Expired, "laptop");
        HistoryEntry bob = new(Leases.Seven, Leases.Bob, Leases.Time(120), null, LeaseState.Active, "phone");
        Assert.Equal([alice, bob], Store.History(Leases.Seven));
        Assert.Equal(alice, Store.HolderAt(Leases.Seven, Leases.Time(0)));
        Assert.Equal(alice, Store.HolderAt(Leases.Seven, Leases.Time(89)));
        Assert.Equal(bob, Store.HolderAt(Leases.Seven, Leases.Time(179)));
        foreach (double nobody in (double[])[-1, 90, 119, 180])
            Assert.Null(Store.HolderAt(Leases.Seven, Leases.Time(nobody)));
        Assert.Null(Store.HolderAt(Leases.Six, Leases.Time(0)));
    }

    [Fact]
    public async Task It_tells_what_a_peer_had()
    {
        await Store.CommitAsync(0, Leases.Grant(Leases.Six, Leases.Alice, 0), Leases.Grant(Leases.Seven, Leases.Alice, 0), Leases.Grant(Leases.Ip(9), Leases.Bob, 0));
        await Store.CommitAsync(20, Leases.End(Leases.Seven, Leases.Alice, 0, 10, LeaseState.Released), Leases.Grant(Leases.Seven, Leases.Bob, 20));
        Assert.Equal(
            [(Leases.Seven, LeaseState.Released), (Leases.Six, LeaseState.Active)],
            Store.History(Leases.Alice).Select(entry => (entry.Address, entry.State)));
        Assert.Empty(Store.History(Leases.Peer(3)));
    }

    [Fact]
    public async Task Another_connection_reads_it_beside_the_store()
    {
        await Store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        using LeaseHistory history = LeaseHistory.Open(_folder.Database);
        Assert.Single(history.Of(Leases.Seven));
        await Store.CommitAsync(20, Leases.End(Leases.Seven, Leases.Alice, 0, 10));
        Assert.Equal(Leases.Time(10), Assert.Single(history.Of(Leases.Seven)).End);
    }

    [Fact]
    public async Task Pruning_keeps_leases_that_ended_later_or_not_at_all_and_the_chain_whole()
    {
        await Store.CommitAsync(0, Leases.Grant(Leases.Ip(1), Leases.Alice, 0), Leases.Grant(Leases.Ip(2), Leases.Alice, 0), Leases.Grant(Leases.Ip(3), Leases.Alice, 0));
        await Store.CommitAsync(50, Leases.End(Leases.Ip(1), Leases.Alice, 0, 50));
        await Store.CommitAsync(150, Leases.End(Leases.Ip(2), Leases.Alice, 0, 150));
        HistoryHead before = Store.Head;
        await Store.PruneAsync(Leases.Time(-1), Leases.Time(100), Leases.Cancelled);

        Assert.Empty(Store.History(Leases.Ip(1)));
        Assert.Equal((Leases.Time(0), Leases.Time(150)), (Assert.Single(Store.History(Leases.Ip(2))).Start, Assert.Single(Store.History(Leases.Ip(2))).End));
        Assert.Equal((Leases.Time(0), null), (Assert.Single(Store.History(Leases.Ip(3))).Start, Assert.Single(Store.History(Leases.Ip(3))).End));
        DatabaseReport report = LeaseDatabase.Check(_folder.Database);
        Assert.Empty(report.Problems);
        // The end of the second, and the third written again.
        Assert.Equal(2, report.HistoryRows);
        Assert.Equal(before.Sequence + 1, Store.Head.Sequence);
        Assert.Equal(Store.Head, report.Head);

        await Store.PruneAsync(Leases.Time(-1), Leases.Time(100), Leases.Cancelled);
        Assert.Equal(report.Head, Store.Head);
    }

    public static TheoryData<string> Tampering => new(
        "UPDATE history SET at = at + 1 WHERE seq = 2",
        "UPDATE history SET start = start - 1 WHERE seq = 4",
        "UPDATE history SET peer = zeroblob(32) WHERE seq = 1",
        "UPDATE history SET address = x'0a420063' WHERE seq = 3",
        "UPDATE history SET event = 3 WHERE seq = 4",
        "UPDATE history SET hostname = 'other' WHERE seq = 3",
        "UPDATE history SET hostname = NULL WHERE seq = 3",
        "UPDATE history SET hash = zeroblob(32) WHERE seq = 2",
        "DELETE FROM history WHERE seq = 1",
        "DELETE FROM history WHERE seq = 3",
        "DELETE FROM history WHERE seq = 5",
        "DELETE FROM history",
        "UPDATE history SET seq = -1 WHERE seq = 2; UPDATE history SET seq = 2 WHERE seq = 3; UPDATE history SET seq = 3 WHERE seq = -1",
        "INSERT INTO history SELECT 6, at, address, peer, event, start, hostname, hash FROM history WHERE seq = 5",
        "INSERT INTO history SELECT 0, at, address, peer, event, start, hostname, hash FROM history WHERE seq = 1",
        "UPDATE store SET head_seq = 4, head_hash = (SELECT hash FROM history WHERE seq = 4)",
        "UPDATE store SET anchor_seq = 1, anchor_hash = (SELECT hash FROM history WHERE seq = 1)");

    [Theory]
    [MemberData(nameof(Tampering))]
    public async Task Tampering_is_found(string statement)
    {
        for (int i = 1; i <= 5; i++)
            await Store.CommitAsync(i, Leases.Grant(Leases.Ip(i), Leases.Peer(i), i));
        Assert.Empty(LeaseDatabase.Check(_folder.Database).Problems);
        using (Database database = Database.Open(_folder.Database))
            database.Execute(statement);
        Assert.Contains(LeaseDatabase.Check(_folder.Database).Problems, problem => problem.StartsWith("history", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_active_lease_without_a_grant_is_found()
    {
        await Store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        using (Database database = Database.Open(_folder.Database))
            database.Execute("UPDATE lease SET peer = zeroblob(32)");
        Assert.Equal(["the lease of 10.66.0.7 is active, but the history does not tell of its grant"], LeaseDatabase.Check(_folder.Database).Problems);
    }

    [Fact]
    public async Task Who_rewrites_the_whole_chain_is_found_by_the_head_in_the_log()
    {
        await Store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        HistoryHead noted = Store.Head;
        string other = _folder["other.db"];
        await using SqliteLeaseStore rewritten = SqliteLeaseStore.Open(other, Leases.Boot);
        await rewritten.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Bob, 0));
        DatabaseReport report = LeaseDatabase.Check(other);
        Assert.Empty(report.Problems);
        Assert.Equal(noted.Sequence, report.Head.Sequence);
        Assert.NotEqual(noted.Hash, report.Head.Hash);
        Assert.Equal($"1:{noted.Hash}", noted.ToString());
    }

    [Fact]
    public void Hashes_are_computed_the_same_for_ever()
    {
        byte[] hash = new byte[HistoryChain.HashLength];
        HistoryChain.Link(hash, new HistoryRow(1, Leases.Time(0), Leases.Seven, Leases.Alice, HistoryEvent.Granted, Leases.Time(0), "laptop"), hash);
        // sha256 of: 32 bytes 0; 1, at, start as 8 bytes; 0; 4; 0a420007; the key; 1; "laptop". Computed with Python.
        Assert.Equal(PythonHash, Convert.ToHexStringLower(hash));
        Assert.Equal(17937612000000007, Ticks.Of(Leases.Time(0)));
    }

    private const string PythonHash = "0814a2390bdd555280be192f0a140b85d49132650cf8366de97b727329efb483";
}
