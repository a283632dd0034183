using WgDynamic.Control;
using WgDynamic.Netlink;

namespace WgDynamic.Client;

/// <summary>Answers at the client's control socket, from what the loop has last said of itself. Only who renews waits for the loop, and the loop for nobody.</summary>
/// <param name="options">What the client was started with.</param>
/// <param name="server">The server's key.</param>
/// <param name="own">The client's own address.</param>
/// <param name="inbox">The loop's.</param>
/// <param name="events">What happens.</param>
/// <param name="clock">Counts leases.</param>
internal sealed class ClientControl(ClientOptions options, PublicKey server, IpAddress own, ClientInbox inbox, EventHub events, TimeProvider clock) : IControlHandler
{
    private static readonly TimeSpan _usualPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _longestPatience = TimeSpan.FromHours(1);

    private readonly DateTimeOffset _started = clock.GetUtcNow();

    /// <summary>Where handshakes are looked up; null for nowhere.</summary>
    public IWireGuard? WireGuard { get; init; }

    private TimeSpan Now => clock.GetElapsedTime(0, clock.GetTimestamp());

    /// <inheritdoc/>
    public async ValueTask HandleAsync(ControlCall call, CancellationToken cancellationToken)
    {
        switch (call.Request)
        {
            case StatusRequest:
                await call.WriteAsync(Status(inbox.Snapshot), cancellationToken);
                break;
            case LeasesRequest filter:
                await WriteAsync(call, filter, cancellationToken);
                break;
            case EventsRequest or WatchRequest:
                await events.AnswerAsync(call, token => LeasesAsync(new LeasesRequest(), token), cancellationToken);
                break;
            case RenewRequest renew:
                await RenewAsync(renew.Timeout ?? _usualPatience, cancellationToken);
                await WriteAsync(call, new LeasesRequest(), cancellationToken);
                break;
            case StopRequest stop:
                inbox.Stop(stop.Release);
                break;
            default:
                throw new ControlException(
                    ControlError.NotSupported,
                    $"a client has no answer to this: it is for the server of {options.Interface}",
                    $"ask wg-dynamic-server, on the machine where it runs");
        }
    }

    private async ValueTask RenewAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (patience < TimeSpan.Zero || patience > _longestPatience)
            throw new ControlException(ControlError.InvalidRequest, $"timeout is no time from 0 to {_longestPatience.TotalSeconds:0} seconds");
        using CancellationTokenSource tired = new(patience, clock), either = CancellationTokenSource.CreateLinkedTokenSource(tired.Token, cancellationToken);
        string? problem;
        try
        {
            if (patience == TimeSpan.Zero)
            {
                await inbox.WriteAsync(new ClientEvent.Renew(), cancellationToken);
                return;
            }

            problem = await inbox.RenewAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            string why = inbox.Snapshot.Problem is { Length: > 0 } inTheWay ? $": {inTheWay}" : "";
            throw new ControlException(ControlError.TimedOut, $"no renewal within {patience.TotalSeconds:0.###} seconds{why}", $"the client keeps asking; see what is wrong with: wg-dynamic check {options.Interface}");
        }

