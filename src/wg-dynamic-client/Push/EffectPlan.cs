using WgDynamic.Netlink;

namespace WgDynamic.Client;

/// <summary>
/// What must be in force for a pushed state. Pure. What the operator has already is no effect of ours, so that it is
/// neither added nor ever removed.
/// </summary>
internal sealed class EffectPlan
{
    // RT_TABLE_DEFAULT, RT_TABLE_MAIN and RT_TABLE_LOCAL, linux/rtnetlink.h: nobody's to fill.
    private const uint FirstReservedTable = 253;
    private const uint LastReservedTable = 255;

    private readonly Surroundings _surroundings;
    private readonly IReadOnlyList<Effect> _current;
    private readonly RouteTable _table;
    private readonly List<Effect> _wanted = [];
    private readonly List<string> _refused = [];

    private EffectPlan(Surroundings surroundings, IReadOnlyList<Effect> current, RouteTable table)
    {
        _surroundings = surroundings;
        _current = current;
        _table = table;
    }

    /// <summary>Plans.</summary>
    /// <param name="state">What is accepted.</param>
    /// <param name="surroundings">What the machine is like.</param>
    /// <param name="current">What of that is ours.</param>
    /// <param name="table">Where routes go.</param>
    /// <param name="refused">What cannot be in force here, and why.</param>
    public static IReadOnlyList<Effect> Make(PushedState state, Surroundings surroundings, IReadOnlyList<Effect> current, RouteTable table, out IReadOnlyList<string> refused)
    {
        EffectPlan plan = new(surroundings, current, table);
        plan.AddRoutes(state);
        plan.AddMtu(state.Mtu);
        plan.AddNames(state);
        refused = plan._refused;
        return plan._wanted;
    }

    /// <summary>Whether the tunnel's own packets would take a route into the tunnel.</summary>
    public static bool Loops(IpPrefix route, IEnumerable<IpAddress> endpoints) =>
        Acceptance.IsDefaultRoute(route) || endpoints.Any(route.Contains);

    /// <summary>
    /// What is ours and has vanished, as it happens to routes when the link goes down: the steps that bring it back.
    /// What has another value by now has it by somebody's wish, and stays.
    /// </summary>
    public static List<Step> Missing(Surroundings surroundings, IReadOnlyList<Effect> current)
    {
        List<Step> steps = [];
        foreach (Effect effect in current)
        {
            if (effect is Effect.AllowedIPs moved && moved.Peer != surroundings.Server)
            {
                steps.Add(new Step(moved, Follow(moved, surroundings)));
                continue;
            }

            Effect? missing = effect switch
            {
                // What another peer has by now, somebody has given it.
                Effect.AllowedIPs allowed when allowed.Prefixes.Where(prefix => !surroundings.AllowedIPs.ContainsKey(prefix)).ToArray() is { Length: > 0 } lost =>
                    allowed with { Prefixes = [.. lost] },
                Effect.PacketMark when surroundings.Mark == 0 => effect,
                Effect.TunnelRoute route when !surroundings.Routes.Any(other => Is(other, route)) => effect,
                Effect.Rule(var rule) when !surroundings.Rules.Contains(rule) => effect,
                _ => null,
            };
            if (missing is not null)
                steps.Add(new Step(null, missing));
        }

        return steps;
    }

    // The server has another key. What a third peer has by now, or the new one by hand, is not ours.
    private static Effect.AllowedIPs Follow(Effect.AllowedIPs allowed, Surroundings surroundings) => new(
        surroundings.Server,
        [.. allowed.Prefixes.Where(prefix => !surroundings.AllowedIPs.TryGetValue(prefix, out PublicKey owner) || owner == allowed.Peer)]);

    private void AddRoutes(PushedState state)
    {
        List<IpPrefix> routes = [], allowed = [];
        foreach (IpPrefix route in state.Routes)
        {
            PublicKey? owner = _surroundings.AllowedIPs.TryGetValue(route, out PublicKey peer) ? peer : null;
            if (owner is { } other && other != _surroundings.Server)
            {
                _refused.Add($"route {route}: it is in the AllowedIPs of another peer, {other}; remove it there to accept it");
                continue;
            }

            routes.Add(route);
            if (owner is null || Current<Effect.AllowedIPs>()?.Prefixes.Contains(route) == true)
                allowed.Add(route);
        }

        if (allowed.Count > 0)
            _wanted.Add(new Effect.AllowedIPs(_surroundings.Server, [.. allowed]));
        if (_table.Number is { } table)
        {
            if (!_table.IsOff)
                AddToTable(routes, table);
            return;
        }

        ILookup<bool, IpPrefix> loops = routes.ToLookup(route => Loops(route, _surroundings.Endpoints));
        AddToTable(loops[false], Route.MainTable);
        if (loops[true].Any())
            AddPolicy([.. loops[true]], state.Addresses);
    }

