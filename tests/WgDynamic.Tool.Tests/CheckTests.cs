using System.Net;
using WgDynamic.Control;
using WgDynamic.Netlink;

namespace WgDynamic.Tool.Tests;

/// <summary>Each line of <c>wg-dynamic check</c>, with an interface in which nothing but its matter is wrong. CheckScenarios breaks real ones.</summary>
public sealed class CheckTests
{
    private const string SameClock = "set the clock, for instance with: timedatectl set-ntp true";

    private static readonly IpAddress _leased = IpAddress.Parse("10.66.0.7");
    private static readonly IpAddress _own = IpAddress.Parse("fe80::7");
    private static readonly IpPrefix _pushed = IpPrefix.Parse("10.1.0.0/16");
    private static readonly Link _link = new(3, Samples.Wg0, IsUp: true, Mtu: 1420, "wireguard");
    private static readonly Route _routeToServer = new() { Destination = InterfaceNeeds.ServerPrefix, InterfaceIndex = 3 };

    private static readonly ClientStatusAnswer _bound = new()
    {
        Interface = Samples.Wg0,
        Release = "0.2.0",
        ProcessId = 4712,
        Started = ToolRun.Now.AddHours(-1),
        State = ClientPhase.Bound,
        LinkLocalAddress = _own,
        Addresses = [_leased],
        LeaseEnd = ToolRun.Now.AddHours(1),
        Routes = [_pushed],
        DnsServers = [IpAddress.Parse("10.1.0.53")],
        Mtu = 1420,
    };

    private static readonly CheckFacts _client = new()
    {
        Interface = Samples.Wg0,
        Role = DaemonRole.Client,
        Now = ToolRun.Now,
        IsRoot = true,
        Link = _link,
        Addresses = [At(_own), At(_leased)],
        Routes = [new Route { Destination = _pushed, InterfaceIndex = 3 }],
        RouteToServer = _routeToServer,
        Device = Device(Peer(Samples.Bob, ToolRun.Now.AddSeconds(-20), "fe80::/128", "10.1.0.0/16")),
        SourceOfTunnel = IpAddress.Parse("198.51.100.7"),
        RuntimeDirectory = "/run/wg-dynamic",
        Status = _bound,
        IsRunning = true,
        AutoFile = "/etc/wireguard/wg0.conf",
        Quick = new QuickStatus(Wrapper: true, DropIn: true, Diverted: false, "/usr/local/bin/wg-quick", "/usr/bin/wg-quick", IsOurs: true, []),
    };

    private static readonly CheckFacts _server = new()
    {
        Interface = Samples.Wg0,
        Role = DaemonRole.Server,
        Now = ToolRun.Now,
        IsRoot = true,
        Link = _link,
        Addresses = [At(InterfaceNeeds.ServerAddress)],
        Device = Device(Peer(Samples.Alice, ToolRun.Now.AddSeconds(-20), "fe80::7/128", "10.66.0.7/32"), Peer(Samples.Bob, null, "fe80::8/128")),
        RuntimeDirectory = "/run/wg-dynamic",
        RuntimeOwner = new FileOwner(0, 990, (UnixFileMode)0b10_111_101_101),
        Group = 990,
        Status = Samples.Server,
        IsRunning = true,
        Leases = [Samples.Lease],
        Pools = [Samples.Pool, Samples.Pool6],
        Configuration = new ConfigurationReport("/etc/wg-dynamic/wg0.conf", null, []),
        Forwards4 = true,
        Forwards6 = true,
    };

    [Fact]
    public void Where_nothing_is_wrong_every_line_says_so()
    {
        Assert.Equal(
            ["interface", "wireguard", "link", "address", "server-peer", "route", "endpoint", "handshake", "keepalive", "daemon", "lease", "leased-addresses", "pushed", "dns", "hook", "clock"],
            Passed(_client).Select(finding => finding.Check));
        Assert.Equal(
            ["interface", "wireguard", "link", "address", "peers", "configuration", "daemon", "runtime-directory", "store", "pools", "pool-usage", "allowed-ips", "addresses", "forwarding", "forwarding", "clock"],
            Passed(_server).Select(finding => finding.Check));
    }

    [Fact]
    public void A_leased_address_that_is_not_on_the_interface_is_a_failure() =>
        Finds(_client with { Addresses = [At(_own)] }, "leased-addresses", CheckStatus.Fail, "10.66.0.7 is leased, and not on wg0", "have it put back: wg-dynamic renew wg0");

