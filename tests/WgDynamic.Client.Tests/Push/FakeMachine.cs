using WgDynamic.Netlink;

namespace WgDynamic.Client.Tests;

/// <summary>A machine in memory, with what an operator has given it; it fails when a test wants it to.</summary>
internal sealed class FakeMachine : IMachine
{
    public static readonly PublicKey Server = Key(1);
    public static readonly PublicKey OtherPeer = Key(2);

    private readonly SortedDictionary<string, string> _facts = new(StringComparer.Ordinal);
    private readonly Dictionary<IpPrefix, PublicKey> _allowedIPs = new() { [IpPrefix.Parse("fe80::/128")] = Server };
    private readonly List<Route> _routes = [];
    private readonly List<RoutingRule> _rules = [Kernels(isIPv6: false), Kernels(isIPv6: true)];

    public int Mtu { get; set; } = 1420;

    public uint Mark { get; set; }

    public bool ValidMark { get; set; }

    public bool HasFirewall { get; set; } = true;

    public NameService? NameService { get; set; } = new(NameTool.Resolvconf, "tun.wg0");

    public Effect.Names? Names { get; private set; }

    public bool OperatorHasNames { get; set; }

    public List<IpAddress> Endpoints { get; } = [IpAddress.Parse("203.0.113.1")];

    /// <summary>Destinations that lead elsewhere by the operator's routes in the main table.</summary>
    public HashSet<IpPrefix> Elsewhere { get; } = [];

    /// <summary>Steps until one fails; null for never.</summary>
    public int? FailsAfter { get; set; }

    /// <summary>How many fail then, one after another.</summary>
    public int Failures { get; set; } = 1;

    public List<Step> Taken { get; } = [];

    public IReadOnlyList<Route> Routes => _routes;

    public IReadOnlyList<RoutingRule> Rules => _rules;

    public IReadOnlyDictionary<IpPrefix, PublicKey> AllowedIPs => _allowedIPs;

    /// <summary>Everything, to be compared.</summary>
    public string Everything => string.Join('\n',
        [
            $"mtu {Mtu}, mark {Mark}, valid mark {ValidMark}, names {Names}",
            .. _allowedIPs.Select(entry => $"allowed {entry.Key} {entry.Value}").Order(StringComparer.Ordinal),
            .. _routes.Select(route => $"route {route}").Order(StringComparer.Ordinal),
            .. _rules.Select(rule => $"rule {rule}").Order(StringComparer.Ordinal),
            .. _facts.Select(fact => $"{fact.Key} {fact.Value}"),
        ]);

    public void Give(string prefix, PublicKey peer) => _allowedIPs[IpPrefix.Parse(prefix)] = peer;

    public void AddRoute(string destination, uint table = Route.MainTable) =>
        _routes.Add(new Route { Destination = IpPrefix.Parse(destination), InterfaceIndex = 7, Table = table, Protocol = 4 });

    public void AddRule(RoutingRule rule) => _rules.Add(rule);

    /// <summary>What systemd-networkd does when it starts.</summary>
    public void LoseRules() => _rules.RemoveAll(rule => rule.Protocol != 2);

    /// <summary>What the kernel does when a link goes down.</summary>
    public void LoseRoutes() => _routes.Clear();

    /// <summary>What wg syncconf does.</summary>
    public void LoseAllowedIPs()
    {
        _allowedIPs.Clear();
        Give("fe80::/128", Server);
        Mark = 0;
    }

    /// <summary>How often it was looked at closely.</summary>
    public int Looks { get; private set; }

    /// <summary>The peer that <c>fe80::/128</c> leads to.</summary>
    private PublicKey CurrentServer => _allowedIPs[IpPrefix.Parse("fe80::/128")];

    public ValueTask<Surroundings> GlanceAsync() => ValueTask.FromResult(new Surroundings
    {
        Server = CurrentServer,
        AllowedIPs = new Dictionary<IpPrefix, PublicKey>(_allowedIPs),
        Endpoints = [.. Endpoints],
        Mark = Mark,
        Rules = [.. _rules],
    });

    public async ValueTask<Surroundings> LookAsync(PushedState state)
    {
        Looks++;
        return await GlanceAsync() with
        {
            Mtu = Mtu,
            Routes = [.. _routes],
            FreeTable = 51820,
            ValidMark = ValidMark,
            HasFirewall = HasFirewall,
            NameService = NameService,
            HasNames = OperatorHasNames || Names is not null,
        };
    }

    public ValueTask<string?> TakeAsync(Step step)
    {
        if (FailsAfter-- <= 0 && Failures-- > 0)
            throw new EffectException($"no {step}");
        Taken.Add(step);
        string? obstacle = null;
        switch (step.From ?? step.To)
        {
            case Effect.AllowedIPs:
                if (step.From is Effect.AllowedIPs before)
                {
                    foreach (IpPrefix prefix in before.Prefixes.Where(prefix => _allowedIPs.GetValueOrDefault(prefix) == before.Peer))
                        _ = _allowedIPs.Remove(prefix);
                }

                if (step.To is Effect.AllowedIPs after)
                {
                    foreach (IpPrefix prefix in after.Prefixes)
                        _allowedIPs[prefix] = after.Peer;
                }

                break;
            case Effect.Mtu:
                Mtu = step.To is Effect.Mtu to ? to.Value : step.From is Effect.Mtu from && from.Value == Mtu ? from.Before : Mtu;
                break;
            case Effect.PacketMark:
                Mark = step.To is Effect.PacketMark mark ? mark.Value : step.From is Effect.PacketMark old && old.Value == Mark ? 0 : Mark;
                break;
            case Effect.ValidMark:
                ValidMark = step.To is not null;
                break;
            case Effect.Firewall table:
                _ = _facts.Remove($"{table.Slot}");
                if (step.To is not null)
                    _facts[$"{table.Slot}"] = $"{step.To}{((Effect.Firewall)step.To).Addresses}";
                break;
            case Effect.TunnelRoute route when step.To is null:
                _ = _routes.RemoveAll(other => other.Protocol == RouteClient.RouteProtocol && other.Destination == route.Destination && other.Table == route.Table);
                break;
            case Effect.TunnelRoute route when Elsewhere.Contains(route.Destination) && route.Table == Route.MainTable:
                obstacle = $"{route}: there is one already, through another interface";
                break;
            case Effect.TunnelRoute route:
                _routes.Add(new Route { Destination = route.Destination, InterfaceIndex = 7, Table = route.Table });
                break;
            case Effect.Rule(var rule) when step.To is null:
                _ = _rules.Remove(rule);
                break;
            case Effect.Rule(var rule):
                Assert.DoesNotContain(rule, _rules);
                _rules.Add(rule);
                break;
            case Effect.Names:
                Names = (Effect.Names?)step.To;
                break;
        }

        return ValueTask.FromResult(obstacle);
    }

    private static RoutingRule Kernels(bool isIPv6) => new() { IsIPv6 = isIPv6, Priority = Route.MainRulePriority, Table = Route.MainTable, Protocol = 2 };

    private static PublicKey Key(byte number)
    {
        byte[] bytes = new byte[PublicKey.ByteLength];
        bytes[0] = number;
        return new PublicKey(bytes);
    }
}
