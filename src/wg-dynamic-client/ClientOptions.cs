namespace WgDynamic.Client;

/// <summary>What the person asks of one client.</summary>
internal sealed record ClientOptions
{
    public required InterfaceName Interface { get; init; }

    /// <summary>Give the lease back when stopped, instead of letting it run out.</summary>
    public bool ReleaseOnExit { get; init; }
}
