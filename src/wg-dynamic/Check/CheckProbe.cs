using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using WgDynamic.Control;
using WgDynamic.Daemon;
using WgDynamic.Netlink;

namespace WgDynamic.Tool;

/// <summary>Finds the facts out. What cannot be is left out of them; each check says so.</summary>
/// <param name="name">The interface.</param>
/// <param name="runtimeDirectory">Where sockets and locks lie.</param>
/// <param name="clock">The time of day, and time limits.</param>
internal sealed class CheckProbe(InterfaceName name, string runtimeDirectory, TimeProvider clock)
{
    private const string ServerProgram = "wg-dynamic-server";
    private const int Port = 970;

    private static readonly string[] _connections = ["/proc/net/tcp", "/proc/net/tcp6"];
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private string UsualConfiguration => $"/etc/wg-dynamic/{name}.conf";

    /// <summary>Looks.</summary>
    /// <param name="role">As what; null to find out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The facts, and why it is taken for a server or a client; null if that is not to be found out.</returns>
    public async Task<(CheckFacts Facts, string? Why)> LookAsync(DaemonRole? role, CancellationToken cancellationToken)
    {
        CheckFacts facts = new()
        {
            Interface = name,
            Now = clock.GetUtcNow(),
            IsRoot = Environment.IsPrivilegedProcess,
            RuntimeDirectory = runtimeDirectory,
            RuntimeOwner = Try(() => Directory.Exists(runtimeDirectory) ? FileOwner.Of(runtimeDirectory) : (FileOwner?)null),
            Group = ControlAccess.FindGroup("wg-dynamic"),
        };
        facts = await LookAtInterfaceAsync(facts, cancellationToken);
        string? why = role is null ? null : "as it was told";
        if (role is null && FindRole(facts) is var (found, reason))
            (role, why) = (found, reason);
        if (role is not { } known)
            return (facts, null);
        facts = facts with { Role = known, IsRunning = IsLocked(known) };
        facts = await AskDaemonAsync(facts, cancellationToken);
        return (known == DaemonRole.Server ? await LookAtServerAsync(facts, cancellationToken) : LookAtClient(facts), why);
    }

    private async Task<CheckFacts> LookAtInterfaceAsync(CheckFacts facts, CancellationToken cancellationToken)
    {
        using RouteClient routes = RouteClient.Open();
        if (await routes.FindLinkAsync(name, cancellationToken) is not { } link)
            return facts;
        facts = facts with
        {
            Link = link,
            Addresses = await routes.GetAddressesAsync(link.Index, cancellationToken),
            Routes = await routes.GetRoutesAsync(link.Index, cancellationToken),
            RouteToServer = link.IsUp ? await routes.LookupRouteAsync(InterfaceNeeds.ServerAddress, link.Index, cancellationToken) : null,
        };
        try
        {
            using IWireGuard wireGuard = await WireGuard.OpenAsync(name, cancellationToken);
            facts = facts with { Device = await wireGuard.GetDeviceAsync(name, cancellationToken) };
        }
        catch (NetlinkException error)
        {
            return facts with { DeviceProblem = error };
        }

        return facts.Server?.Endpoint is { } endpoint ? facts with { SourceOfTunnel = SourceTo(endpoint) } : facts;
    }

