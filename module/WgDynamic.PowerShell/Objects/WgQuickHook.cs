namespace WgDynamic.PowerShell;

/// <summary>Whether wg-quick understands <c>auto</c>, and a configuration file of wg-quick that may need it.</summary>
public sealed class WgQuickHook
{
    internal WgQuickHook(QuickStatus status, string? interfaceName, string? configurationPath, bool usesAuto, bool needsDropIn)
    {
        Interface = interfaceName;
        ConfigurationPath = configurationPath;
        UsesAuto = usesAuto;
        Wrapper = status.Wrapper;
        DropIn = status.DropIn;
        Diverted = status.Diverted;
        Path = status.WgQuick;
        Registered = status.Diverted || (status.Wrapper && (status.DropIn || !needsDropIn));
    }

    /// <summary>The interface; nothing if there is no configuration file.</summary>
    public string? Interface { get; }

    /// <summary>Whether wg-quick understands <c>auto</c>, on the command line and as a service.</summary>
    public bool Registered { get; }

    /// <summary>Whether the interface's file says <c>auto</c>, so that it needs that.</summary>
    public bool UsesAuto { get; }

    /// <summary>The interface's file.</summary>
    public string? ConfigurationPath { get; }

    /// <summary>Whether ours comes before the distribution's wg-quick in PATH.</summary>
    public bool Wrapper { get; }

    /// <summary>Whether the service wg-quick@ calls ours.</summary>
    public bool DropIn { get; }

    /// <summary>Whether the Debian package has put ours in the place of the distribution's.</summary>
    public bool Diverted { get; }

    /// <summary>What the plain command wg-quick means.</summary>
    public string? Path { get; }

    /// <inheritdoc/>
    public override string ToString() => Interface ?? Path ?? "";
}
