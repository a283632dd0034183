using System.Globalization;
using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary>How a daemon is doing, for people: a paragraph as wg(8) writes one for an interface.</summary>
internal static class StatusText
{
    /// <summary>The server.</summary>
    public static IEnumerable<string> Of(ServerStatusAnswer status, Screen screen, DateTimeOffset now)
    {
        yield return screen.Title("server", $"{status.Interface}");
        if (status.PublicKey is { } key)
            yield return screen.Line("public key", $"{key}");
        yield return screen.Line("running for", $"{Words.Duration(now - status.Started)} (process {status.ProcessId}, release {status.Release})");
        yield return screen.Line("configuration", status.ConfigurationPath + (status.ConfigurationRead is { } read ? $", read {Words.Ago(read, now)}" : ""));
        yield return status.DatabasePath is { } database ? screen.Line("database", database) : screen.Line("database", "none: a restart forgets all leases", Colour.Yellow);
        yield return screen.Line("peers", string.Create(CultureInfo.InvariantCulture, $"{status.Peers}, {status.Connections} connected"));
        yield return screen.Line("leases", string.Create(CultureInfo.InvariantCulture, $"{status.ActiveLeases} active, {status.EndedLeases} ended"));
        if (status.StoreProblem is { } store)
            yield return screen.Line("database fails", Words.Harmless(store), Colour.Red);
        if (status.DeviceProblem is { } device)
            yield return screen.Line("device fails", Words.Harmless(device), Colour.Red);
        if (!status.ClockIsSane)
            yield return screen.Line("clock", "jumps: the time of day is not what leases and history need; see timedatectl(1)", Colour.Red);
    }

    /// <summary>The client.</summary>
    public static IEnumerable<string> Of(ClientStatusAnswer status, Screen screen, DateTimeOffset now)
    {
        yield return screen.Title("client", $"{status.Interface}");
        yield return screen.Line("state", Describe(status.State), status.State is ClientPhase.Bound or ClientPhase.Renewing ? Colour.Green : Colour.Yellow);
        if (status.ServerPublicKey is { } key)
            yield return screen.Line("server", $"{key}");
        if (status.LinkLocalAddress is { } own)
            yield return screen.Line("link-local address", $"{own}");
        if (status.Addresses.Count > 0)
            yield return screen.Line("addresses", string.Join(", ", status.Addresses));
        if (status.LeaseEnd is { } end)
            yield return screen.Line("lease", end > now ? $"{Words.Duration(end - now)} left" : $"ended {Words.Ago(end, now)}");
        if (status.NextRequest is { } next)
            yield return screen.Line("next request", Words.In(next, now));
        if (status.Routes.Count > 0)
            yield return screen.Line("routes", string.Join(", ", status.Routes));
        if (status.DnsServers.Count > 0)
            yield return screen.Line("dns", string.Join(", ", status.DnsServers.Select(server => $"{server}").Concat(status.SearchDomains.Select(Words.Harmless))));
        if (status.Mtu is { } mtu)
            yield return screen.Line("mtu", mtu.ToString(CultureInfo.InvariantCulture));
        if (status.Restorations > 0)
            yield return screen.Line("restored", status.Restorations == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{status.Restorations} times"), Colour.Yellow);
        yield return screen.Line("running for", $"{Words.Duration(now - status.Started)} (process {status.ProcessId}, release {status.Release})");
        if (status.Problem is { } problem)
            yield return screen.Line("problem", Words.Harmless(problem), Colour.Red);
    }

    /// <summary>What a server has counted.</summary>
    public static IEnumerable<string> Of(StatisticsAnswer counts, Screen screen, DateTimeOffset now)
    {
        yield return screen.Title("server", $"{counts.Interface}");
        yield return screen.Line("counted for", Words.Duration(now - counts.Since));
        yield return Count("connections", counts.Connections);
        yield return Count("requests", counts.Requests);
        yield return Count("addresses given", counts.Grants);
        yield return Count("renewals", counts.Renewals);
        yield return Count("given back", counts.Releases);
        yield return Count("run out", counts.Expirations);
        yield return Count("revoked", counts.Revocations);
        yield return Count("refused", counts.Refusals.Values.Sum());
        foreach ((string reason, long count) in counts.Refusals.Where(refusal => refusal.Value > 0).OrderBy(refusal => refusal.Key, StringComparer.Ordinal))
            yield return "  " + Count(Words.Harmless(reason), count);
        yield return Count("malformed", counts.Malformed);
        yield return Count("mended", counts.Mended);
        yield return screen.Line("database failures", counts.StoreFailures.ToString(CultureInfo.InvariantCulture), counts.StoreFailures > 0 ? Colour.Red : Colour.None);

        string Count(string what, long count) => screen.Line(what, count.ToString(CultureInfo.InvariantCulture));
    }

    private static string Describe(ClientPhase phase) => phase switch
    {
        ClientPhase.Waiting => "waiting for the interface to come up",
        ClientPhase.Requesting => "asking for addresses",
        ClientPhase.Bound => "has a lease",
        ClientPhase.Renewing => "renewing its lease",
        ClientPhase.Expired => "lost its lease, and asks for another",
        _ => "ending",
    };
}
