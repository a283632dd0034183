using WgDynamic.Control;

namespace WgDynamic.Server;

/// <summary>What the operator asks of one server.</summary>
internal sealed record ServerOptions
{
    public required InterfaceName Interface { get; init; }

    /// <summary>Where the control socket lies.</summary>
    public string RuntimeDirectory { get; init; } = ControlSocket.DefaultDirectory;

    /// <summary>How long a lease lasts, whatever the configuration says; null to go by that.</summary>
    public TimeSpan? LeaseTime { get; init; }

    /// <summary>Puts fe80::/64 on the interface if it lacks the server's address.</summary>
    public bool AssignAddress { get; init; }

    /// <summary>The configuration file that was asked for; null for <see cref="ConfigurationFile.DefaultPath"/>, which need not exist.</summary>
    public string? ConfigurationPath { get; init; }

    /// <summary>Where leases are kept; null for memory only.</summary>
    public string? DatabasePath { get; init; }
}
