using WgDynamic.Leasing;

namespace WgDynamic.Storage.Tests;

/// <summary>What <see cref="ILeaseStore"/> promises, for whatever keeps the promise.</summary>
public abstract class LeaseStoreContract : IAsyncLifetime
{
    private ILeaseStore? _store;

    private ILeaseStore Store => _store!;

    private protected abstract ILeaseStore Open();

    public ValueTask InitializeAsync()
    {
        _store = Open();
        return ValueTask.CompletedTask;
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_new_store_has_seen_nothing()
    {
        StoredLeases stored = await Store.LoadAsync(Leases.Cancelled);
        Assert.Empty(stored.Records);
        Assert.Null(stored.LastCommit);
    }

    [Theory]
    [InlineData("10.66.0.7", "laptop")]
    [InlineData("2001:db8::6", null)]
    [InlineData("0.0.0.0", "")]
    [InlineData("::", "zwölf Bücher\0 mit Ende 🙂")]
    public async Task A_record_comes_back_to_the_tick(string address, string? hostname)
    {
        LeaseRecord record = new(
            IpAddress.Parse(address), Leases.Peer(-1), LeaseState.Active, Leases.Epoch.AddTicks(1), DateTimeOffset.MaxValue, TimeSpan.FromTicks(long.MaxValue), false, hostname);
        await Store.CommitAsync(1, new LeaseChange(LeaseEvent.Granted, record));
        Assert.Equal([record], await Store.RecordsAsync());
    }

    [Fact]
    public async Task A_record_replaces_that_of_the_same_address_and_an_address_may_be_there_more_than_once()
    {
        await Store.CommitAsync(0, Leases.Grant(Leases.Seven, Leases.Alice, 0), Leases.Grant(Leases.Six, Leases.Alice, 0));
        LeaseChange last = Leases.Renew(Leases.Seven, Leases.Bob, 20, 30, "phone");
        await Store.CommitAsync(30, Leases.End(Leases.Seven, Leases.Alice, 0, 10), Leases.Grant(Leases.Seven, Leases.Bob, 20), last);
        Assert.Equal([last.Record, Leases.Active(Leases.Six, Leases.Alice, 0)], await Store.RecordsAsync());
    }

    [Fact]
    public async Task A_renewal_of_what_is_not_there_is_kept_as_well()
    {
        LeaseChange change = Leases.Renew(Leases.Seven, Leases.Bob, 20, 30);
        await Store.CommitAsync(30, change);
        Assert.Equal([change.Record], await Store.RecordsAsync());
    }

    [Fact]
    public async Task What_was_cleared_is_the_servers_no_more()
    {
        LeaseChange end = Leases.End(Leases.Seven, Leases.Alice, 0, 10);
        await Store.CommitAsync(10, Leases.Grant(Leases.Seven, Leases.Alice, 0), end, Leases.Clear(end));
        Assert.False(Assert.Single(await Store.RecordsAsync()).OwnsAllowedIP);
    }

    [Fact]
    public async Task What_was_forgotten_is_there_no_more_unless_it_comes_again()
    {
        LeaseChange grant = Leases.Grant(Leases.Seven, Leases.Alice, 0), end = Leases.End(Leases.Seven, Leases.Alice, 0, 10), other = Leases.Grant(Leases.Six, Leases.Bob, 0);
        await Store.CommitAsync(10, grant, end, other, new LeaseChange(LeaseEvent.Forgotten, end.Record));
        Assert.Equal([other.Record], await Store.RecordsAsync());
        await Store.CommitAsync(11, Leases.Grant(Leases.Seven, Leases.Alice, 11));
        Assert.Equal(2, (await Store.RecordsAsync()).Length);
    }

    [Fact]
    public async Task The_last_commit_is_remembered_and_was_since_the_boot()
    {
        await Store.CommitAsync(5, Leases.Grant(Leases.Seven, Leases.Alice, 0));
        StoredLeases stored = await Store.LoadAsync(Leases.Cancelled);
        Assert.Equal(Leases.Time(5), stored.LastCommit);
        Assert.True(stored.SameBoot);
    }

    [Fact]
    public async Task What_operators_add_comes_back_and_what_they_remove_does_not()
    {
        Leases.AssertSame(RuntimePlan.Empty, await Store.LoadPlanAsync(Leases.Cancelled));
        await Store.CommitPlanAsync(RuntimePlan.Empty, Leases.SomePlan, Leases.Cancelled);
        Leases.AssertSame(Leases.SomePlan, await Store.LoadPlanAsync(Leases.Cancelled));

        // A pool that is renamed keeps its place; what goes and comes at once is there.
        RuntimePlan renamed = new() { Pools = [new PoolDefinition { Range = IpRange.Parse("10.67.0.0/16") }], Reservations = [new Reservation(Leases.Bob, Leases.Seven)] };
        await Store.CommitPlanAsync(new RuntimePlan { Reservations = Leases.SomePlan.Reservations, Exclusions = [IpRange.Parse("10.67.0.1"), IpRange.Parse("10.67.0.0/31")], DisabledPools = Leases.SomePlan.DisabledPools }, renamed, Leases.Cancelled);
        Leases.AssertSame(
            new RuntimePlan { Pools = [.. renamed.Pools, .. Leases.SomePlan.Pools.Skip(1)], Reservations = renamed.Reservations, Exclusions = [.. Leases.SomePlan.Exclusions.Skip(1)] },
            await Store.LoadPlanAsync(Leases.Cancelled));
        await Store.CommitPlanAsync(new RuntimePlan { Pools = Leases.SomePlan.Pools }, RuntimePlan.Empty, Leases.Cancelled);
        Assert.Empty((await Store.LoadPlanAsync(Leases.Cancelled)).Pools);
        Assert.Empty(await Store.RecordsAsync());
    }

    [Fact]
    public async Task Pruning_forgets_what_ended_earlier_and_nothing_active()
    {
        await Store.CommitAsync(
            90,
            Leases.Grant(Leases.Ip(1), Leases.Alice, -10_000),
            Leases.End(Leases.Ip(2), Leases.Alice, 0, 10),
            Leases.End(Leases.Ip(3), Leases.Alice, 0, 20),
            Leases.End(Leases.Ip(4), Leases.Alice, 0, 30, LeaseState.Revoked));
        await Store.PruneAsync(Leases.Time(20), Leases.Time(-1000), Leases.Cancelled);
        Assert.Equal([Leases.Ip(1), Leases.Ip(3), Leases.Ip(4)], (await Store.RecordsAsync()).Select(record => record.Address));
    }
}

public sealed class MemoryStoreTests : LeaseStoreContract
{
    private protected override ILeaseStore Open() => new MemoryLeaseStore();
}

public sealed class SqliteStoreTests : LeaseStoreContract
{
    private readonly Folder _folder = new();

    private protected override ILeaseStore Open() => SqliteLeaseStore.Open(_folder.Database, Leases.Boot);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
