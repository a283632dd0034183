using WgDynamic.Control;

namespace WgDynamic.Server;

/// <summary>Answers what is asked of the server as a whole: how it is doing, what it has counted, its configuration.</summary>
internal sealed class ReportControl(ServerOptions options, LeaseService service, SessionContext sessions, Reloading reloading, Counters counters, PublicKey? publicKey, TimeProvider clock)
{
    /// <summary>This release.</summary>
    public static string Release { get; } = typeof(ReportControl).Assembly.GetName().Version?.ToString(3) ?? "0";

    private readonly DateTimeOffset _started = clock.GetUtcNow();
    private readonly Lock _lock = new();
    private StatisticsAnswer? _before;

    /// <summary>Answers.</summary>
    /// <inheritdoc cref="IControlHandler.HandleAsync"/>
    public async ValueTask HandleAsync(ControlCall call, CancellationToken cancellationToken)
    {
        switch (call.Request)
        {
            case StatusRequest:
                await call.WriteAsync(await StatusAsync(cancellationToken), cancellationToken);
                break;
            case StatisticsRequest { SinceStart: true }:
                await call.WriteAsync(Totals, cancellationToken);
                break;
            case StatisticsRequest:
                await call.WriteAsync(Statistics(reset: false), cancellationToken);
                break;
            case ResetStatisticsRequest:
                await call.WriteAsync(Statistics(reset: true), cancellationToken);
                break;
            case ReloadRequest:
                await ReloadAsync(call, cancellationToken);
                break;
        }
    }

    /// <summary>How the server is doing.</summary>
    public async Task<ServerStatusAnswer> StatusAsync(CancellationToken cancellationToken)
    {
        ServerStatusAnswer answer = new()
        {
            Interface = options.Interface,
            PublicKey = publicKey,
            Release = Release,
            ProcessId = Environment.ProcessId,
            Started = _started,
            ConfigurationPath = reloading.Path,
            ConfigurationRead = reloading.LastRead,
            DatabasePath = options.DatabasePath,
            Connections = sessions.Sessions.Count,
        };
        return await service.InvokeAsync(_ => ValueTask.FromResult(service.FillIn(answer)), cancellationToken);
    }

    /// <summary>What is measured, as Prometheus reads it.</summary>
    /// <param name="plan">Knows the pools.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> MetricsAsync(PlanControl plan, CancellationToken cancellationToken)
    {
        IReadOnlyList<PoolAnswer> pools = await plan.PoolsAsync(new PoolsRequest(), cancellationToken);
        using StringWriter output = new();
        PrometheusText.Write(output, await StatusAsync(cancellationToken), Totals, pools);
        return output.ToString();
    }

    /// <summary>All that has been counted, whatever was reset.</summary>
    public StatisticsAnswer Totals => counters.Read(options.Interface, _started);

    private StatisticsAnswer Statistics(bool reset)
    {
        lock (_lock)
        {
            StatisticsAnswer now = Totals, answer = _before is null ? now : Difference(now, _before);
            if (reset)
                _before = now with { Since = clock.GetUtcNow() };
            return answer;
        }
    }

    private static StatisticsAnswer Difference(StatisticsAnswer now, StatisticsAnswer before) => new()
    {
        Interface = now.Interface,
        Since = before.Since,
        Requests = now.Requests - before.Requests,
        Grants = now.Grants - before.Grants,
        Renewals = now.Renewals - before.Renewals,
        Releases = now.Releases - before.Releases,
        Expirations = now.Expirations - before.Expirations,
        Revocations = now.Revocations - before.Revocations,
        Refusals = now.Refusals.Select(refusal => KeyValuePair.Create(refusal.Key, refusal.Value - before.Refusals.GetValueOrDefault(refusal.Key)))
            .Where(refusal => refusal.Value > 0).ToDictionary(),
        Malformed = now.Malformed - before.Malformed,
        Mended = now.Mended - before.Mended,
        Connections = now.Connections - before.Connections,
        StoreFailures = now.StoreFailures - before.StoreFailures,
    };

    private async ValueTask ReloadAsync(ControlCall call, CancellationToken cancellationToken)
    {
        ConfigurationResult result = await reloading.ReloadAsync();
        foreach (ConfigurationProblem problem in result.Problems)
        {
            await call.WriteAsync(
                new ProblemAnswer
                {
                    File = reloading.Path,
                    Line = problem.Line,
                    Severity = problem.Severity == ProblemSeverity.Error ? WgDynamic.Control.ProblemSeverity.Error : WgDynamic.Control.ProblemSeverity.Warning,
                    Message = problem.Message,
                    Remedy = problem.Remedy,
                },
                cancellationToken);
        }

        if (result.Configuration is null)
            throw new ControlException(ControlError.ConfigurationInvalid, $"{reloading.Path} has errors; what was read before stays in force", $"mend it, and see with: wg-dynamic-server --check-config {options.Interface}");
        await call.WriteAsync(await StatusAsync(cancellationToken), cancellationToken);
    }
}
