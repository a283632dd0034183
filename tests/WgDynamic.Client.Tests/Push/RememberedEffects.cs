namespace WgDynamic.Client.Tests;

/// <summary>A store that holds the machine to what it must be told before.</summary>
internal sealed class RememberedEffects : IEffectStore
{
    public IReadOnlyList<Effect> Effects { get; private set; } = [];

    public bool Settled { get; private set; } = true;

    public bool Fails { get; set; }

    public void Save(IReadOnlyList<Effect> effects, bool settled)
    {
        if (Fails)
            throw new IOException("disk full");
        (Effects, Settled) = ([.. effects], settled);
    }
}
