using System.Diagnostics;
using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>wg-quick with <c>Address = …, auto</c>, by hand: stock wg-quick underneath, and our wrapper first in PATH.</summary>
public class QuickScenarios
{
    [Theory]
    [InlineData("fe80::/128")]
    [InlineData("0.0.0.0/0, ::/0")]
    public async Task The_ideas_own_example_comes_up_with_leased_addresses_and_goes_down_without_a_trace(string allowedIPs)
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        await network.Client.IpAsync("route add default via 10.255.0.1 dev wire");
        await laptop.ConfigureAsync(allowedIPs: allowedIPs, addresses: "fe80::c:1/128");
        if ((await laptop.RunAsync("/usr/bin/wg-quick", "up", "wg0")) is { Status: not 0, Output: var whyNot })
            Assert.Skip($"stock wg-quick cannot bring AllowedIPs = {allowedIPs} up on this kernel; in the virtual machine it can: {whyNot.Trim().Split('\n')[^1]}");
        await laptop.SucceedAsync("/usr/bin/wg-quick", "down", "wg0");
        string before = await laptop.EverythingAsync();
        await using DaemonProcess server = network.Hub.StartServer();
        await server.WaitForLineAsync("serving on");

        await laptop.ConfigureAsync(allowedIPs: allowedIPs);
        await laptop.SucceedAsync("wg-quick", "up", "wg0");
        string[] leased = await laptop.LeasedAsync();
        if (allowedIPs.Contains("/0", StringComparison.Ordinal))
        {
            await network.Client.PingAsync("192.168.4.1", leased[0].Split('/')[0]);
            await network.Client.PingAsync("2001:db8:1234::1", leased[1].Split('/')[0]);
        }

