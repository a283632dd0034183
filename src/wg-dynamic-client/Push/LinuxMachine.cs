using Microsoft.Extensions.Logging;
using WgDynamic.Daemon;
using WgDynamic.Netlink;

namespace WgDynamic.Client;

/// <summary>This machine: what a pushed state meets, and the steps, by netlink and the host's own programs.</summary>
/// <param name="name">The interface.</param>
/// <param name="index">Its number.</param>
/// <param name="table">Where routes go.</param>
/// <param name="routes">The kernel's routing.</param>
/// <param name="wireGuard">The interface's WireGuard.</param>
/// <param name="clock">For time limits.</param>
/// <param name="log">Hears of every step.</param>
internal sealed class LinuxMachine(
    InterfaceName name, int index, RouteTable table, RouteClient routes, IWireGuard wireGuard, TimeProvider clock, ILogger log) : IMachine
{
    private const string ValidMarkFile = "/proc/sys/net/ipv4/conf/all/src_valid_mark";

    // As wg-quick does: the port that everybody knows WireGuard by.
    private const uint FirstTable = 51820;

    private readonly HostNames _names = new(name, clock);

    /// <inheritdoc/>
    public async ValueTask<Surroundings> LookAsync(PushedState state)
    {
        try
        {
            Surroundings glance = await GlanceAsync();
            Link? link = await routes.FindLinkAsync(name);
            bool needsPolicy = table.Number is null && state.Routes.Any(route => EffectPlan.Loops(route, glance.Endpoints));
            NameService? service = state.Dns.Count > 0 ? _names.Find() : null;
            return glance with
            {
                Mtu = link?.Mtu ?? 0,
                Routes = await routes.GetRoutesAsync(index),
                FreeTable = needsPolicy && glance.Mark == 0 ? await FindFreeTableAsync(glance.Rules) : 0,
                ValidMark = needsPolicy && ReadValidMark(),
                HasFirewall = needsPolicy && await HasFirewallAsync(),
                IsRoot = Environment.IsPrivilegedProcess,
                NameService = service,
                HasNames = service is { } found && await _names.ReadAsync(found) is { Count: > 0 },
            };
        }
        catch (Exception error) when (error is NetlinkException or IOException or UnauthorizedAccessException)
        {
            throw new EffectException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Surroundings> GlanceAsync()
    {
        try
        {
            WireGuardDevice device = await wireGuard.GetDeviceAsync(name);
            return new Surroundings
            {
                Server = Uplink.ServerOf(device),
                AllowedIPs = Owners(device),
                Endpoints = [.. device.Peers.Where(peer => peer.Endpoint is not null).Select(peer => IpAddress.From(peer.Endpoint!.Address))],
                Mark = device.FirewallMark,
                Rules = await routes.GetRulesAsync(),
            };
        }
        catch (Exception error) when (error is NetlinkException or StartupException)
        {
            throw new EffectException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string?> TakeAsync(Step step)
    {
        log.Taking(name, step);
        try
        {
            return await CarryOutAsync(step);
        }
        catch (NetlinkException error) when (step.To is null && error.IsNoSuchDevice)
        {
            // It went with the interface.
            return null;
        }
        catch (Exception error) when (error is NetlinkException or IOException or UnauthorizedAccessException)
        {
            throw new EffectException(error.Message, error);
        }
    }

    private async ValueTask<string?> CarryOutAsync(Step step)
    {
        switch (step.To ?? step.From)
        {
            case Effect.AllowedIPs:
                await ChangeAllowedIPsAsync((Effect.AllowedIPs?)step.From, (Effect.AllowedIPs?)step.To);
                break;
            case Effect.Mtu(var value, _) when step.To is not null:
                await routes.SetLinkMtuAsync(index, value);
                break;
            case Effect.Mtu(var value, var before):
                if (await routes.FindLinkAsync(name) is { } link && link.Index == index && link.Mtu == value)
                    await routes.SetLinkMtuAsync(index, before);
                break;
            case Effect.PacketMark(var mark) when step.To is not null:
                await wireGuard.SetFirewallMarkAsync(name, mark);
                break;
            case Effect.PacketMark(var mark):
                if ((await wireGuard.GetDeviceAsync(name)).FirewallMark == mark)
                    await wireGuard.SetFirewallMarkAsync(name, 0);
                break;
            case Effect.ValidMark when step.To is not null:
                return await TrySetValidMarkAsync();
            case Effect.ValidMark:
                await ClearValidMarkAsync();
                break;
            case Effect.Firewall firewall:
                await RunFirewallAsync(step.To is null ? FirewallScript.Remove(name, firewall.IsIPv6) : FirewallScript.Make(name, firewall));
                break;
            case Effect.TunnelRoute route when step.To is not null:
                return await TryAddRouteAsync(route);
            case Effect.TunnelRoute route:
                _ = await routes.DeleteRouteAsync(ToRoute(route));
                break;
            case Effect.Rule(var rule) when step.To is not null:
                await AddRuleAsync(rule);
                break;
            case Effect.Rule(var rule):
                _ = await routes.DeleteRuleAsync(rule);
                break;
            case Effect.Names names when step.To is not null:
                return await TrySetNamesAsync(names, step.IsChange);
            case Effect.Names names:
                await _names.RemoveAsync(names);
                break;
        }

        return null;
    }

    private static Dictionary<IpPrefix, PublicKey> Owners(WireGuardDevice device)
    {
        Dictionary<IpPrefix, PublicKey> owners = [];
        // One that moves to another peer while the device is read may be seen with both.
        foreach (WireGuardPeer peer in device.Peers)
        {
            foreach (IpPrefix prefix in peer.AllowedIPs)
                owners[prefix] = peer.PublicKey;
        }

        return owners;
    }

    private ValueTask ChangeAllowedIPsAsync(Effect.AllowedIPs? from, Effect.AllowedIPs? to)
    {
        List<PeerChange> changes = [];
        IEnumerable<IpPrefix> kept = from?.Peer == to?.Peer ? from!.Prefixes.Intersect(to!.Prefixes) : [];
        if (from is not null)
            changes.Add(new PeerChange { PublicKey = from.Peer, RemoveAllowedIPs = [.. from.Prefixes.Except(kept)] });
        if (to is not null)
            changes.Add(new PeerChange { PublicKey = to.Peer, AddAllowedIPs = [.. to.Prefixes.Except(kept)] });
        return wireGuard.ConfigureAsync(name, changes);
    }

    private async ValueTask<string?> TryAddRouteAsync(Effect.TunnelRoute route)
    {
        try
        {
            await routes.AddRouteAsync(ToRoute(route));
            return null;
        }
        catch (NetlinkException error) when (error.IsExists)
        {
            return $"route {route.Destination}: table {route.Table} has one there already, which stays; remove it to accept this one";
        }
    }

    private async ValueTask AddRuleAsync(RoutingRule rule)
    {
        try
        {
            await routes.AddRuleAsync(rule);
        }
        catch (NetlinkException error) when (error.IsExists)
        {
            // With our own protocol number, so it is ours.
        }
    }

    private Route ToRoute(Effect.TunnelRoute route) => new()
    {
        Destination = route.Destination,
        InterfaceIndex = index,
        Table = route.Table,
        Scope = RouteScope.Link,
    };

    // Everybody's routes: this may be many, and is looked at only where there is a default route to be and no mark yet.
    private async ValueTask<uint> FindFreeTableAsync(IReadOnlyList<RoutingRule> rules)
    {
        HashSet<uint> used = [.. rules.Select(rule => rule.Table), .. (await routes.GetRoutesAsync(0)).Select(route => route.Table)];
        uint free = FirstTable;
        while (used.Contains(free))
            free++;
        return free;
    }

    private static bool ReadValidMark() => File.ReadAllText(ValidMarkFile).Trim() == "1";

    // Where this is not root the host may keep its DNS to itself, which is no reason to do without the routes.
    private async ValueTask<string?> TrySetNamesAsync(Effect.Names names, bool isChange)
    {
        try
        {
            await _names.SetAsync(names, isChange);
            return null;
        }
        catch (EffectException error) when (!Environment.IsPrivilegedProcess)
        {
            return $"DNS {names.Servers}: {error.Message}; have polkit let the user {Environment.UserName} set it, as wg-dynamic.rules does, or run this client as root, to accept it";
        }
    }

    // In a container it may be for others to set.
    private static async ValueTask<string?> TrySetValidMarkAsync()
    {
        try
        {
            await File.WriteAllTextAsync(ValidMarkFile, "1");
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"net.ipv4.conf.all.src_valid_mark cannot be set ({error.Message}); set it to 1, lest strict reverse path filtering drop what the tunnel receives";
        }
    }

    // Another tunnel may have come to need it.
    private async ValueTask ClearValidMarkAsync()
    {
        if (!(await routes.GetRulesAsync()).Any(rule => rule is { IsIPv6: false, Invert: true, Mark: not null }))
            await File.WriteAllTextAsync(ValidMarkFile, "0");
    }

    // nft may be there without a kernel that knows its rules.
    private async ValueTask<bool> HasFirewallAsync()
    {
        if (!FirewallScript.CanName(name) || ExternalProgram.Find("nft", clock) is not { } nft)
            return false;
        try
        {
            _ = await nft.RunAsync(["list", "tables"]);
            return true;
        }
        catch (EffectException)
        {
            return false;
        }
    }

    private async ValueTask RunFirewallAsync(string script) =>
        _ = await (ExternalProgram.Find("nft", clock) ?? throw new EffectException("nft is not there any more")).RunAsync(["-f", "-"], script);
}
