using WgDynamic.Control;
using WgDynamic.Netlink;

namespace WgDynamic.Tool;

/// <summary>What either end needs. Pure, as all checks.</summary>
internal static class CommonChecks
{
    // WireGuard's handshakes carry the time, and a peer refuses one that is older than the last: who starts in the past is shut out.
    private static readonly DateTimeOffset _earliest = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan _tolerated = TimeSpan.FromMinutes(1);

    /// <summary>The interface itself.</summary>
    /// <returns>Whether there is one that more can be said of.</returns>
    public static bool CheckInterface(CheckFacts facts, Findings findings)
    {
        if (facts.Link is not { } link)
        {
            InterfaceProblem missing = InterfaceNeeds.Missing(facts.Interface);
            findings.Fail("interface", missing.Message, missing.Remedy);
            return false;
        }

        findings.Pass("interface", $"{link.Name} is there");
        if (facts.Device is not null)
            findings.Pass("wireguard", $"{link.Name} is WireGuard's, with {Count(facts.Device.Peers.Count, "peer")}");
        else if (facts.DeviceProblem is not { } problem)
            findings.NeedsRoot("wireguard", $"whether {link.Name} is WireGuard's, and its peers");
        else if (problem.IsPermissionDenied)
            findings.NeedsRoot("wireguard", $"the peers of {link.Name}");
        else if (!facts.IsRoot && link.Kind != "wireguard")
            findings.NeedsRoot("wireguard", $"{link.Name} may be WireGuard's in userspace, whose socket is root's");
        else
            findings.Fail("wireguard", $"{link.Name} is no WireGuard interface: {problem.KernelMessage ?? problem.Message}", "name another interface; those of WireGuard are listed by: wg show interfaces");
        if (link.IsUp)
            findings.Pass("link", $"{link.Name} is up");
        else
            findings.Fail("link", $"{link.Name} is down", $"bring it up: ip link set {link.Name} up");
        return true;
    }

    /// <summary>Whether the daemon runs, answers, and lets the caller ask.</summary>
    public static void CheckDaemon(CheckFacts facts, Findings findings)
    {
        string kind = facts.Role == DaemonRole.Server ? "server" : "client", program = $"wg-dynamic-{kind}";
        if (facts.Status is ServerStatusAnswer or ClientStatusAnswer)
        {
            int process = facts.Status is ServerStatusAnswer server ? server.ProcessId : ((ClientStatusAnswer)facts.Status).ProcessId;
            findings.Pass("daemon", $"{program} runs (process {process}) and answers");
            return;
        }

        string start = $"start it: systemctl enable --now {program}@{facts.Interface}, or: {program} {facts.Interface}";
        switch (facts.StatusProblem?.Failure)
        {
            case ControlFailure.AccessDenied:
                findings.Fail("daemon", $"you may not ask the {kind}: {facts.StatusProblem.Message}", "run this as root, or add your user to the group wg-dynamic, and log in again: usermod -aG wg-dynamic USER");
                break;
            case ControlFailure.NotFound or null when !facts.IsRunning:
                findings.Fail("daemon", $"no {program} runs for {facts.Interface}", start);
                break;
            case ControlFailure.NotFound or null:
                findings.Fail(
                    "daemon",
                    $"{program} runs, and nobody listens on {ControlSocket.PathOf(facts.RuntimeDirectory, facts.Interface, facts.Role)}",
                    "its log says why it has no socket; mend that and restart it");
                break;
            default:
                findings.Fail("daemon", facts.StatusProblem.Message, facts.StatusProblem.Remedy ?? $"see what it logs, and restart it: journalctl -u {program}@{facts.Interface}");
                break;
        }
    }

    /// <summary>The time of day, as far as one machine can tell.</summary>
    public static void CheckClock(CheckFacts facts, Findings findings)
    {
        DateTimeOffset? latest = facts.Device?.Peers.Max(peer => peer.LastHandshake);
        if (facts.Now < _earliest)
            findings.Fail("clock", $"it is {facts.Now:yyyy-MM-dd HH:mm} by this machine's clock, which cannot be", "set the clock, for instance with: timedatectl set-ntp true");
        else if (latest - facts.Now > _tolerated)
            findings.Fail("clock", $"the last handshake was {latest:yyyy-MM-dd HH:mm}, which is yet to come by this machine's clock: it was set back, and peers refuse handshakes from the past", "set the clock, for instance with: timedatectl set-ntp true");
        else if (facts.Status is ServerStatusAnswer { ClockIsSane: false })
            findings.Fail("clock", "the server finds that the clock went back, or runs away from the uptime", "set the clock, for instance with: timedatectl set-ntp true");
        else
            findings.Pass("clock", "the time of day makes sense");
    }

    /// <summary>1 peer, 2 peers.</summary>
    public static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