    [Fact]
    public void A_lease_that_is_in_danger_is_a_warning_and_none_is_a_failure_with_what_is_in_the_way()
    {
        Finds(_client with { Status = _bound with { Problem = "no answer" } }, "lease", CheckStatus.Warn, "but: no answer", "look after the server before the lease is over");
        Finds(_client with { Status = _bound with { Addresses = [], Problem = "no answer" } }, "lease", CheckStatus.Fail, "wg0 has no lease: no answer", "have fe80::7/128 in the AllowedIPs of this machine's peer");
    }

    [Fact]
    public void A_pushed_route_that_the_servers_peer_or_the_machine_does_not_have_is_said()
    {
        Finds(_client with { Device = Device(Peer(Samples.Bob, ToolRun.Now, "fe80::/128")) }, "pushed", CheckStatus.Fail, "10.1.0.0/16 is pushed, and not in the AllowedIPs of the server's peer", "somebody else manages wg0");
        Finds(_client with { Routes = [] }, "pushed", CheckStatus.Warn, "10.1.0.0/16 is pushed, and no route leads there by wg0", "--table off");
    }

    [Fact]
    public void A_pushed_MTU_that_the_interface_does_not_have_is_a_failure() =>
        Finds(_client with { Link = _link with { Mtu = 1280 } }, "pushed", CheckStatus.Fail, "MTU 1420 is pushed, and wg0 has 1280", "find out who");

    [Theory]
    [InlineData("DNS 10.1.0.53; install resolvconf", "dns", "DNS 10.1.0.53", "install resolvconf")]
    [InlineData("search corp.example; install resolvconf", "dns", "search corp.example", "install resolvconf")]
    [InlineData("route 0.0.0.0/0; start it with --accept default-route", "pushed", "route 0.0.0.0/0", "start it with --accept default-route")]
    [InlineData("route 0.0.0.0/0", "pushed", "route 0.0.0.0/0", "see --accept in wg-dynamic-client(8)")]
    public void What_is_pushed_and_not_accepted_is_a_warning_with_the_way_to_accept_it(string refusal, string check, string what, string remedy) =>
        Finds(_client with { Status = _bound with { NotAccepted = [refusal] } }, check, CheckStatus.Warn, $"not accepted from the server: {what}", remedy);

    [Fact]
    public void A_handshake_of_long_ago_and_none_at_all_are_warnings()
    {
        Finds(_client with { Device = Device(Peer(Samples.Bob, ToolRun.Now.AddMinutes(-61), "fe80::/128", "10.1.0.0/16")) }, "handshake", CheckStatus.Warn, "the last handshake with the server was ", "wg-dynamic renew");
        Assert.Equal(CheckStatus.Pass, Only(_client with { Device = Device(Peer(Samples.Bob, ToolRun.Now.AddMinutes(-59), "fe80::/128", "10.1.0.0/16")) }, "handshake").Status);
        Finds(_client with { Device = Device(Peer(Samples.Bob, null, "fe80::/128", "10.1.0.0/16")) }, "handshake", CheckStatus.Warn, "there has been no handshake", "firewall");
    }

    [Theory]
    [InlineData("192.168.1.7", true)]
    [InlineData("100.64.3.2", true)]
    [InlineData("fd00::7", true)]
    [InlineData("198.51.100.7", false)]
    public void Who_sends_from_a_private_address_to_a_public_one_and_keeps_nothing_alive_is_warned(string source, bool isWarned) =>
        Assert.Equal(isWarned ? CheckStatus.Warn : CheckStatus.Pass, Only(_client with { SourceOfTunnel = IpAddress.Parse(source) }, "keepalive").Status);

    [Fact]
    public void A_file_with_auto_that_the_plain_wg_quick_does_not_understand_is_a_failure_and_one_that_cannot_be_read_a_warning()
    {
        Finds(_client with { Quick = _client.Quick! with { IsOurs = false, WgQuick = "/usr/bin/wg-quick" } }, "hook", CheckStatus.Fail, "/etc/wireguard/wg0.conf has \"auto\" in it, and the plain wg-quick, /usr/bin/wg-quick, does not", "wg-dynamic quick install");
        Finds(_client with { AutoFile = null, AutoFileIsSecret = true, IsRoot = false }, "hook", CheckStatus.Warn, "needs root: whether the file of wg0", "run this as root");
        Assert.DoesNotContain(Check(_client with { AutoFile = null }), finding => finding.Check == "hook");
    }

