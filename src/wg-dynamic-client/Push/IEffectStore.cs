namespace WgDynamic.Client;

/// <summary>Remembers what is in force, for the next client if this one is killed.</summary>
internal interface IEffectStore
{
    /// <summary>Remembers.</summary>
    /// <param name="effects">What is in force, or may be.</param>
    /// <param name="settled">Whether all of it is; false while a change is under way.</param>
    /// <exception cref="IOException">It cannot be remembered.</exception>
    void Save(IReadOnlyList<Effect> effects, bool settled);
}
