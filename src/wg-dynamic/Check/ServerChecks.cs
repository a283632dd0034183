using System.Globalization;
using WgDynamic.Control;
using WgDynamic.Netlink;

namespace WgDynamic.Tool;

/// <summary>What a server needs to give addresses.</summary>
internal static class ServerChecks
{
    private const double NearlyFull = 0.9;

    private static readonly IpPrefix _linkLocal = IpPrefix.Parse("fe80::/10");

    /// <summary>Checks.</summary>
    public static void Run(CheckFacts facts, Findings findings)
    {
        if (CommonChecks.CheckInterface(facts, findings))
        {
            if (facts.Addresses.Any(address => address.Address == InterfaceNeeds.ServerAddress))
                findings.Pass("address", $"{facts.Interface} has {InterfaceNeeds.ServerAddress}, at which clients look for the server");
            else
                findings.Fail("address", InterfaceNeeds.NoServerAddress(facts.Interface).Message, InterfaceNeeds.NoServerAddress(facts.Interface).Remedy);
            CheckPeers(facts, findings);
        }

        CheckConfiguration(facts, findings);
        CommonChecks.CheckDaemon(facts, findings);
        CheckPort(facts, findings);
        CheckDirectory(facts, findings);
        if (facts.Status is ServerStatusAnswer status)
        {
            CheckStore(status, findings);
            if (facts.StatusProblem is { } problem)
            {
                findings.Warn("leases", $"the server does not tell its pools and leases: {problem.Message}", "upgrade the older of server and wg-dynamic, and restart the server");
            }
            else
            {
                CheckPools(facts, findings);
                CheckLeases(facts, findings);
            }
        }

        CheckForwarding(facts, findings);
        CommonChecks.CheckClock(facts, findings);
    }

    // Of which WireGuard has each prefix with one peer only.
    private static void CheckPeers(CheckFacts facts, Findings findings)
    {
        if (facts.Device is not { } device)
            return;
        List<string> wrong = [];
        int without = 0;
        foreach (WireGuardPeer peer in device.Peers)
        {
            IpPrefix[] local = [.. peer.AllowedIPs.Where(prefix => prefix.Address.IsIPv6 && prefix.Overlaps(_linkLocal))];
            foreach (IpPrefix prefix in local)
            {
                if (prefix.Length < 128)
                    wrong.Add($"{peer.PublicKey} has {prefix}, which takes in link-local addresses of other peers");
                else if (prefix == InterfaceNeeds.ServerPrefix)
                    wrong.Add($"{peer.PublicKey} has {prefix}, which is the server's own address");
            }

            if (!local.Any(prefix => prefix.Length == 128))
                without++;
        }

        findings.FailEach("peers", wrong, $"give each peer one link-local address of its own: wg set {facts.Interface} peer KEY allowed-ips fe80::ABCD/128,…", "each peer's link-local addresses are its own");
        if (without > 0)
            findings.Warn(
                "peers",
                without == 1 ? "1 peer has no link-local address, by which it could ask for others" : $"{without} peers have no link-local address, by which they could ask for others",
                $"if they are to get addresses: wg set {facts.Interface} peer KEY allowed-ips +fe80::ABCD/128, with another one for each");
    }

    private static void CheckConfiguration(CheckFacts facts, Findings findings)
    {
        if (facts.Configuration is not { } report)
            return;
        if (report.Failure is { } failure)
        {
            findings.Warn("configuration", failure, "install wg-dynamic-server beside wg-dynamic, or run this as root");
            return;
        }

        foreach (ProblemAnswer problem in report.Problems)
        {
            string message = $"{problem.File}{(problem.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $":{problem.Line}") : "")}: {problem.Message}";
            if (problem.Severity == ProblemSeverity.Error)
                findings.Fail("configuration", message, problem.Remedy ?? "mend it, and reload the server");
            else
                findings.Warn("configuration", message, problem.Remedy ?? "mend it, and reload the server");
        }

        if (report.Problems.Count == 0)
            findings.Pass("configuration", $"{report.Path} has no problems");
    }

    private static void CheckPort(CheckFacts facts, Findings findings)
    {
        // Whoever answers has it, or would have ended.
        if (facts.Status is not null || facts.IsRunning)
            return;
        if (facts.PortIsTaken == true)
            findings.Fail("port", "no server runs, and somebody else listens on TCP port 970", "find out who, and end him: ss -ltnp 'sport = 970'");
        else if (facts.PortIsTaken == false)
            findings.Pass("port", "TCP port 970 is free for the server");
    }

    private static void CheckDirectory(CheckFacts facts, Findings findings)
    {
        const UnixFileMode Others = UnixFileMode.OtherWrite;
        if (facts.RuntimeOwner is not { } owner)
            return;
        string mode = Convert.ToString((int)owner.Mode, 8);
        if ((owner.Mode & Others) != 0)
            findings.Fail("runtime-directory", $"everybody may write to {facts.RuntimeDirectory} (mode {mode}): anybody could pass for the server", $"chmod 2755 {facts.RuntimeDirectory}");
        else if (facts.Group is { } group && (owner.Group != group || (owner.Mode & UnixFileMode.SetGroup) == 0))
            findings.Warn(
                "runtime-directory",
                $"{facts.RuntimeDirectory} (mode {mode}) does not give its sockets to the group wg-dynamic, whose members may look then",
                $"chown :wg-dynamic {facts.RuntimeDirectory}; chmod 2755 {facts.RuntimeDirectory}; and restart the daemons");
        else
            findings.Pass("runtime-directory", $"{facts.RuntimeDirectory} is as it should be");
    }

