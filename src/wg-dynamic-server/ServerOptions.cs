using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>What the operator asks of one server.</summary>
internal sealed record ServerOptions
{
    public required InterfaceName Interface { get; init; }

    public TimeSpan LeaseTime { get; init; } = new LeasePolicy().LeaseTime;

    /// <summary>Puts fe80::/64 on the interface if it lacks the server's address.</summary>
    public bool AssignAddress { get; init; }

    /// <summary>The configuration file that was asked for; null for <see cref="ConfigurationFile.DefaultPath"/>, which need not exist.</summary>
    public string? ConfigurationPath { get; init; }

    public SessionLimits Limits { get; init; } = new();
}
