using WgDynamic.Control;
using WgDynamic.Netlink;

namespace WgDynamic.Tool;

/// <summary>What a client needs to have addresses.</summary>
internal static class ClientChecks
{
    // A peer that has something to say makes a new one after two minutes (WireGuard's paper, section 6.1); who says nothing makes none.
    private static readonly TimeSpan _quiet = TimeSpan.FromHours(1);

    /// <summary>Checks.</summary>
    public static void Run(CheckFacts facts, Findings findings)
    {
        if (CommonChecks.CheckInterface(facts, findings))
        {
            CheckAddress(facts, findings);
            CheckPeer(facts, findings);
            CheckRoute(facts, findings);
            if (facts.Server is { } server)
            {
                CheckEndpoint(server, facts, findings);
                CheckHandshake(server, facts, findings);
                CheckKeepalive(server, facts, findings);
            }
        }

        CommonChecks.CheckDaemon(facts, findings);
        if (facts.Status is ClientStatusAnswer status)
        {
            CheckLease(status, facts, findings);
            CheckPushed(status, facts, findings);
        }

        CheckHook(facts, findings);
        CommonChecks.CheckClock(facts, findings);
    }

    private static void CheckAddress(CheckFacts facts, Findings findings)
    {
        if (InterfaceNeeds.FindOwnAddress(facts.Interface, facts.Addresses, out IpAddress own) is { } problem)
            findings.Fail("address", problem.Message, problem.Remedy);
        else
            findings.Pass("address", $"the server knows {facts.Interface} by {own}");
    }

    private static void CheckPeer(CheckFacts facts, Findings findings)
    {
        if (facts.Device is null)
            return;
        if (InterfaceNeeds.FindServer(facts.Device, out WireGuardPeer? server) is { } problem)
        {
            findings.Fail("server-peer", problem.Message, problem.Remedy);
            return;
        }

        WireGuardPeer[] others = [.. facts.Device.Peers.Where(peer => peer != server && peer.AllowedIPs.Any(prefix => prefix.Contains(InterfaceNeeds.ServerPrefix)))];
        if (others.Length == 0)
            findings.Pass("server-peer", $"the server is {server!.PublicKey}");
        else
            findings.Warn(
                "server-peer",
                $"{others.Length + 1} peers have {InterfaceNeeds.ServerPrefix} in their AllowedIPs; the longest prefix wins, which makes {server!.PublicKey} the server",
                $"leave it to one of them; another one is {others[0].PublicKey}");
    }

    private static void CheckRoute(CheckFacts facts, Findings findings)
    {
        if (facts.Link is not { IsUp: true } link)
            return;
        if (facts.RouteToServer is { Type: RouteType.Local or RouteType.Anycast })
        {
            InterfaceProblem here = InterfaceNeeds.ServerIsHere(facts.Interface);
            findings.Fail("route", here.Message, here.Remedy);
        }
        else if (facts.RouteToServer is { Type: RouteType.Unicast } route && route.Uses(link.Index))
        {
            findings.Pass("route", $"{InterfaceNeeds.ServerAddress} is reached by {facts.Interface}");
        }
        else
        {
            findings.Fail("route", $"no route leads to {InterfaceNeeds.ServerAddress} by {facts.Interface}", $"start the client, which adds one, or: ip -6 route add {InterfaceNeeds.ServerPrefix} dev {facts.Interface}");
        }
    }

    private static void CheckEndpoint(WireGuardPeer server, CheckFacts facts, Findings findings)
    {
        if (server.Endpoint is not null)
            findings.Pass("endpoint", $"the server is at {server.Endpoint}");
        else
            findings.Fail("endpoint", $"the server's peer has no endpoint, so that nothing can be sent to it", $"wg set {facts.Interface} peer {server.PublicKey} endpoint HOST:PORT, and Endpoint = HOST:PORT in its file");
    }

    private static void CheckHandshake(WireGuardPeer server, CheckFacts facts, Findings findings)
    {
        if (server.LastHandshake is not { } last)
            findings.Warn(
                "handshake",
                "there has been no handshake with the server",
                "see to it that the two keys belong together, that the endpoint is right, and that a firewall lets UDP through, at the server's end too");
        else if (facts.Now - last > _quiet)
            findings.Warn(
                "handshake",
                $"the last handshake with the server was {last.ToLocalTime():yyyy-MM-dd HH:mm}",
                "have something sent, for instance with: wg-dynamic renew; if there is none then, look after the endpoint and firewalls");
        else
            findings.Pass("handshake", $"the last handshake was {Math.Max(0, (facts.Now - last).TotalSeconds):0} s ago");
    }