    [Fact]
    public void A_clock_that_cannot_be_right_is_a_failure_whoever_finds_it()
    {
        Finds(_client with { Now = DateTimeOffset.UnixEpoch, Device = Device(Peer(Samples.Bob, null, "fe80::/128", "10.1.0.0/16")) }, "clock", CheckStatus.Fail, "it is 1970-01-01 00:00 by this machine's clock", SameClock, othersToo: true);
        Finds(_client with { Device = Device(Peer(Samples.Bob, ToolRun.Now.AddMinutes(2), "fe80::/128", "10.1.0.0/16")) }, "clock", CheckStatus.Fail, "which is yet to come by this machine's clock", SameClock);
        Finds(_server with { Status = Samples.Server with { ClockIsSane = false } }, "clock", CheckStatus.Fail, "the server finds that the clock went back", SameClock);
    }

    [Fact]
    public void A_daemon_that_does_not_run_has_no_socket_does_not_let_one_ask_or_does_not_answer_is_told_apart()
    {
        CheckFacts Without(ControlException problem, bool isRunning) => _client with { Status = null, StatusProblem = problem, IsRunning = isRunning };
        ControlException missing = new(ControlFailure.NotFound, "nobody listens");
        Finds(Without(missing, isRunning: false), "daemon", CheckStatus.Fail, "no wg-dynamic-client runs for wg0", "systemctl enable --now wg-dynamic-client@wg0");
        Finds(Without(missing, isRunning: true), "daemon", CheckStatus.Fail, "wg-dynamic-client runs, and nobody listens on /run/wg-dynamic/wg0", "its log says why");
        Finds(Without(new ControlException(ControlFailure.AccessDenied, "no permission"), isRunning: true), "daemon", CheckStatus.Fail, "you may not ask the client: no permission", "usermod -aG wg-dynamic");
        Finds(Without(new ControlException(ControlFailure.Disconnected, "does not answer within 5 s"), isRunning: true), "daemon", CheckStatus.Fail, "does not answer within 5 s", "journalctl -u wg-dynamic-client@wg0");
    }

    [Fact]
    public void A_route_to_the_servers_address_that_ends_here_or_leads_elsewhere_is_a_failure()
    {
        Finds(_client with { RouteToServer = _routeToServer with { Type = RouteType.Local } }, "route", CheckStatus.Fail, InterfaceNeeds.ServerIsHere(Samples.Wg0).Message, InterfaceNeeds.ServerIsHere(Samples.Wg0).Remedy);
        Finds(_client with { RouteToServer = _routeToServer with { InterfaceIndex = 4 } }, "route", CheckStatus.Fail, "no route leads to fe80:: by wg0", "ip -6 route add fe80::/128 dev wg0");
        Finds(_client with { RouteToServer = _routeToServer with { Type = RouteType.Unreachable } }, "route", CheckStatus.Fail, "no route leads to fe80:: by wg0", "ip -6 route add fe80::/128 dev wg0");
    }

    [Fact]
    public void Who_may_not_see_the_peers_hears_that_it_needs_root_and_an_interface_of_another_kind_is_a_failure()
    {
        CheckFacts blind = _client with { IsRoot = false, Device = null };
        Finds(blind, "wireguard", CheckStatus.Warn, "needs root: whether wg0 is WireGuard's", "run this as root");
        Finds(blind with { Link = _link with { Kind = "tun" }, DeviceProblem = new NetlinkException("connect", 111) }, "wireguard", CheckStatus.Warn, "wg0 may be WireGuard's in userspace", "run this as root");
        Finds(_client with { Device = null, Link = _link with { Kind = "veth" }, DeviceProblem = new NetlinkException("WG_CMD_GET_DEVICE", 95) }, "wireguard", CheckStatus.Fail, "wg0 is no WireGuard interface", "wg show interfaces");
    }

