namespace WgDynamic.Client;

/// <summary>One change of the machine: an effect is made, undone, or replaced by another on the same.</summary>
internal readonly record struct Step(Effect? From, Effect? To)
{
    /// <summary>Whether an effect takes another's place.</summary>
    public bool IsChange => From is not null && To is not null;

    /// <summary>The way back.</summary>
    public Step Reversed => new(To, From);

    /// <summary>The steps from what is in force to what shall be: what goes, last one first; then what comes or changes, in order.</summary>
    public static List<Step> Between(IReadOnlyList<Effect> current, IReadOnlyList<Effect> wanted)
    {
        Dictionary<object, Effect> before = [];
        // What is left of a change that was broken off may have two effects on the same.
        foreach (Effect effect in current)
            before[effect.Slot] = effect;
        HashSet<object> kept = [.. wanted.Select(effect => effect.Slot)];
        List<Step> steps = [.. Sorted(current).Reverse().Where(effect => !kept.Contains(effect.Slot)).Select(effect => new Step(effect, null))];
        foreach (Effect effect in Sorted(wanted))
        {
            Effect? old = before.GetValueOrDefault(effect.Slot);
            if (effect != old)
                steps.Add(new Step(old, effect));
        }

        return steps;
    }

    /// <summary>What is in force after the step.</summary>
    public IReadOnlyList<Effect> ApplyTo(IReadOnlyList<Effect> current)
    {
        (Effect? from, Effect? to) = (From, To);
        List<Effect> after = [.. current.Where(effect => effect != from)];
        if (to is not null)
            after.Add(to);
        return [.. Sorted(after)];
    }

    public override string ToString() =>
        From is null ? $"add {To}" : To is null ? $"remove {From}" : $"change {From} to {To}";

    private static IEnumerable<Effect> Sorted(IEnumerable<Effect> effects) => effects.OrderBy(effect => effect.Rank);
}
