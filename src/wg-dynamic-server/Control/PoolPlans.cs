using WgDynamic.Control;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>Pools by the control socket. For the lease service's loop.</summary>
internal sealed class PoolPlans(PlanEdit edit, LeaseBook book)
{
    private PlanKeeper Plan => edit.Plan;

    public PoolAnswer[] Get(PoolsRequest request) =>
        [.. Plan.Pools.Where(pool => request.Pools.Count == 0 || request.Pools.Any(text => IsNamed(pool, text))).Select(Answer)];

    public async ValueTask<PoolAnswer> AddAsync(AddPoolRequest request, Moment now)
    {
        PoolDefinition pool = new() { Range = request.Range, Name = PlanChecks.Name(request.Name), LeaseTime = PlanChecks.LeaseTime(request.LeaseTime) };
        PlanChecks.RequireHosts(pool.Range);
        PlanChecks.RequireRoom(Plan.Entries.Pools.Count, PlanChecks.MaxPools, "pools");
        RequireRoomForDisabled(!request.Enabled);
        RequireNoOther(pool, except: null);
        // A pool that was here before may have been disabled.
        await edit.ChangeAsync(
            new RuntimePlan { DisabledPools = [pool.Range] },
            new RuntimePlan { Pools = [pool], DisabledPools = request.Enabled ? [] : [pool.Range] },
            now,
            $"added the pool {Label(pool)}");
        return Answer(Find(pool.Range));
    }

    public async ValueTask<PoolAnswer> SetAsync(SetPoolRequest request, Moment now)
    {
        bool isOurs = request.Name is not null || request.Range is not null || request.LeaseTime is not null;
        PlannedPool pool = Find(request.Pool, mustBeOurs: isOurs);
        PoolDefinition before = pool.Pool.Definition;
        PoolDefinition after = new()
        {
            Range = request.Range ?? before.Range,
            Name = request.Name is null ? before.Name : PlanChecks.Name(request.Name),
            LeaseTime = PlanChecks.LeaseTime(request.LeaseTime, before.LeaseTime),
            Enabled = request.Enabled ?? before.Enabled,
        };
        if (isOurs && (after.Range, after.Name) != (before.Range, before.Name))
        {
            PlanChecks.RequireHosts(after.Range);
            RequireNoOther(after, except: before.Range);
            if (after.Range != before.Range)
                RequireNoLeases(pool, LeasesOf(pool).Where(lease => !after.Range.Contains(lease.Address)), $"outside of {after.Range}", "revoke them first");
        }

        if (request.Enabled == false && before.Enabled)
            RequireRoomForDisabled(true);
        if ((after.Range, after.Name, after.LeaseTime, after.Enabled) == (before.Range, before.Name, before.LeaseTime, before.Enabled))
            return Answer(pool);
        RuntimePlan removed = new() { DisabledPools = [before.Range, after.Range], Pools = isOurs && after.Range != before.Range ? [before] : [] };
        RuntimePlan added = new() { DisabledPools = after.Enabled ? [] : [after.Range], Pools = isOurs ? [after] : [] };
        string text = isOurs ? $"changed the pool {Label(before)}: {Label(after)}, leases of {(after.LeaseTime ?? book.Policy.LeaseTime).TotalSeconds:0} s"
            : $"{(after.Enabled ? "enabled" : "disabled")} the pool {Label(before)}";
        await edit.ChangeAsync(removed, added, now, text);
        return Answer(isOurs ? Find(after.Range) : Find(request.Pool, mustBeOurs: false));
    }

    public async ValueTask<PoolAnswer> RemoveAsync(RemovePoolRequest request, Moment now)
    {
        PlannedPool pool = Find(request.Pool, mustBeOurs: true);
        PoolAnswer answer = Answer(pool);
        Lease[] leases = [.. LeasesOf(pool)];
        if (!request.Force)
            RequireNoLeases(pool, leases, "active", "disable the pool and wait, or remove it by force, which revokes them");
        bool isElsewhere = Plan.Pools.Any(other => other.Range == pool.Range && other.Origin != Origin.Runtime);
        await edit.ChangeAsync(new RuntimePlan { Pools = [pool.Pool.Definition], DisabledPools = isElsewhere ? [] : [pool.Range] }, RuntimePlan.Empty, now, $"removed the pool {Label(pool.Pool.Definition)}");
        // What is in another pool now, or a route's, may stay.
        foreach (Lease lease in leases.Where(lease => book.PoolAround(lease.Address) is null))
            book.Revoke(lease, now);
        return answer;
    }

