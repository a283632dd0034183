using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using WgDynamic.Daemon;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>The configuration in force: read at the start, and again at each SIGHUP. A bad file leaves the old one in force.</summary>
internal sealed class Reloading(ServerOptions options, ILogger log)
{
    // The rest is for --check-config.
    private const int MostProblems = 10;

    // Whether a reload is under way, or is to be done again when it is.
    private const int Idle = 0, UnderWay = 1, OnceMore = 2;
    private int _state;

    /// <summary>Reads the configuration file.</summary>
    /// <returns>The configuration; null if the file has errors, which are logged.</returns>
    public ServerConfiguration? Read()
    {
        string path = options.ConfigurationPath ?? ConfigurationFile.DefaultPath(options.Interface);
        ConfigurationResult result = ConfigurationFile.Read(path, isRequired: options.ConfigurationPath is not null);
        foreach (ConfigurationProblem problem in result.Problems.Take(MostProblems))
        {
            if (problem.Severity == ProblemSeverity.Error)
                log.ConfigurationError(ProblemReport.Line(path, problem));
            else
                log.ConfigurationWarning(ProblemReport.Line(path, problem));
        }

        return result.Configuration;
    }

    /// <summary>What a configuration means to the lease service; the command line has the last word.</summary>
    public LeaseSettings ToSettings(ServerConfiguration configuration)
    {
        TimeSpan leaseTime = options.LeaseTime ?? configuration.LeaseTime;
        return new LeaseSettings
        {
            Policy = new LeasePolicy
            {
                LeaseTime = leaseTime,
                LongestLeaseTime = configuration.Pools.Select(pool => pool.LeaseTime).Concat(configuration.Reservations.Select(reservation => reservation.LeaseTime)).Max() ?? leaseTime,
                Retention = configuration.Retention,
                HistoryRetention = configuration.HistoryRetention,
                AddressesPerPeer = configuration.AddressesPerPeer,
                GrantInterval = configuration.GrantInterval,
                GrantBurst = configuration.GrantBurst,
            },
            Pools = [.. configuration.Pools.Select(pool => new PoolDefinition
            {
                Range = pool.Range,
                Name = pool.Name,
                Exclusions = pool.Exclusions,
                LeaseTime = pool.LeaseTime,
                Peers = pool.Peers,
            })],
            Reservations = [.. configuration.Reservations.SelectMany(reservation =>
                new[] { reservation.IPv4, reservation.IPv6 }.OfType<IpAddress>().Select(address => new Reservation(reservation.Peer, address, reservation.LeaseTime, reservation.Name)))],
            PoolsFromRoutes = configuration.PoolsFromRoutes,
            RevokeOnReload = configuration.RevokeOnReload,
            Push = new PushRules(configuration.Pushes),
        };
    }

    /// <summary>Follows SIGHUP until the result is disposed.</summary>
    /// <inheritdoc cref="ReloadAsync"/>
    public PosixSignalRegistration Follow(LeaseService service, SessionTable sessions, ServiceManager manager) =>
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _ = ReloadAsync(service, sessions, manager);
        });

    /// <summary>Reads the configuration anew and puts it in force if it is good.</summary>
    /// <param name="service">Is given what it says of leases.</param>
    /// <param name="sessions">Is given what it says of connections.</param>
    /// <param name="manager">Hears when that begins and when it is done.</param>
    public async Task ReloadAsync(LeaseService service, SessionTable sessions, ServiceManager manager)
    {
        if (Interlocked.Exchange(ref _state, OnceMore) != Idle)
            return;
        do
        {
            _state = UnderWay;
            manager.Reloading();
            if (Read() is { } configuration)
            {
                sessions.Limits = configuration.Limits;
                service.SetSettings(ToSettings(configuration));
                // The service takes it over before it has looked.
                await service.LookAgainAsync(CancellationToken.None);
                log.ConfigurationRead(options.Interface, configuration.Pools.Length, configuration.Reservations.Length, configuration.Pushes.Length);
            }
            else
            {
                log.ConfigurationKept(options.Interface);
            }

            manager.Reloaded();
        }
        while (Interlocked.CompareExchange(ref _state, Idle, UnderWay) != UnderWay);
    }
}