        await laptop.SucceedAsync("wg-quick", "down", "wg0");
        await laptop.AssertNothingLeftAsync(before);
    }

    [Fact]
    public async Task A_second_up_says_that_the_interface_exists_and_the_first_goes_on()
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        await laptop.ConfigureAsync();
        await laptop.SucceedAsync("wg-quick", "up", "wg0");
        int client = laptop.ClientId;
        Assert.NotEqual(0, client);
        Assert.Equal((1, "wg-quick: `wg0' already exists\n"), await laptop.RunAsync("wg-quick", "up", "wg0"));
        Assert.Equal(client, laptop.ClientId);
    }

    [Fact]
    public async Task Without_an_answer_the_tunnel_is_up_and_the_client_keeps_trying()
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        await laptop.ConfigureAsync();
        await laptop.SucceedAsync("wg-quick", "up", "wg0");
        Assert.Empty(await network.Client.AddressesAsync("wg0"));
        await using DaemonProcess server = network.Hub.StartServer();
        await laptop.LeasedAsync();
    }

    [Fact]
    public async Task Without_a_client_program_nothing_is_touched_and_the_line_says_what_to_do()
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub, install: false);
        string before = await laptop.EverythingAsync(), program = Path.Combine(laptop.Bin, "wg-dynamic");
        File.Copy(QuickMachine.Program, program);
        await laptop.ConfigureAsync("PreUp = touch /run/touched");
        Assert.Equal(
            (1, "wg-dynamic: /etc/wireguard/wg0.conf says Address = auto, and there is no wg-dynamic-client beside wg-dynamic or in PATH to ask for addresses; install it, or take auto out\n"),
            await laptop.RunAsync("wg-dynamic", "quick", "up", "wg0"));
        Assert.False(File.Exists(Path.Combine(laptop.Run, "..", "touched")));
        await laptop.AssertNothingLeftAsync(before);
    }

    [Fact]
    public async Task A_client_that_cannot_work_here_fails_the_whole_and_says_why()
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        string before = await laptop.EverythingAsync();
        await laptop.ConfigureAsync(allowedIPs: "10.0.0.0/8");
        (int status, string output) = await laptop.RunAsync("wg-quick", "up", "wg0");
        Assert.Equal(1, status);
        Assert.Contains("no peer of wg0 has fe80::/128 in its AllowedIPs", output, StringComparison.Ordinal);
        await laptop.AssertNothingLeftAsync(before);

        // The person's own hooks come first, and their failure is the whole's.
        await laptop.ConfigureAsync("PostUp = echo %i; exit 7");
        (status, output) = await laptop.RunAsync("wg-quick", "up", "wg0");
        Assert.Equal(7, status);
        Assert.DoesNotContain("wg-dynamic-client", output, StringComparison.Ordinal);
        await laptop.AssertNothingLeftAsync(before);
    }

    [Fact]
    public async Task What_is_saved_keeps_auto_and_has_nothing_that_the_server_gave()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=198.51.100.0/24 mtu=1380");
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        await laptop.ConfigureAsync("MTU = 1400\nSaveConfig = true\nPostUp = echo %i up # mine");
        string before = await laptop.EverythingAsync();
        await laptop.SucceedAsync("wg-quick", "up", "wg0");
        await laptop.LeasedAsync();
        await Until.AsExpectedAsync(() => network.Client.IpAsync("link show dev wg0"), link => link.Contains("mtu 1380", StringComparison.Ordinal));
        Assert.Contains("198.51.100.0/24", await laptop.SucceedAsync("wg", "show", "wg0", "allowed-ips"), StringComparison.Ordinal);

        await laptop.SucceedAsync("wg-quick", "save", "wg0");
        await AssertSavedAsync();
        // The client has not noticed.
        Assert.Contains("198.51.100.0/24", await laptop.SucceedAsync("wg", "show", "wg0", "allowed-ips"), StringComparison.Ordinal);

        // Also when the client is killed, and nobody but the next could undo what it has done.
        await Command.RunAsync("kill", "-KILL", $"{laptop.ClientId}");
        await laptop.SucceedAsync("wg", "set", "wg0", "listen-port", "4242");
        await laptop.SucceedAsync("wg-quick", "down", "wg0");
        await AssertSavedAsync();
        Assert.Contains("ListenPort = 4242\n", await File.ReadAllTextAsync(laptop.File, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await laptop.AssertNothingLeftAsync(before);

        async Task AssertSavedAsync()
        {
            string saved = await File.ReadAllTextAsync(laptop.File, TestContext.Current.CancellationToken);
            Assert.Contains("Address = fe80::c:1/128, auto\n", saved, StringComparison.Ordinal);
            foreach (string own in (string[])["MTU = 1400\n", "SaveConfig = true\n", "PostUp = echo %i up\n", "AllowedIPs = fe80::/128\n"])
                Assert.Contains(own, saved, StringComparison.Ordinal);
            foreach (string given in (string[])[PushingHub.Leased4, PushingHub.Leased6, "198.51.100", "1380", "wg-dynamic"])
                Assert.DoesNotContain(given, saved, StringComparison.Ordinal);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(laptop.File));
        }
    }

    [Fact]
    public async Task Down_ends_the_client_also_when_auto_was_taken_out_meanwhile_and_saves_nothing_leased()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=198.51.100.0/24");
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        await laptop.ConfigureAsync();
        string before = await laptop.EverythingAsync();
        await laptop.SucceedAsync("wg-quick", "up", "wg0");
        await laptop.LeasedAsync();
        await laptop.ConfigureAsync("SaveConfig = true", addresses: "fe80::c:1/128");
        await laptop.SucceedAsync("wg-quick", "down", "wg0");
        string saved = await File.ReadAllTextAsync(laptop.File, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(PushingHub.Leased4, saved, StringComparison.Ordinal);
        Assert.DoesNotContain("auto", saved, StringComparison.Ordinal);
        await laptop.AssertNothingLeftAsync(before);
    }

    [Trait("over", "any WireGuard")]
    [Fact]
    public async Task Down_ends_no_process_but_a_client_whatever_somebody_has_written_into_its_lock()
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        await laptop.ConfigureAsync();
        await laptop.SucceedAsync("wg-quick", "up", "wg0");
        await Command.RunAsync("kill", $"{laptop.ClientId}");
        await Until.AsExpectedAsync(() => Task.FromResult(laptop.ClientId), id => id == 0);

        string file = Assert.Single(Directory.GetFiles(laptop.Run, "wg0.*.client.lock"));
        using Process victim = Process.Start("sleep", ["600"]), holder = Process.Start("flock", [file, "sleep", "600"]);
        try
        {
            await Until.AsExpectedAsync(async () => (await laptop.RunAsync("sh", "-c", "flock -n /run/wg-dynamic/wg0.*.client.lock true")).Status, status => status == 1);
            await Command.RunAsync("sh", "-c", $"echo {victim.Id} >{file}");
            (int status, string output) = await laptop.RunAsync("wg-quick", "down", "wg0");
            Assert.Equal(1, status);
            Assert.Contains("somebody has locked /run/wg-dynamic/wg0.", output, StringComparison.Ordinal);
            Assert.False(victim.HasExited);
        }
        finally
        {
            holder.Kill(entireProcessTree: true);
            victim.Kill();
        }

        await laptop.SucceedAsync("wg-quick", "down", "wg0");
    }

    [Trait("over", "any WireGuard")]
    [Fact]
    public async Task Without_auto_stock_wg_quick_runs_as_if_it_had_been_called_itself()
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        await laptop.ConfigureAsync("PreUp = env | grep -v ^_= | sort; ulimit -a; grep ^Sig /proc/self/status; cat; exit 9", addresses: "fe80::c:1/128 # auto");
        string content = await File.ReadAllTextAsync(laptop.File, TestContext.Current.CancellationToken);
        foreach (string[] arguments in (string[][])[["up", "wg0"], ["up", "/etc/wireguard/wg0.conf"], ["down", "wg0"], ["save", "wg0"], ["strip", "wg0"], ["up", "wg9"], ["up", "/etc/passwd"], ["up"], [], ["--help"], ["help"], ["up", "wg0", "x"]])
        {
            // A .NET program cannot tell whether SIGPIPE was ignored already when it was started; at a terminal it is not.
            (int status, string output) = await laptop.RunAsync(["env", "--default-signal=PIPE", "/usr/bin/wg-quick", .. arguments]);
            (int ourStatus, string ourOutput) = await laptop.RunAsync(["env", "--default-signal=PIPE", "wg-quick", .. arguments]);
            Assert.Equal(output, ourOutput);
            Assert.Equal(status, ourStatus);
        }

        Assert.Equal(content, await File.ReadAllTextAsync(laptop.File, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Strip_prints_what_wg_takes_and_nothing_of_ours()
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        await laptop.ConfigureAsync("DNS = 192.0.2.1");
        await laptop.SucceedAsync("bash", "-c", "sed -i /DNS/d /etc/wireguard/wg0.conf && wg-quick up wg0 && wg syncconf wg0 <(wg-quick strip wg0)");
        Assert.Equal(await laptop.SucceedAsync("/usr/bin/wg-quick", "strip", "wg0"), await laptop.SucceedAsync("wg-quick", "strip", "wg0"));
        Assert.NotEqual(0, laptop.ClientId);
    }

    [Trait("over", "any WireGuard")]
    [Fact]
    public async Task The_private_key_lies_where_only_root_can_look_and_is_gone_afterwards_and_what_a_crash_has_left_too()
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        string left = Path.Combine(laptop.RunQuick, "quick.999999999");
        Directory.CreateDirectory(left);
        await File.WriteAllTextAsync(Path.Combine(left, "wg0.conf"), "PrivateKey", TestContext.Current.CancellationToken);
        string before = await laptop.EverythingAsync();
        await laptop.ConfigureAsync("PreUp = stat -c 'mode %a' /run/wg-dynamic-quick/quick.* /run/wg-dynamic-quick/quick.*/*\nPostUp = " + QuickMachine.Program + " quick save %i");
        File.SetUnixFileMode(laptop.File, (UnixFileMode)0b110_100_100);
        File.SetUnixFileMode(Path.GetDirectoryName(laptop.File)!, (UnixFileMode)0b111_101_101);
        string output = await laptop.SucceedAsync("wg-quick", "up", "wg0");
        Assert.StartsWith("Warning: `/etc/wireguard/wg0.conf' is world accessible\n", output, StringComparison.Ordinal);
        Assert.Contains("\nmode 700\nmode 600\n[#]", output, StringComparison.Ordinal);
        Assert.DoesNotContain(network.Client.Keys.Private, output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(laptop.RunQuick));
        // What its own hook has saved.
        Assert.Contains("Address = fe80::c:1/128, auto\n", await File.ReadAllTextAsync(laptop.File, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await laptop.SucceedAsync("wg-quick", "down", "wg0");
        await laptop.AssertNothingLeftAsync(before);
    }

    [Fact]
    public async Task Options_for_the_client_are_in_a_file_beside_the_servers()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=198.51.100.0/24 mtu=1380");
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        await laptop.ConfigureAsync();
        Directory.CreateDirectory(Path.Combine(laptop.Etc, "wg-dynamic"));
        await File.WriteAllTextAsync(Path.Combine(laptop.Etc, "wg-dynamic", "wg0.client.options"), "# what I want\n--accept mtu # no routes\n  --hostname it-is-me\n", TestContext.Current.CancellationToken);
        string output = await laptop.SucceedAsync("wg-quick", "up", "wg0");
        Assert.Contains("wg-dynamic-client --accept mtu --hostname it-is-me wg0\n", output, StringComparison.Ordinal);
        await network.Server.WaitForLineAsync("hostname=it-is-me");
        await laptop.LeasedAsync();
        await Until.AsExpectedAsync(() => network.Client.IpAsync("link show dev wg0"), link => link.Contains("mtu 1380", StringComparison.Ordinal));
        Assert.DoesNotContain("198.51.100.0/24", await laptop.SucceedAsync("wg", "show", "wg0", "allowed-ips"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_at_once_one_says_that_the_other_is_at_work()
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        await laptop.SucceedAsync("mkfifo", "/run/begun", "/run/go");
        await laptop.ConfigureAsync("PreUp = echo >/run/begun; cat /run/go");
        Task<string> first = laptop.SucceedAsync("wg-quick", "up", "wg0");
        await laptop.SucceedAsync("cat", "/run/begun");
        Assert.Equal((1, "wg-dynamic: another wg-quick brings wg0 up or down just now; try again when it has ended\n"), await laptop.RunAsync("wg-quick", "up", "wg0"));
        await laptop.SucceedAsync("sh", "-c", "echo >/run/go");
        await first;
        Assert.NotEqual(0, laptop.ClientId);
    }

    // The first as systemd and kill(1) do it, the second as a terminal does.
    [Trait("over", "any WireGuard")]
    [Theory]
    [InlineData("kill $(cat /run/number)")]
    [InlineData("kill -INT -$(cat /run/number)")]
    public async Task An_up_that_is_ended_by_a_signal_leaves_nothing(string kill)
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        string before = await laptop.EverythingAsync();
        await laptop.SucceedAsync("mkfifo", "/run/begun", "/run/never");
        // bash minds a signal between two commands: many short ones, of which few are run.
        await laptop.ConfigureAsync("PostUp = echo >/run/begun\n" + string.Concat(Enumerable.Repeat("PostUp = read -t 0.3 x <>/run/never || :\n", 200)));
        Task<(int Status, string Output)> up = laptop.RunAsync("setsid", "--wait", "sh", "-c", "echo $$ >/run/number; exec wg-quick up wg0");
        await laptop.SucceedAsync("cat", "/run/begun");
        await laptop.SucceedAsync("sh", "-c", kill);
        Assert.DoesNotContain("wg-dynamic-client", (await up).Output, StringComparison.Ordinal);
        await laptop.AssertNothingLeftAsync(before);
    }

    [Fact]
    public async Task A_hub_that_wg_quick_brings_up_serves_and_its_server_ends_with_it()
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine hub = await QuickMachine.CreateAsync(network.Hub, network.Client);
        await hub.ConfigureHubAsync($"PostUp = {Path.Combine(Backend.PublishDirectory, "wg-dynamic-server")} --database /run/leases.db %i");
        await hub.SucceedAsync("wg-quick", "up", "wg0");
        await using DaemonProcess client = network.Client.StartClient();
        await client.WaitForLineAsync("leased ");

        // Whoever holds the lock until the server has ended.
        string held = Directory.GetFiles(hub.Run, "wg0.*.server.lock").Single();
        await hub.SucceedAsync("wg-quick", "down", "wg0");
        await hub.SucceedAsync("flock", "--timeout", $"{Backend.Patience.TotalSeconds}", held.Replace(hub.Run, "/run/wg-dynamic", StringComparison.Ordinal), "true");
    }

    [Fact]
    public async Task Names_of_the_file_and_pushed_ones_are_each_taken_back_and_only_the_files_are_saved()
    {
        await using PushingHub network = await PushingHub.CreateAsync("dns=203.0.113.53 search=example.org route=203.0.113.0/24");
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        OwnNames.Install(laptop.Bin, laptop.Etc);
        // Not to be written by it.
        await laptop.SucceedAsync("sh", "-c", "rm /etc/resolv.conf; echo nameserver 192.0.2.1 >/etc/resolv.conf; mkdir -p /run/resolvconf");

        await laptop.ConfigureAsync();
        await laptop.SucceedAsync("wg-quick", "up", "wg0");
        await Until.AsExpectedAsync(() => NamesAsync(), names => names.Contains("203.0.113.53", StringComparison.Ordinal));
        await laptop.SucceedAsync("wg-quick", "save", "wg0");
        Assert.DoesNotContain("DNS", await File.ReadAllTextAsync(laptop.File, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await laptop.SucceedAsync("wg-quick", "down", "wg0");
        Assert.DoesNotContain("nameserver", await NamesAsync(), StringComparison.Ordinal);

        // The file's come first, and what is pushed is refused.
        await laptop.ConfigureAsync("DNS = 192.0.2.53\nSaveConfig = true");
        await laptop.SucceedAsync("wg-quick", "up", "wg0");
        await laptop.LeasedAsync();
        await Until.AsExpectedAsync(() => laptop.SucceedAsync("wg", "show", "wg0", "allowed-ips"), allowed => allowed.Contains("203.0.113.0/24", StringComparison.Ordinal));
        string present = await NamesAsync();
        Assert.Contains("192.0.2.53", present, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.53", present, StringComparison.Ordinal);
        await laptop.SucceedAsync("wg-quick", "down", "wg0");
        Assert.Contains("DNS = 192.0.2.53\n", await File.ReadAllTextAsync(laptop.File, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain("nameserver", await NamesAsync(), StringComparison.Ordinal);

        async Task<string> NamesAsync() => (await laptop.RunAsync("resolvconf", "-l", "wg0")).Output;
    }

    // There is no sudo on every machine; what is asked of it is what matters.
    [Fact]
    public async Task Who_is_not_root_becomes_it_by_sudo_and_ends_up_in_ours()
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        string sudo = Path.Combine(laptop.Bin, "sudo");
        await File.WriteAllTextAsync(sudo, "#!/bin/sh\nprintf '<%s>' \"$@\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(sudo, (UnixFileMode)0b111_101_101);
        (int status, string output) = await laptop.RunAsync("setpriv", "--reuid", "65534", "--clear-groups", "sh", "-c", "wg-quick up wg0");
        Assert.Equal(
            (0, $"<-p><wg-quick must be run as root. Please enter the password for %u to continue: ><--><{QuickMachine.Program}><quick><up><wg0>"),
            (status, output));
    }

    [Trait("over", "any WireGuard")]
    [Fact]
    public async Task A_state_file_that_makes_no_sense_is_told_and_the_tunnel_goes_down()
    {
        await using PushingHub network = await PushingHub.CreateAsync("route=198.51.100.0/24");
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub);
        await laptop.ConfigureAsync("SaveConfig = true");
        await laptop.SucceedAsync("wg-quick", "up", "wg0");
        string state = await Until.AsExpectedAsync(() => Task.FromResult(Directory.GetFiles(laptop.Run, "*.client.state").FirstOrDefault("")), file => file.Length > 0);
        await Command.RunAsync("kill", "-KILL", $"{laptop.ClientId}");
        string index = (await laptop.SucceedAsync("cat", "/sys/class/net/wg0/ifindex")).Trim();
        await File.WriteAllTextAsync(state, $"interface {index}\nsettled\nmtu many few\n", TestContext.Current.CancellationToken);
        Assert.Contains("makes no sense", await laptop.SucceedAsync("wg-quick", "save", "wg0"), StringComparison.Ordinal);
        await laptop.SucceedAsync("wg-quick", "down", "wg0");
        Assert.DoesNotContain("wg0", await network.Client.IpAsync("link show"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_arguments_give_a_line_that_says_so()
    {
        Backend.Require();
        Assert.Matches(@"^\d+\.\d+\.\d+", await Command.RunAsync(QuickMachine.Program, "--version"));
        Assert.Contains("Take back what install has done", await Command.RunAsync(QuickMachine.Program, "quick", "uninstall", "--help"), StringComparison.Ordinal);
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => Command.RunAsync(QuickMachine.Program, "quick", "install", "now"));
        Assert.Matches(@"status 1: wg-dynamic: [^\n]*'now'[^\n]*\nTry: wg-dynamic --help\n$", error.Message);
    }

    [Fact]
    public async Task Uninstall_leaves_no_trace()
    {
        await using Network network = await Network.CreateAsync();
        QuickMachine laptop = await QuickMachine.CreateAsync(network.Client, network.Hub, install: false);
        string before = await FilesAsync();
        Assert.Contains("[#] write /usr/local/bin/wg-quick\n", await laptop.SucceedAsync(QuickMachine.Program, "quick", "install"), StringComparison.Ordinal);
        Assert.Equal("/usr/local/bin/wg-quick\n", await laptop.SucceedAsync("sh", "-c", "command -v wg-quick"));
        await laptop.SucceedAsync(QuickMachine.Program, "quick", "uninstall");
        Assert.Equal(before, await FilesAsync());

        Task<string> FilesAsync() => laptop.SucceedAsync("sh", "-c", "find /usr/local/bin /etc/ /run/ | sort");
    }
}
