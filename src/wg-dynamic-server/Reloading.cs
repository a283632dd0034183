using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using WgDynamic.Control;
using WgDynamic.Daemon;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>The configuration in force: read at the start, and again at each SIGHUP. A bad file leaves the old one in force.</summary>
internal sealed class Reloading(ServerOptions options, TimeProvider clock, ILogger log) : IDisposable
{
    // The rest is for --check-config.
    private const int MostProblems = 10;

    // Whether a reload is under way, or is to be done again when it is.
    private const int Idle = 0, UnderWay = 1, OnceMore = 2;
    private int _state;

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The configuration file, whether it exists or not.</summary>
    public string Path { get; } = options.ConfigurationPath ?? ConfigurationFile.DefaultPath(options.Interface);

    /// <summary>Is given what is read anew.</summary>
    public ReloadTarget? Target { get; set; }

    /// <summary>When a good one was read last, UTC.</summary>
    public DateTimeOffset? LastRead { get; private set; }

    /// <summary>Reads the configuration file.</summary>
    /// <returns>What was read; what is wrong is logged.</returns>
    public ConfigurationResult Read()
    {
        ConfigurationResult result = ConfigurationFile.Read(Path, isRequired: options.ConfigurationPath is not null);
        foreach (ConfigurationProblem problem in result.Problems.Take(MostProblems))
        {
            if (problem.Severity == ProblemSeverity.Error)
                log.ConfigurationError(ProblemReport.Line(Path, problem));
            else
                log.ConfigurationWarning(ProblemReport.Line(Path, problem));
        }

        if (result.Configuration is not null)
            LastRead = clock.GetUtcNow();
        return result;
    }

    /// <summary>Who may change something at the control socket.</summary>
    public ControlAccess AccessOf(ServerConfiguration configuration)
    {
        uint? group = configuration.ControlGroup is { } name ? ControlAccess.FindGroup(name) : null;
        if (configuration.ControlGroup is { } missing && group is null)
            log.NoControlGroup(options.Interface, missing);
        return new ControlAccess(group);
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
    public PosixSignalRegistration Follow() =>
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _ = FollowSignalAsync();
        });

    /// <summary>Reads the configuration anew and puts it in force if it is good; one after the other.</summary>
    /// <returns>What was read.</returns>
    public async Task<ConfigurationResult> ReloadAsync()
    {
        ReloadTarget target = Target ?? throw new InvalidOperationException("nothing serves yet");
        await _turn.WaitAsync();
        try
        {
            target.Manager.Reloading();
            ConfigurationResult result = Read();
            if (result.Configuration is { } configuration)
            {
                target.Sessions.Limits = configuration.Limits;
                target.Admit(AccessOf(configuration));
                await target.ServeMetrics(configuration.Metrics);
                target.Service.SetSettings(ToSettings(configuration));
                // The service takes it over before it has looked.
                await target.Service.LookAgainAsync(CancellationToken.None);
                log.ConfigurationRead(options.Interface, configuration.Pools.Length, configuration.Reservations.Length, configuration.Pushes.Length);
            }
            else
            {
                log.ConfigurationKept(options.Interface);
            }

            target.Manager.Reloaded();
            return result;
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    // However many signals come while the file is read, it is read once more.
    private async Task FollowSignalAsync()
    {
        if (Interlocked.Exchange(ref _state, OnceMore) != Idle)
            return;
        do
        {
            _state = UnderWay;
            _ = await ReloadAsync();
        }
        while (Interlocked.CompareExchange(ref _state, Idle, UnderWay) != UnderWay);
    }
}

/// <summary>What takes a configuration over.</summary>
/// <param name="Service">What it says of leases.</param>
/// <param name="Sessions">What it says of connections.</param>
/// <param name="Admit">What it says of the control socket.</param>
/// <param name="ServeMetrics">What it says of metrics.</param>
/// <param name="Manager">Hears when that begins and when it is done.</param>
internal sealed record ReloadTarget(LeaseService Service, SessionTable Sessions, Action<ControlAccess> Admit, Func<MetricsEndPoint?, Task> ServeMetrics, ServiceManager Manager);
