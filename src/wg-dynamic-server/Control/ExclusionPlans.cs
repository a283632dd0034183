using WgDynamic.Control;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>Exclusions by the control socket. For the lease service's loop.</summary>
internal sealed class ExclusionPlans(PlanEdit edit)
{
    private PlanKeeper Plan => edit.Plan;

    /// <summary>What is excluded, the file's first. Of the device there may be as many as peers: those answers are made as they are read.</summary>
    public IEnumerable<ExclusionAnswer> Get(ExclusionsRequest request)
    {
        PlannedPool[] pools = [.. Plan.Pools];
        HashSet<IpRange>? wanted = request.Pools.Count == 0 ? null : [.. pools.Where(pool => request.Pools.Any(text => PoolPlans.IsNamed(pool, text))).Select(pool => pool.Range)];
        (IpRange Range, Origin Origin, string? Pool)[] written =
        [
            .. Plan.Settings.Pools.Where(pool => wanted?.Contains(pool.Range) ?? true).SelectMany(pool => pool.Exclusions.Select(range => (range, Origin.File, (string?)(pool.Name ?? pool.Range.ToString())))),
            .. Plan.Entries.Exclusions.Select(range => (range, Origin.Runtime, First(pools, pool => pool.Range.Overlaps(range), wanted))).Where(entry => wanted is null || entry.Item3 is not null),
        ];
        return Make(written, Plan.DeviceExclusions, pools, wanted);
    }

    public async ValueTask<ExclusionAnswer> AddAsync(AddExclusionRequest request, Moment now)
    {
        IpRange range = request.Range;
        if (First([.. Plan.Pools], pool => pool.Range.Overlaps(range), wanted: null) is not { } pool)
            throw new ControlException(ControlError.AddressNotInPool, $"{range} is in no pool of {edit.Interface}", $"see which there are: wg-dynamic pools {edit.Interface}");
        foreach (IpRange other in Plan.Entries.Exclusions)
        {
            if (other.Overlaps(range))
                throw new ControlException(ControlError.PoolExists, $"{range} overlaps the exclusion {other}, {edit.Source(Origin.Runtime)}", "name what is beside it, or remove that one first");
        }

        if (Plan.Settings.Pools.SelectMany(written => written.Exclusions).FirstOrDefault(other => other.Contains(range)) is var containing && containing != default)
            throw new ControlException(ControlError.PoolExists, $"{range} is excluded already, by {containing} {edit.Source(Origin.File)}");
        PlanChecks.RequireRoom(Plan.Entries.Exclusions.Count, PlanChecks.MaxExclusions, "exclusions");
        await edit.ChangeAsync(RuntimePlan.Empty, new RuntimePlan { Exclusions = [range] }, now, $"excluded {range} from the pool {pool}");
        return Answer(range, Origin.Runtime, pool);
    }

    public async ValueTask<ExclusionAnswer> RemoveAsync(RemoveExclusionRequest request, Moment now)
    {
        IpRange range = request.Range;
        if (!Plan.Entries.HasExclusion(range))
        {
            if (Plan.Settings.Pools.Any(pool => pool.Exclusions.Contains(range)))
                throw edit.ReadOnly($"the exclusion {range}", Origin.File);
            foreach (Exclusion exclusion in Plan.DeviceExclusions)
            {
                if (exclusion.Range == range)
                    throw edit.ReadOnly($"the exclusion {range}", Origin.Device, exclusion.Owner);
            }

            throw new ControlException(ControlError.ExclusionNotFound, $"{range} is no exclusion of {edit.Interface}", "name it exactly as it was added");
        }

        ExclusionAnswer answer = Answer(range, Origin.Runtime, First([.. Plan.Pools], pool => pool.Range.Overlaps(range), wanted: null));
        await edit.ChangeAsync(new RuntimePlan { Exclusions = [range] }, RuntimePlan.Empty, now, $"excluded {range} no longer");
        return answer;
    }

    // Nothing here changes while it is read.
    private IEnumerable<ExclusionAnswer> Make((IpRange Range, Origin Origin, string? Pool)[] written, IReadOnlyList<Exclusion> device, PlannedPool[] pools, HashSet<IpRange>? wanted)
    {
        foreach ((IpRange range, Origin origin, string? pool) in written)
            yield return Answer(range, origin, pool);
        foreach (Exclusion exclusion in device)
        {
            if (First(pools, pool => exclusion.AppliesTo(pool.Range), wanted) is { } pool)
                yield return Answer(exclusion.Range, Origin.Device, pool, exclusion.Owner);
        }
    }

    private static string? First(PlannedPool[] pools, Predicate<PlannedPool> fits, HashSet<IpRange>? wanted)
    {
        int index = Array.FindIndex(pools, pool => (wanted?.Contains(pool.Range) ?? true) && fits(pool));
        return index < 0 ? null : pools[index].Label;
    }

    private ExclusionAnswer Answer(IpRange range, Origin origin, string? pool, PublicKey? peer = null) =>
        new() { Interface = edit.Interface, Range = range, Pool = pool, Origin = origin, PublicKey = peer };
}
