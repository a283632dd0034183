using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>Makes settings of <c>[Server]</c>.</summary>
internal static class ServerSectionReader
{
    private const int MostAddressesPerPeer = 1024;
    private const int MostGrantsAtOnce = 1_000_000;
    private const int MostConnections = 1_000_000;
    private const int MostConnectionsPerPeer = 1024;
    private static readonly TimeSpan _longestWait = TimeSpan.FromDays(1);
    private static readonly TimeSpan _longestMemory = TimeSpan.FromDays(36500);

    /// <summary>Reads what the section says over the defaults.</summary>
    /// <param name="section">The section.</param>
    /// <param name="values">Reads values.</param>
    /// <param name="defaults">What applies to what it does not say.</param>
    public static ServerConfiguration Read(Section section, ValueReader values, ServerConfiguration defaults) => defaults with
    {
        LeaseTime = values.Time(section.Single(Vocabulary.LeaseTime), LeasePolicy.MinLeaseTime, LeasePolicy.MaxLeaseTime) ?? defaults.LeaseTime,
        Retention = values.Time(section.Single(Vocabulary.Retention), TimeSpan.Zero, _longestMemory) ?? defaults.Retention,
        HistoryRetention = values.Time(section.Single(Vocabulary.HistoryRetention), TimeSpan.Zero, _longestMemory) ?? defaults.HistoryRetention,
        AddressesPerPeer = values.Number(section.Single(Vocabulary.AddressesPerPeer), 1, MostAddressesPerPeer) ?? defaults.AddressesPerPeer,
        GrantInterval = values.Time(section.Single(Vocabulary.GrantInterval), TimeSpan.Zero, _longestWait) ?? defaults.GrantInterval,
        GrantBurst = values.Number(section.Single(Vocabulary.GrantBurst), 1, MostGrantsAtOnce) ?? defaults.GrantBurst,
        Limits = new SessionLimits
        {
            Connections = values.Number(section.Single(Vocabulary.Connections), 1, MostConnections) ?? defaults.Limits.Connections,
            ConnectionsPerPeer = values.Number(section.Single(Vocabulary.ConnectionsPerPeer), 1, MostConnectionsPerPeer) ?? defaults.Limits.ConnectionsPerPeer,
            RequestTime = values.Time(section.Single(Vocabulary.RequestTime), TimeSpan.FromSeconds(1), _longestWait) ?? defaults.Limits.RequestTime,
            IdleTime = values.Time(section.Single(Vocabulary.IdleTime), TimeSpan.FromSeconds(1), _longestWait) ?? defaults.Limits.IdleTime,
        },
        RevokeOnReload = values.Flag(section.Single(Vocabulary.RevokeOnReload)) ?? defaults.RevokeOnReload,
        PoolsFromRoutes = values.Flag(section.Single(Vocabulary.PoolsFromRoutes)) ?? defaults.PoolsFromRoutes,
        AssignAddress = values.Flag(section.Single(Vocabulary.AssignAddress)) ?? defaults.AssignAddress,
        ControlGroup = section.Single(Vocabulary.ControlGroup) is { } group ? values.Name(group.Value) : null,
        Metrics = values.Metrics(section.Single(Vocabulary.Metrics)),
    };
}