    private static void CheckKeepalive(WireGuardPeer server, CheckFacts facts, Findings findings)
    {
        if (server.Endpoint is null)
            return;
        if (server.PersistentKeepalive is not null || facts.SourceOfTunnel is not { } source || !IsPrivate(source) || IsPrivate(IpAddress.From(server.Endpoint.Address)))
            findings.Pass("keepalive", server.PersistentKeepalive is { } interval ? $"something is sent every {interval.TotalSeconds:0} s" : "no NAT is to be seen on the way to the server");
        else
            findings.Warn(
                "keepalive",
                $"{source} is a private address and the server's is not: behind NAT nobody reaches this machine after some seconds of silence",
                $"wg set {facts.Interface} peer {server.PublicKey} persistent-keepalive 25, and PersistentKeepalive = 25 in its file");
    }

    private static void CheckLease(ClientStatusAnswer status, CheckFacts facts, Findings findings)
    {
        if (status.Addresses.Count == 0)
        {
            findings.Fail(
                "lease",
                $"{facts.Interface} has no lease{(status.Problem is { } problem ? $": {problem}" : "")}",
                $"on the server: it must run, have a pool, let TCP port 970 in on its interface, and have {status.LinkLocalAddress}/128 in the AllowedIPs of this machine's peer");
            return;
        }

        string leased = string.Join(", ", status.Addresses);
        if (status.Problem is { } trouble)
            findings.Warn("lease", $"{leased} until {status.LeaseEnd?.ToLocalTime():yyyy-MM-dd HH:mm:ss}, but: {trouble}", "the client goes on trying; look after the server before the lease is over");
        else
            findings.Pass("lease", $"{leased} until {status.LeaseEnd?.ToLocalTime():yyyy-MM-dd HH:mm:ss}");
        findings.FailEach(
            "leased-addresses",
            [.. status.Addresses.Where(address => !facts.Addresses.Any(present => present.Address == address)).Select(address => $"{address} is leased, and not on {facts.Interface}")],
            $"have it put back: wg-dynamic renew {facts.Interface}; if it goes again, find out who takes it away: ip monitor address",
            $"what is leased is on {facts.Interface}");
    }

    private static void CheckPushed(ClientStatusAnswer status, CheckFacts facts, Findings findings)
    {
        List<string> wrong = [];
        if (facts.Server is { } server)
            wrong.AddRange(status.Routes.Where(route => !server.AllowedIPs.Contains(route)).Select(route => $"{route} is pushed, and not in the AllowedIPs of the server's peer"));
        if (status.Mtu is { } mtu && facts.Link is { } link && link.Mtu != mtu)
            wrong.Add($"MTU {mtu} is pushed, and {facts.Interface} has {link.Mtu}");
        findings.FailEach(
            "pushed",
            wrong,
            $"within seconds the client puts back what had vanished; if this stays, somebody else manages {facts.Interface}, too: find out who",
            status.Routes.Count > 0 || status.Mtu is not null || status.DnsServers.Count > 0 ? "what the server pushes is in force" : "the server pushes nothing");
        foreach (IpPrefix route in status.Routes.Where(route => facts.Link is not null && !facts.Routes.Any(present => present.Destination == route)))
            findings.Warn("pushed", $"{route} is pushed, and no route leads there by {facts.Interface}", "unless the client was started with --table off: ip route add, or restart the client");
        // The line says how to accept it, or which program is missing for it.
        foreach (string refusal in status.NotAccepted)
        {
            int end = refusal.LastIndexOf("; ", StringComparison.Ordinal);
            findings.Warn(
                refusal.StartsWith("DNS ", StringComparison.Ordinal) || refusal.StartsWith("search ", StringComparison.Ordinal) ? "dns" : "pushed",
                $"not accepted from the server: {(end > 0 ? refusal[..end] : refusal)}",
                end > 0 ? refusal[(end + 2)..] : "nothing, if that is as you want it; else see --accept in wg-dynamic-client(8)");
        }

        if (status.DnsServers.Count > 0)
            findings.Pass("dns", $"names are looked up at {string.Join(", ", status.DnsServers)}");
    }

    private static void CheckHook(CheckFacts facts, Findings findings)
    {
        if (facts.AutoFileIsSecret)
            findings.NeedsRoot("hook", $"whether the file of {facts.Interface} in /etc/wireguard has \"auto\" in it");
        else if (facts.AutoFile is { } file && facts.Quick is { IsOurs: false } stock)
            findings.Fail("hook", $"{file} has \"auto\" in it, and the plain wg-quick{(stock.WgQuick is { } path ? $", {path}," : "")} does not understand that", "wg-dynamic quick install, then hash -r in shells that are open");
        else if (facts.AutoFile is not null)
            findings.Pass("hook", $"the plain wg-quick understands \"auto\"");
    }

    // RFC 1918, RFC 6598, RFC 4193, and link-local addresses.
    private static bool IsPrivate(IpAddress address) => address.IsLinkLocal || address.IsLoopback || _private.Any(prefix => prefix.Contains(address));

    private static readonly IpPrefix[] _private =
        [IpPrefix.Parse("10.0.0.0/8"), IpPrefix.Parse("172.16.0.0/12"), IpPrefix.Parse("192.168.0.0/16"), IpPrefix.Parse("100.64.0.0/10"), IpPrefix.Parse("fc00::/7")];
}
