namespace WgDynamic.Client;

/// <summary>What the person asks of one client.</summary>
internal sealed record ClientOptions
{
    public required InterfaceName Interface { get; init; }

    /// <summary>Give the lease back when stopped, instead of letting it run out.</summary>
    public bool ReleaseOnExit { get; init; }

    /// <summary>What to ask for first, at most one of each family; any other will do if the server does not give it.</summary>
    public IReadOnlyList<IpAddress> RequestAddresses { get; init; } = [];

    /// <summary>What the server may decide beside the addresses.</summary>
    public Acceptance Accept { get; init; } = new();

    /// <summary>Where pushed routes go.</summary>
    public RouteTable Table { get; init; }

    /// <summary>What the server is told that this machine is called; null for nothing.</summary>
    public string? Hostname { get; init; }

    /// <summary>What the server is told that this program is.</summary>
    public string? Program { get; init; }

    /// <summary>The number of the group whose members may change something at the control socket, beside root; null for none.</summary>
    public uint? ControlGroup { get; init; }

    /// <summary>Where files are kept that must not outlive the machine's running.</summary>
    public string RuntimeDirectory { get; init; } = "";
}