    private IEnumerable<Lease> LeasesOf(PlannedPool pool) =>
        pool.Pool.InUse == 0 ? [] : book.Leases.Where(lease => lease.IsActive && book.PoolOf(lease.Address) == pool.Pool);

    private static void RequireNoLeases(PlannedPool pool, IEnumerable<Lease> leases, string where, string remedy)
    {
        Lease[] all = [.. leases];
        if (all.Length > 0)
            throw new ControlException(ControlError.PoolInUse, $"{(all.Length == 1 ? "1 lease" : $"{all.Length} leases")} of the pool {Label(pool.Pool.Definition)} {(all.Length == 1 ? "is" : "are")} {where}, such as {all[0].Address} of {all[0].Peer}", remedy);
    }

    private void RequireNoOther(PoolDefinition pool, IpRange? except)
    {
        foreach (PlannedPool other in Plan.Pools.Where(other => other.Origin != Origin.Runtime || other.Range != except))
        {
            if (other.Range.Overlaps(pool.Range))
            {
                throw new ControlException(
                    ControlError.PoolExists,
                    $"{pool.Range} overlaps the pool {Label(other.Pool.Definition)}, {edit.Source(other.Origin)}",
                    "each address belongs to one pool: name a range beside it");
            }

            if (pool.Name is { } name && other.Pool.Definition.Name == name)
                throw new ControlException(ControlError.PoolExists, $"the pool {other.Range}, {edit.Source(other.Origin)}, is called {name}", "choose another name");
        }
    }

    // Pools that are gone may come back, and are disabled then; but not without end.
    private void RequireRoomForDisabled(bool isOneMore)
    {
        if (isOneMore)
            PlanChecks.RequireRoom(Plan.Entries.DisabledPools.Count, PlanChecks.MaxPools, "disabled pools");
    }

    private PlannedPool Find(IpRange range) => Plan.Pools.First(pool => pool.Range == range && pool.Origin == Origin.Runtime);

    private PlannedPool Find(string text, bool mustBeOurs)
    {
        PlannedPool[] named = [.. Plan.Pools.Where(pool => IsNamed(pool, text))];
        if (named.Length == 0)
            throw new ControlException(ControlError.PoolNotFound, $"{edit.Interface} has no pool of this name or range: {Quoted.Text(text)}", $"see which there are: wg-dynamic pools {edit.Interface}");
        foreach (PlannedPool pool in named)
        {
            if (!mustBeOurs || pool.Origin == Origin.Runtime)
                return pool;
        }

        throw edit.ReadOnly($"the pool {Label(named[0].Pool.Definition)}", named[0].Origin);
    }

    internal static bool IsNamed(PlannedPool pool, string text) =>
        pool.Pool.Definition.Name == text || (IpRange.TryParse(text, out IpRange range) && range == pool.Range);

    private static string Label(PoolDefinition pool) => pool.Name is { } name ? $"{name} ({pool.Range})" : pool.Range.ToString();

    private PoolAnswer Answer(PlannedPool pool) => new()
    {
        Interface = edit.Interface,
        Name = pool.Pool.Definition.Name,
        Range = pool.Range,
        LeaseTime = pool.Pool.Definition.LeaseTime ?? book.Policy.LeaseTime,
        Origin = pool.Origin,
        Enabled = pool.Pool.Definition.Enabled,
        Size = pool.Pool.Size,
        InUse = (UInt128)pool.Pool.InUse,
        Reserved = (UInt128)pool.Pool.Reserved,
        Free = pool.Pool.Available,
        Problem = Plan.ProblemOf(pool),
    };
}