    // As wg-quick does: what is not marked as the tunnel's own looks in a table of its own, once the main table has
    // nothing better than a default route.
    private void AddPolicy(IReadOnlyList<IpPrefix> routes, ValueList<IpAddress> addresses)
    {
        Effect.PacketMark? ours = Current<Effect.PacketMark>();
        bool isOurs = _surroundings.Mark == 0 || _surroundings.Mark == ours?.Value;
        uint mark = !isOurs ? _surroundings.Mark : ours?.Value ?? _surroundings.FreeTable;
        if (mark is >= FirstReservedTable and <= LastReservedTable)
        {
            _refused.Add($"routes {string.Join(", ", routes)}: they need the table of the fwmark's number, and the fwmark {mark} that was set is the number of one of the kernel's own; set another, or --table");
            return;
        }

        if (isOurs)
            _wanted.Add(new Effect.PacketMark(mark));
        AddToTable(routes, mark);
        bool[] families = [.. routes.Select(route => route.Address.IsIPv6).Distinct().Where(isIPv6 => !HasOperatorPolicy(isIPv6, mark))];
        foreach (bool isIPv6 in families)
        {
            if (!isIPv6 && (!_surroundings.ValidMark || Current<Effect.ValidMark>() is not null))
                _wanted.Add(new Effect.ValidMark());
            if (_surroundings.HasFirewall)
                _wanted.Add(new Effect.Firewall(isIPv6, mark, [.. addresses.Where(address => address.IsIPv6 == isIPv6)]));
            _wanted.AddRange(Rules(isIPv6, mark).Select(rule => new Effect.Rule(rule)));
        }

        if (families.Length > 0 && !_surroundings.HasFirewall)
            _refused.Add("the firewall rules that go with a default route: nft is not there, or cannot be used; install nftables, lest strict reverse path filtering drop what the tunnel receives");
    }

    private void AddToTable(IEnumerable<IpPrefix> routes, uint table)
    {
        foreach (IpPrefix route in routes)
        {
            Effect.TunnelRoute effect = new(route, table);
            if (_current.Contains(effect) || !_surroundings.Routes.Any(other => Is(other, effect)))
                _wanted.Add(effect);
        }
    }

    private bool HasOperatorPolicy(bool isIPv6, uint mark) => _surroundings.Rules.Any(rule =>
        rule is { Invert: true, HasMore: false, Mark: { } other } && other == mark && rule.Table == mark && rule.IsIPv6 == isIPv6
        && !_current.Contains(new Effect.Rule(rule)));

    // Before all others but the kernel's own for local addresses, and the main table before ours. Those that are there stay where they are.
    private RoutingRule[] Rules(bool isIPv6, uint mark)
    {
        RoutingRule[] ours = [.. _current.OfType<Effect.Rule>().Select(effect => effect.Value).Where(rule => rule.IsIPv6 == isIPv6)];
        if (ours.Length == 2 && ours.Any(rule => rule.Mark == mark))
            return ours;
        uint first = _surroundings.Rules.Where(rule => rule.IsIPv6 == isIPv6 && rule.Priority > 0 && !ours.Contains(rule)).Select(rule => rule.Priority).DefaultIfEmpty(Route.MainRulePriority).Min();
        // Where somebody has used up the numbers above 0, rules of the same number are asked in the order in which they were added.
        return
        [
            new RoutingRule { IsIPv6 = isIPv6, Priority = uint.Max(first, 3) - 2, Table = Route.MainTable, SuppressPrefixLength = 0 },
            new RoutingRule { IsIPv6 = isIPv6, Priority = uint.Max(first, 3) - 1, Table = mark, Mark = mark, Invert = true },
        ];
    }

    private void AddMtu(int? mtu)
    {
        Effect.Mtu? ours = Current<Effect.Mtu>();
        if (ours is not null && ours.Value == mtu)
        {
            _wanted.Add(ours);
            if (_surroundings.Mtu != mtu)
                _refused.Add($"MTU {mtu}: somebody has set it to {_surroundings.Mtu} since, which stays until the server pushes another");
            return;
        }

        // Another value than ours is somebody else's, and what is to come back.
        int before = ours is not null && ours.Value == _surroundings.Mtu ? ours.Before : _surroundings.Mtu;
        if (mtu is { } value && value != before)
            _wanted.Add(new Effect.Mtu(value, before));
    }

    private void AddNames(PushedState state)
    {
        if (state.Dns.Count == 0)
            return;
        if (_surroundings.NameService is not { } service)
            _refused.Add($"DNS {state.Dns}: {(_surroundings.IsRoot
                ? "there is neither resolvconf nor systemd-resolved to tell; install openresolv to accept it"
                : "systemd-resolved does not run, and resolvconf is for root only; install systemd-resolved, or run this client as root, to accept it")}");
        else if (_surroundings.HasNames && Current<Effect.Names>() is null)
            _refused.Add($"DNS {state.Dns}: the interface has DNS servers that were set by hand, such as DNS = in its configuration; remove those to accept it");
        else
            _wanted.Add(new Effect.Names(service, state.Dns, state.Search, state.Routes.Any(Acceptance.IsDefaultRoute)));
    }

    private T? Current<T>()
        where T : Effect => _current.OfType<T>().FirstOrDefault();

    private static bool Is(Route other, Effect.TunnelRoute route) => other.Destination == route.Destination && other.Table == route.Table;
}