    [Fact]
    public void What_keeps_the_server_from_storing_or_from_the_device_is_a_failure()
    {
        Finds(_server with { Status = Samples.Server with { StoreProblem = "no space left on device" } }, "store", CheckStatus.Fail, "leases cannot be stored: no space left on device", "docs/operations.md");
        Finds(_server with { Status = Samples.Server with { DeviceProblem = "operation not permitted" } }, "device", CheckStatus.Fail, "the server cannot change AllowedIPs: operation not permitted", "tries again");
        Assert.Contains("in memory only", Only(_server with { Status = Samples.Server with { DatabasePath = null } }, "store").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_does_not_know_all_that_is_asked_is_a_warning() =>
        Finds(_server with { StatusProblem = new ControlException(ControlFailure.Disconnected, "no such request") }, "leases", CheckStatus.Warn, "the server does not tell its pools and leases: no such request", "upgrade the older");

    [Fact]
    public void A_directory_in_which_anybody_could_pass_for_the_server_is_a_failure_and_one_that_shuts_the_group_out_a_warning()
    {
        FileOwner owner = _server.RuntimeOwner!.Value;
        Finds(_server with { RuntimeOwner = owner with { Mode = owner.Mode | UnixFileMode.OtherWrite } }, "runtime-directory", CheckStatus.Fail, "everybody may write to /run/wg-dynamic", "chmod 2755");
        Finds(_server with { RuntimeOwner = owner with { Group = 0 } }, "runtime-directory", CheckStatus.Warn, "does not give its sockets to the group wg-dynamic", "chown :wg-dynamic /run/wg-dynamic");
        Finds(_server with { RuntimeOwner = owner with { Mode = owner.Mode & ~UnixFileMode.SetGroup } }, "runtime-directory", CheckStatus.Warn, "does not give its sockets to the group wg-dynamic", "chmod 2755");
        // Where there is no such group there is nothing to give.
        Assert.Equal(CheckStatus.Pass, Only(_server with { Group = null, RuntimeOwner = owner with { Group = 0 } }, "runtime-directory").Status);
    }

    [Fact]
    public void Problems_of_the_configuration_keep_their_severity_their_place_and_their_remedy()
    {
        ProblemAnswer problem = new() { File = "wg0.conf", Line = 7, Severity = ProblemSeverity.Error, Message = "no such key", Remedy = "did you mean Pool?" };
        ConfigurationReport With(ProblemAnswer found) => _server.Configuration! with { Problems = [found] };
        Finds(_server with { Configuration = With(problem) }, "configuration", CheckStatus.Fail, "wg0.conf:7: no such key", "did you mean Pool?");
        Finds(_server with { Configuration = With(problem with { Line = 0, Remedy = null, Severity = ProblemSeverity.Warning }) }, "configuration", CheckStatus.Warn, "wg0.conf: no such key", "reload the server");
        Finds(_server with { Configuration = _server.Configuration! with { Failure = "cannot be checked" } }, "configuration", CheckStatus.Warn, "cannot be checked", "install wg-dynamic-server");
    }

    [Fact]
    public void An_address_with_two_peers_is_a_failure_however_it_came_to_that()
    {
        LeaseAnswer lease = Samples.Lease, again = lease with { PublicKey = Samples.Bob };
        Finds(_server with { Leases = [lease, again] }, "addresses", CheckStatus.Fail, $"10.66.0.7 is leased to {Samples.Bob} and to {Samples.Alice}", "wg-dynamic revoke wg0 ADDRESS", othersToo: true);
        Finds(_server with { Device = Device(Peer(Samples.Alice, null, "fe80::7/128"), Peer(Samples.Bob, null, "fe80::8/128", "10.66.0.7/32")) }, "addresses", CheckStatus.Fail, $"10.66.0.7 is leased to {Samples.Alice}, and in the AllowedIPs of {Samples.Bob}", "allowed-ips -ADDRESS");
        Finds(_server with { Device = Device(Peer(Samples.Alice, null, "fe80::7/128", "10.66.0.7/32"), Peer(Samples.Bob, null, "fe80::8/128", "10.66.0.0/28")) }, "addresses", CheckStatus.Fail, "and inside of 10.66.0.0/28", "allowed-ips -ADDRESS");
        Finds(_server with { Device = Device(Peer(Samples.Alice, null, "fe80::7/128")) }, "allowed-ips", CheckStatus.Fail, "not in its AllowedIPs", "wg syncconf");
    }

    [Fact]
    public void Of_many_that_are_wrong_alike_five_are_named_and_the_others_counted()
    {
        LeaseAnswer[] leases = [.. Enumerable.Range(1, 8).Select(i => Samples.Lease with { Address = IpAddress.Parse($"10.66.1.{i}") })];
        Finding[] missing = [.. Check(_server with { Leases = leases }).Where(finding => finding.Check == "allowed-ips")];
        Assert.Equal(6, missing.Length);
        Assert.Equal("and 3 more like these", missing[^1].Message);
    }

    [Fact]
    public void A_pool_is_warned_of_from_nine_tenths_on_unless_it_is_off()
    {
        PoolAnswer pool = Samples.Pool with { Size = 100, InUse = 85, Reserved = 5, Free = 10 };
        Finds(_server with { Pools = [pool] }, "pool-usage", CheckStatus.Warn, $"office ({pool.Range}): 90% of the addresses are leased or reserved", "wg-dynamic revoke");
        Finds(_server with { Pools = [pool with { Size = 0, InUse = 0, Reserved = 0, Free = 0 }] }, "pool-usage", CheckStatus.Warn, "has no address to give", "add a pool");
        Assert.Equal(CheckStatus.Pass, Only(_server with { Pools = [pool with { Free = 11 }] }, "pool-usage").Status);
        Assert.Equal(CheckStatus.Pass, Only(_server with { Pools = [pool with { Enabled = false }] }, "pool-usage").Status);
        Finds(_server with { Pools = [] }, "pools", CheckStatus.Fail, "there is no pool", "ip address add 10.66.0.1/24 dev wg0");
    }

    [Fact]
    public void Forwarding_is_asked_for_where_addresses_of_that_family_are_leased()
    {
        Finds(_server with { Pools = [Samples.Pool], Forwards4 = false, Forwards6 = false }, "forwarding", CheckStatus.Warn, "net.ipv4.ip_forward is off", "sysctl -w net.ipv4.ip_forward=1");
        Finds(_server with { Pools = [Samples.Pool6], Forwards4 = false, Forwards6 = false }, "forwarding", CheckStatus.Warn, "net.ipv6.conf.all.forwarding is off", "sysctl -w net.ipv6.conf.all.forwarding=1");
    }

    [Fact]
    public void The_port_is_looked_at_only_while_no_server_runs()
    {
        CheckFacts stopped = _server with { Status = null, StatusProblem = new ControlException(ControlFailure.NotFound, "nobody listens"), IsRunning = false };
        Finds(stopped with { PortIsTaken = true }, "port", CheckStatus.Fail, "somebody else listens on TCP port 970", "ss -ltnp", othersToo: true);
        Assert.Equal(CheckStatus.Pass, Only(stopped with { PortIsTaken = false }, "port").Status);
        Assert.DoesNotContain(Check(_server with { PortIsTaken = true }), finding => finding.Check == "port");
    }

    // All that is wrong is what is looked for.
    private static void Finds(CheckFacts facts, string check, CheckStatus status, string message, string remedy, bool othersToo = false)
    {
        IReadOnlyList<Finding> all = Check(facts);
        Finding found = Assert.Single(all, finding => finding.Check == check && finding.Message.Contains(message, StringComparison.Ordinal));
        Assert.Equal(status, found.Status);
        Assert.Contains(remedy, found.Remedy, StringComparison.Ordinal);
        if (!othersToo)
            Assert.All(all.Where(finding => finding != found), finding => Assert.True(finding.Status == CheckStatus.Pass, finding.ToString()));
    }

    private static IReadOnlyList<Finding> Passed(CheckFacts facts)
    {
        IReadOnlyList<Finding> all = Check(facts);
        Assert.All(all, finding => Assert.True(finding is { Status: CheckStatus.Pass, Remedy: null }, finding.ToString()));
        return all;
    }

    private static Finding Only(CheckFacts facts, string check) => Assert.Single(Check(facts), finding => finding.Check == check);

    private static IReadOnlyList<Finding> Check(CheckFacts facts)
    {
        Findings findings = new();
        if (facts.Role == DaemonRole.Server)
            ServerChecks.Run(facts, findings);
        else
            ClientChecks.Run(facts, findings);
        return findings.All;
    }

    private static InterfaceAddress At(IpAddress address) => new() { InterfaceIndex = 3, Address = address, PrefixLength = address.BitLength, Scope = address.IsLinkLocal ? RouteScope.Link : RouteScope.Universe };

    private static WireGuardDevice Device(params WireGuardPeer[] peers) => new() { Name = Samples.Wg0, Peers = peers };

    private static WireGuardPeer Peer(PublicKey key, DateTimeOffset? lastHandshake, params string[] allowedIPs) => new()
    {
        PublicKey = key,
        Endpoint = IPEndPoint.Parse("203.0.113.9:51820"),
        LastHandshake = lastHandshake,
        AllowedIPs = [.. allowedIPs.Select(prefix => IpPrefix.Parse(prefix))],
    };
}