    private static void CheckStore(ServerStatusAnswer status, Findings findings)
    {
        if (status.StoreProblem is { } store)
            findings.Fail("store", $"leases cannot be stored: {store}", "docs/operations.md says what to do about each; nothing new is leased until then");
        else
            findings.Pass("store", status.DatabasePath is { } path ? $"leases are kept in {path}" : "leases are kept in memory only, as the server was told to");
        if (status.DeviceProblem is { } device)
            findings.Fail("device", $"the server cannot change AllowedIPs: {device}", "see what it logs; it tries again every few seconds");
    }

    private static void CheckPools(CheckFacts facts, Findings findings)
    {
        if (facts.Pools.Count == 0)
        {
            findings.Fail("pools", "there is no pool to lease addresses from", $"give {facts.Interface} a network, such as: ip address add 10.66.0.1/24 dev {facts.Interface}; or a [Pool] in the configuration file");
            return;
        }

        findings.Pass("pools", $"{CommonChecks.Count(facts.Pools.Count, "pool")}: {string.Join(", ", facts.Pools.Select(NameOf))}");
        bool isWell = true;
        foreach (PoolAnswer pool in facts.Pools)
        {
            double used = pool.Size == 0 ? 1 : (double)(pool.Size - pool.Free) / (double)pool.Size;
            if (!pool.Enabled || used < NearlyFull)
                continue;
            isWell = false;
            findings.Warn("pool-usage", pool.Size == 0 ? $"{NameOf(pool)} has no address to give" : $"{NameOf(pool)}: {used:P0} of the addresses are leased or reserved".Replace(" %", "%", StringComparison.Ordinal), "add a pool or widen this one, shorten LeaseTime, or take back what is not used: wg-dynamic leases, wg-dynamic revoke");
        }

        if (isWell)
            findings.Pass("pool-usage", "all pools have addresses to give");
    }

    private static void CheckLeases(CheckFacts facts, Findings findings)
    {
        if (facts.Device is not { } device)
            return;
        Dictionary<IpPrefix, PublicKey> owners = [];
        List<(IpPrefix Prefix, PublicKey Peer)> wide = [];
        foreach (WireGuardPeer peer in device.Peers)
        {
            foreach (IpPrefix prefix in peer.AllowedIPs)
            {
                owners[prefix] = peer.PublicKey;
                if (!prefix.IsHost)
                    wide.Add((prefix, peer.PublicKey));
            }
        }

        List<string> missing = [], twice = [];
        Dictionary<IpAddress, PublicKey> leased = [];
        foreach (LeaseAnswer lease in facts.Leases)
        {
            if (!leased.TryAdd(lease.Address, lease.PublicKey))
                twice.Add($"{lease.Address} is leased to {lease.PublicKey} and to {leased[lease.Address]}");
            if (!owners.TryGetValue(IpPrefix.Host(lease.Address), out PublicKey owner))
                missing.Add($"{lease.Address} is leased to {lease.PublicKey}, and not in its AllowedIPs");
            else if (owner != lease.PublicKey)
                twice.Add($"{lease.Address} is leased to {lease.PublicKey}, and in the AllowedIPs of {owner}");
            foreach ((IpPrefix prefix, PublicKey peer) in wide)
            {
                if (peer != lease.PublicKey && prefix.Contains(lease.Address))
                    twice.Add($"{lease.Address} is leased to {lease.PublicKey}, and inside of {prefix} in the AllowedIPs of {peer}");
            }
        }

        findings.FailEach(
            "allowed-ips",
            missing,
            "the server puts it back within seconds; if it goes on, find out who resets the device: wg syncconf, systemctl reload wg-quick, systemd-networkd",
            $"AllowedIPs have what is leased ({CommonChecks.Count(facts.Leases.Count, "lease")})");
        findings.FailEach("addresses", twice, $"take it from one of the two: wg-dynamic revoke {facts.Interface} ADDRESS, or: wg set {facts.Interface} peer KEY allowed-ips -ADDRESS", "no address is with two peers");
    }

    private static void CheckForwarding(CheckFacts facts, Findings findings)
    {
        // Whoever leases none of a family forwards none.
        bool has4 = facts.Pools.Count == 0 || facts.Pools.Any(pool => !pool.Range.First.IsIPv6), has6 = facts.Pools.Count == 0 || facts.Pools.Any(pool => pool.Range.First.IsIPv6);
        foreach ((bool isUsed, bool? forwards, string setting) in ((bool, bool?, string)[])[(has4, facts.Forwards4, "net.ipv4.ip_forward"), (has6, facts.Forwards6, "net.ipv6.conf.all.forwarding")])
        {
            if (!isUsed || forwards is null)
                continue;
            if (forwards == true)
                findings.Pass("forwarding", $"{setting} is on");
            else
                findings.Warn("forwarding", $"{setting} is off: peers reach this machine, but neither one another nor what is behind it", $"if they are to: sysctl -w {setting}=1, and the same in /etc/sysctl.d");
        }
    }

    private static string NameOf(PoolAnswer pool) => pool.Name is { } name ? $"{name} ({pool.Range})" : $"{pool.Range}";
}
