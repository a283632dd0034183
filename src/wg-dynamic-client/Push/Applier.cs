namespace WgDynamic.Client;

/// <summary>
/// Puts pushed states into force, each as one change: what cannot be finished is taken back, and what is undone is
/// exactly what was done.
/// </summary>
/// <param name="machine">Where.</param>
/// <param name="store">Hears of every effect before it exists.</param>
/// <param name="table">Where routes go.</param>
/// <param name="found">What an earlier client has left in force.</param>
internal sealed class Applier(IMachine machine, IEffectStore store, RouteTable table, IReadOnlyList<Effect> found)
{
    private volatile IReadOnlyList<Effect> _current = found;

    private readonly List<Effect> _restored = [];

    // Whether more is remembered than there is.
    private bool _unsettled;

    /// <summary>What is in force and ours.</summary>
    public IReadOnlyList<Effect> Current => _current;

    /// <summary>What of the last state cannot be in force here, and why.</summary>
    public IReadOnlyList<string> Refused { get; private set; } = [];

    /// <summary>What had vanished and was brought back by the last call.</summary>
    public IReadOnlyList<Effect> Restored => _restored;

    /// <summary>Puts a state into force, in place of what was.</summary>
    /// <returns>Null if it is; else why not, and all is as it was before.</returns>
    public async ValueTask<string?> ApplyAsync(PushedState state)
    {
        List<Step> taken = [];
        _restored.Clear();
        try
        {
            Surroundings surroundings = await machine.LookAsync(state);
            // Somebody may have reset the device: what is in force must be, before more hangs on it.
            if (await BringBackAsync(surroundings))
                surroundings = await machine.LookAsync(state);
            IReadOnlyList<Effect> wanted = EffectPlan.Make(state, surroundings, _current, table, out IReadOnlyList<string> refused);
            List<string> obstacles = [.. refused];
            List<Step> steps = Step.Between(_current, wanted);
            if (steps.Count > 0)
            {
                // Whatever happens from here on, what may exist is known.
                _unsettled = true;
                store.Save([.. _current, .. steps.Select(step => step.To).OfType<Effect>()], settled: false);
                await TakeAsync(steps, taken, obstacles);
                Settle();
            }

            Refused = obstacles;
            return null;
        }
        catch (Exception error) when (error is EffectException or IOException or UnauthorizedAccessException)
        {
            return await TakeBackAsync(taken) is { } worse ? $"{error.Message}; and what was done already cannot all be undone: {worse}" : error.Message;
        }
    }

    /// <summary>Brings back what has vanished of what is in force.</summary>
    /// <param name="glance">Look closely only if something is missing of what the kernel announces to nobody.</param>
    /// <returns>Null if all is there; else why not.</returns>
    public async ValueTask<string?> RestoreAsync(bool glance = false)
    {
        _restored.Clear();
        Effect[] concerned = [.. _current.Where(effect => !glance || effect.VanishesSilently)];
        if (concerned.Length == 0)
            return null;
        try
        {
            if (!glance || EffectPlan.Missing(await machine.GlanceAsync(), concerned).Count > 0)
                _ = await BringBackAsync(await machine.LookAsync(PushedState.None));
            return null;
        }
        catch (Exception error) when (error is EffectException or IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    /// <summary>Undoes everything.</summary>
    /// <returns>Null if nothing of ours is left; else what cannot be undone, which remains ours.</returns>
    public async ValueTask<string?> WithdrawAsync()
    {
        Refused = [];
        if (_current.Count == 0 && !_unsettled)
            return null;
        string? failure = await TakeAllAsync(Step.Between(_current, []));
        return failure ?? TrySettle();
    }

    private async ValueTask<bool> BringBackAsync(Surroundings surroundings)
    {
        List<Step> steps = EffectPlan.Missing(surroundings, _current);
        foreach (Step step in steps)
        {
            // The server's key is another by now: what is ours is elsewhere from here on.
            if (step.IsChange)
                store.Save([.. _current, step.To!], settled: false);
            if (await machine.TakeAsync(step) is null)
                _restored.Add(step.To!);
            if (step.IsChange)
            {
                _current = step.ApplyTo(_current);
                Settle();
            }
        }

        return steps.Count > 0;
    }

    private async ValueTask TakeAsync(List<Step> steps, List<Step> taken, List<string> obstacles)
    {
        foreach (Step step in steps)
        {
            if (await machine.TakeAsync(step) is { } obstacle)
            {
                obstacles.Add(obstacle);
                continue;
            }

            taken.Add(step);
            _current = step.ApplyTo(_current);
        }
    }

    private async ValueTask<string?> TakeBackAsync(List<Step> taken)
    {
        string? failure = await TakeAllAsync(Enumerable.Reverse(taken).Select(step => step.Reversed));
        // Where this fails too, more is remembered than there is, which does no harm.
        if (failure is null)
            _ = TrySettle();
        return failure;
    }

    // As many as can be.
    private async ValueTask<string?> TakeAllAsync(IEnumerable<Step> steps)
    {
        List<string> failures = [];
        foreach (Step step in steps)
        {
            try
            {
                _ = await machine.TakeAsync(step);
                _current = step.ApplyTo(_current);
            }
            catch (EffectException error)
            {
                failures.Add(error.Message);
            }
        }

        return failures.Count == 0 ? null : string.Join("; ", failures);
    }

    private string? TrySettle()
    {
        try
        {
            Settle();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private void Settle()
    {
        store.Save(_current, settled: true);
        _unsettled = false;
    }
}