    // Where WireGuard itself would send from: nothing is sent for that.
    private static IpAddress? SourceTo(IPEndPoint endpoint)
    {
        try
        {
            using Socket socket = new(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(endpoint);
            return IpAddress.From(((IPEndPoint)socket.LocalEndPoint!).Address);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    // By what there is of a daemon, or else by what only one of the two has.
    private (DaemonRole Role, string Reason)? FindRole(CheckFacts facts)
    {
        foreach (DaemonRole role in (DaemonRole[])[DaemonRole.Server, DaemonRole.Client])
        {
            string kind = role == DaemonRole.Server ? "server" : "client";
            if (IsLocked(role))
                return (role, $"a {kind} runs for it");
            if (File.Exists(ControlSocket.PathOf(runtimeDirectory, name, role)))
                return (role, $"there is the socket of a {kind}");
        }

        if (File.Exists(UsualConfiguration))
            return (DaemonRole.Server, $"there is {UsualConfiguration}");
        if (facts.Addresses.Any(address => address.Address == InterfaceNeeds.ServerAddress))
            return (DaemonRole.Server, $"it has the address {InterfaceNeeds.ServerAddress}");
        if (facts.Server is not null)
            return (DaemonRole.Client, $"a peer of it has {InterfaceNeeds.ServerPrefix} in its AllowedIPs");
        if (FindAuto().File is { } file)
            return (DaemonRole.Client, $"{file} has \"auto\" in it");
        return facts.Device is { Peers.Count: 1 } ? (DaemonRole.Client, "it has one peer") : null;
    }

    private bool IsLocked(DaemonRole role) =>
        Try(() => SharedFile.IsLocked(InstanceLock.PathOf(runtimeDirectory, name, role == DaemonRole.Server ? "server" : "client")));

    private async Task<CheckFacts> AskDaemonAsync(CheckFacts facts, CancellationToken cancellationToken)
    {
        string path = ControlSocket.PathOf(runtimeDirectory, name, facts.Role);
        List<LeaseAnswer> leases = [];
        List<PoolAnswer> pools = [];
        using CancellationTokenSource tired = new(_patience, clock), either = CancellationTokenSource.CreateLinkedTokenSource(tired.Token, cancellationToken);
        try
        {
            await AskAsync(path, new StatusRequest(), answer => facts = facts with { Status = answer }, either.Token);
            if (facts.Role == DaemonRole.Server)
            {
                await AskAsync(path, new PoolsRequest(), answer => pools.Add((PoolAnswer)answer), either.Token);
                await AskAsync(path, new LeasesRequest { States = [LeaseState.Active] }, answer => leases.Add((LeaseAnswer)answer), either.Token);
            }
        }
        catch (ControlException error)
        {
            // One that does not know all that is asked still is one.
            return facts with { StatusProblem = error };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return facts with { Status = null, StatusProblem = new ControlException(ControlFailure.Disconnected, $"{path} does not answer within {_patience.TotalSeconds:0} s") };
        }

        return facts with { Leases = leases, Pools = pools };
    }

    private static async Task AskAsync(string path, ControlRequest request, Action<ControlAnswer> take, CancellationToken cancellationToken)
    {
        await using ControlConnection connection = await ControlConnection.ConnectAsync(path, cancellationToken);
        await foreach (ControlAnswer answer in connection.AskAsync(request, cancellationToken))
            take(answer);
    }

    private CheckFacts LookAtClient(CheckFacts facts)
    {
        (string? file, bool isSecret) = FindAuto();
        return facts with { AutoFile = file, AutoFileIsSecret = isSecret, Quick = file is null ? null : QuickStatus.Look("/", Environment.GetEnvironmentVariable("PATH")) };
    }

    private async Task<CheckFacts> LookAtServerAsync(CheckFacts facts, CancellationToken cancellationToken) => facts with
    {
        Configuration = await CheckConfigurationAsync((facts.Status as ServerStatusAnswer)?.ConfigurationPath ?? UsualConfiguration, cancellationToken),
        PortIsTaken = Try(() => (bool?)_connections.Where(File.Exists).SelectMany(File.ReadLines).Any(IsListening)),
        Forwards4 = ReadSwitch("/proc/sys/net/ipv4/ip_forward"),
        Forwards6 = ReadSwitch("/proc/sys/net/ipv6/conf/all/forwarding"),
    };

    private (string? File, bool IsSecret) FindAuto()
    {
        string file = $"/etc/wireguard/{name}.conf";
        try
        {
            return File.Exists(file) ? (TunnelConfiguration.Read(File.ReadAllBytes(file)).HasAuto ? file : null, false)
                // Whoever may not look into the directory does not know what is there.
                : (null, !Environment.IsPrivilegedProcess && Directory.Exists("/etc/wireguard") && !CanList("/etc/wireguard"));
        }
        catch (UnauthorizedAccessException)
        {
            return (null, true);
        }
        catch (IOException)
        {
            return (null, false);
        }
    }

    private static bool CanList(string directory) => Try(() => Directory.EnumerateFileSystemEntries(directory).Any() || true);

    private async Task<ConfigurationReport> CheckConfigurationAsync(string path, CancellationToken cancellationToken)
    {
        if (FindServer() is not { } program)
            return new ConfigurationReport(path, $"{path} cannot be checked: there is no {ServerProgram} beside wg-dynamic or in PATH", []);
        try
        {
            // A file that is named has to be there; the usual one need not.
            string[] arguments = ["--check-config", "--json", .. path == UsualConfiguration ? Array.Empty<string>() : ["--config", path], name.ToString()];
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            using CancellationTokenSource tired = new(_patience, clock), either = CancellationTokenSource.CreateLinkedTokenSource(tired.Token, cancellationToken);
            Task<string> error = process.StandardError.ReadToEndAsync(either.Token);
            string said = await process.StandardOutput.ReadToEndAsync(either.Token), complaint = await error;
            await process.WaitForExitAsync(either.Token);
            return said.Length == 0 ? new ConfigurationReport(path, $"{path} cannot be checked: {complaint.Trim()}", []) : new ConfigurationReport(path, null, ReadProblems(path, said));
        }
        catch (Exception error) when (error is Win32Exception or IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new ConfigurationReport(path, $"{path} cannot be checked: {program}: {error.Message}", []);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ConfigurationReport(path, $"{path} cannot be checked: {program} does not end", []);
        }
    }

    // ProblemReport of the server writes it. That there is no file is none of its problems.
    private static List<ProblemAnswer> ReadProblems(string path, string json)
    {
        using JsonDocument report = JsonDocument.Parse(json);
        List<ProblemAnswer> problems = [];
        foreach (JsonElement problem in report.RootElement.GetProperty("problems").EnumerateArray())
        {
            problems.Add(new ProblemAnswer
            {
                File = path,
                Line = problem.GetProperty("line").GetInt32(),
                Severity = problem.GetProperty("severity").GetString() == "error" ? ProblemSeverity.Error : ProblemSeverity.Warning,
                Message = problem.GetProperty("message").GetString() ?? "",
                Remedy = problem.GetProperty("remedy").GetString(),
            });
        }

        return problems;
    }

    private static string? FindServer() =>
        new[] { AppContext.BaseDirectory }.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')).Concat(["/usr/local/sbin", "/usr/sbin", "/sbin"])
            .Where(Path.IsPathRooted).Select(directory => Path.Combine(directory, ServerProgram)).FirstOrDefault(File.Exists);

    // "  0: 00000000…0000:03CA 0000…:0000 0A …", proc_pid_net(5): 0A is TCP_LISTEN.
    private static bool IsListening(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var local, _, "0A", ..] && local.EndsWith($":{Port:X4}", StringComparison.Ordinal);

    private static bool? ReadSwitch(string file) => Try(() => (bool?)(int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) != 0));

    private static T? Try<T>(Func<T?> look)
    {
        try
        {
            return look();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