        if (problem is null)
            return;
        throw inbox.Snapshot.State == ClientPhase.Waiting
            ? new ControlException(ControlError.NotSupported, problem, $"bring it up: ip link set {options.Interface} up")
            : new ControlException(ControlError.Failed, problem, "the client keeps asking; the server's log says more");
    }

    private ClientStatusAnswer Status(ClientSnapshot snapshot) => new()
    {
        Interface = options.Interface,
        Release = ClientArguments.Release,
        ProcessId = Environment.ProcessId,
        Started = _started,
        State = snapshot.State,
        ServerPublicKey = server,
        LinkLocalAddress = own,
        Addresses = [.. snapshot.Held.Select(held => held.Address)],
        LeaseEnd = snapshot.Held.Count > 0 ? TimeOfDay(snapshot.Expiry) : null,
        NextRequest = snapshot.NextRequest is { } next ? TimeOfDay(next) : null,
        Routes = [.. snapshot.Effects.SelectMany(RoutesOf).Distinct().Order()],
        DnsServers = [.. snapshot.Effects.OfType<Effect.Names>().SelectMany(names => names.Servers)],
        SearchDomains = [.. snapshot.Effects.OfType<Effect.Names>().SelectMany(names => names.Search)],
        Mtu = snapshot.Effects.OfType<Effect.Mtu>().FirstOrDefault()?.Value,
        NotAccepted = [.. snapshot.NotAccepted],
        Restorations = snapshot.Restorations,
        Problem = snapshot.Problem.Length > 0 ? snapshot.Problem : null,
    };

    private async ValueTask WriteAsync(ControlCall call, LeasesRequest filter, CancellationToken cancellationToken)
    {
        await foreach (LeaseAnswer lease in LeasesAsync(filter, cancellationToken))
            await call.WriteAsync(lease, cancellationToken);
    }

    private async IAsyncEnumerable<LeaseAnswer> LeasesAsync(LeasesRequest filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ClientSnapshot snapshot = inbox.Snapshot;
        // All of them are active, the server's and in no pool that a client knows of.
        if (!Fits(filter.PublicKeys, server) || !Fits(filter.States, LeaseState.Active) || filter.Pools.Count > 0)
            yield break;
        HeldAddress[] found = [.. snapshot.Held.Where(held => FitsAddress(filter, held.Address)).OrderBy(held => held.Address)];
        if (found.Length == 0)
            yield break;
        WireGuardPeer? peer = await FindServerAsync(cancellationToken);
        foreach (HeldAddress held in found)
            yield return Lease(snapshot, held, peer);
    }

    private LeaseAnswer Lease(ClientSnapshot snapshot, HeldAddress held, WireGuardPeer? peer)
    {
        TimeSpan left = snapshot.Expiry - Now;
        DateTimeOffset start = held.Since is { } since ? TimeOfDay(since) : _started, end = TimeOfDay(snapshot.Expiry);
        return new LeaseAnswer
        {
            Interface = options.Interface,
            Role = DaemonRole.Client,
            PublicKey = server,
            Address = held.Address,
            State = LeaseState.Active,
            Start = start,
            End = end,
            LeaseTime = snapshot.LeaseTime ?? end - start,
            Remaining = left > TimeSpan.Zero ? left : TimeSpan.Zero,
            HostName = options.Hostname,
            LastHandshake = peer?.LastHandshake,
            Endpoint = peer?.Endpoint?.ToString(),
        };
    }

    private async ValueTask<WireGuardPeer?> FindServerAsync(CancellationToken cancellationToken)
    {
        try
        {
            return WireGuard is null ? null : (await WireGuard.GetDeviceAsync(options.Interface, cancellationToken)).Peers.FirstOrDefault(peer => peer.PublicKey == server);
        }
        catch (NetlinkException)
        {
            // The interface is about to go.
            return null;
        }
    }

    private DateTimeOffset TimeOfDay(TimeSpan uptime)
    {
        DateTimeOffset now = clock.GetUtcNow();
        TimeSpan left = uptime - Now;
        // A lease may last longer than there are dates.
        return left < DateTimeOffset.MaxValue - now ? now + left : DateTimeOffset.MaxValue;
    }

    private static IEnumerable<IpPrefix> RoutesOf(Effect effect) => effect switch
    {
        Effect.AllowedIPs allowed => allowed.Prefixes,
        Effect.TunnelRoute route => [route.Destination],
        _ => [],
    };

    private static bool FitsAddress(LeasesRequest filter, IpAddress address) =>
        (filter.Addresses.Count == 0 || filter.Addresses.Any(range => range.Contains(address)))
        && (filter.Family is not { } family || family == (address.IsIPv6 ? AddressFamilyName.IPv6 : AddressFamilyName.IPv4));

    private static bool Fits<T>(IReadOnlyList<T> wanted, T value) => wanted.Count == 0 || wanted.Contains(value);
}
