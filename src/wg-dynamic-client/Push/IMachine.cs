namespace WgDynamic.Client;

/// <summary>The machine that pushed states have effects on.</summary>
internal interface IMachine
{
    /// <summary>Looks at what a state will meet.</summary>
    /// <param name="state">The state.</param>
    /// <exception cref="EffectException">It cannot be read, or no peer is the server.</exception>
    ValueTask<Surroundings> LookAsync(PushedState state);

    /// <summary>Looks at what may have vanished silently and nothing else: the peers, the mark, the rules. Cheap.</summary>
    /// <exception cref="EffectException">It cannot be read, or no peer is the server.</exception>
    ValueTask<Surroundings> GlanceAsync();

    /// <summary>Takes a step, wholly or not at all. To undo what is not there any more is fine.</summary>
    /// <param name="step">The step.</param>
    /// <returns>Null if it was taken; why not, if what it would add is there already and belongs to somebody else.</returns>
    /// <exception cref="EffectException">It could not be taken.</exception>
    ValueTask<string?> TakeAsync(Step step);
}

/// <summary>A pushed state cannot be put into force, or be undone.</summary>
/// <param name="message">What was tried and what is wrong, for the log.</param>
/// <param name="inner">What caused it.</param>
internal sealed class EffectException(string message, Exception? inner = null) : Exception(message, inner);
