using WgDynamic.Architecture.Tests;
using WgDynamic.Daemon;
using WgDynamic.TestKit;

namespace WgDynamic.Documents.Tests;

/// <summary>packaging/completions, and what the programs tell the shells.</summary>
public class CompletionTests
{
    private static readonly string _completions = Path.Combine(Repository.Root, "packaging", "completions");

    // The programs of this build lie beside the test.
    private static readonly string _bin = AppContext.BaseDirectory.TrimEnd('/');

    [Theory]
    [InlineData("wg-dynamic-server --le", "--leasetime")]
    [InlineData("wg-dynamic-server --log-level ", "debug info warning error")]
    [InlineData("wg-dynamic-server --log-level=", "debug info warning error")]
    [InlineData("wg-dynamic-server --log-level=w", "warning")]
    [InlineData("wg-dynamic-server --log-level=debug --l", "--leasetime")]
    [InlineData("/usr/sbin/wg-dynamic-server wgnone --check-d", "--check-database")]
    [InlineData("wg-dynamic-server --config ", ShellCompletion.File)]
    [InlineData("wg-dynamic-server --config /etc/wg", ShellCompletion.File)]
    [InlineData("wg-dynamic-server --restore=/srv/", ShellCompletion.File)]
    [InlineData("wg-dynamic-server --runtime-directory ", ShellCompletion.Directory)]
    [InlineData("wg-dynamic-server --leasetime ", "")]
    [InlineData("wg-dynamic-server --history 10.66.0.7 --a", "--assign-address --at")]
    [InlineData("wg-dynamic-client --accept ", "routes dns mtu default-route none")]
    [InlineData("wg-dynamic-client --accept routes,", "routes,dns routes,mtu routes,default-route")]
    [InlineData("wg-dynamic-client --accept routes,dns,m", "routes,dns,mtu")]
    [InlineData("wg-dynamic-client --table ", "auto main off")]
    [InlineData("wg-dynamic-client --accept-", "--accept-prefix")]
    [InlineData("wg-dynamic p", "pools")]
    [InlineData("wg-dynamic re", "revoke reservations reserve reload restore renew release")]
    [InlineData("wg-dynamic leases all --st", "--state")]
    [InlineData("wg-dynamic leases --state active,r", "active,released active,revoked")]
    [InlineData("wg-dynamic leases --family ", "ipv4 ipv6")]
    [InlineData("wg-dynamic backup wg0 /srv/", ShellCompletion.File)]
    [InlineData("wg-dynamic pools remove wgnone --f", "--force")]
    [InlineData("wg-dynamic revoke wgnone 10", "")]
    [InlineData("wg-dynamic quick ", "up down save strip install uninstall status")]
    [InlineData("wg-dynamic quick un", "uninstall")]
    [InlineData("wg-dynamic quick up ./", ShellCompletion.File)]
    [InlineData("wg-dynamic-server \"", "")]
    [InlineData("", "")]
    public void A_program_says_what_may_stand_at_the_cursor(string line, string words)
    {
        string name = Path.GetFileName(line.Split(' ')[0]);
        if (name.Length > 0)
            Assert.Equal(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), Suggest(name, line));
    }

    [Fact]
    public void Wherever_the_cursor_is_in_a_line_a_program_answers_and_never_with_what_does_not_fit()
    {
        string[] lines =
        [
            "wg-dynamic-server --leasetime 60 --config=/etc/x.conf --log-level=debug --json -f --at '2026-11-04 03:12' --history fd66::7 wg0 ",
            "wg-dynamic-client --accept=routes,dns --accept-prefix 10.0.0.0/8 --accept-prefix=fd00::/8 --table=51 -- wg0 --x=",
            "wg-dynamic leases wg0 --key=x --state active,expired --address 10.0.0.0/8 --json pools set ",
            "wg-dynamic quick up --a=b [suggest] = == - -- --= é \"a",
        ];
        foreach (string line in lines)
        {
            for (int cursor = 0; cursor <= line.Length; cursor++)
            {
                string begun = line[..cursor], word = begun[(begun.LastIndexOfAny([' ', '=']) + 1)..];
                Assert.All(Suggest(line.Split(' ')[0], begun), offered => Assert.True(offered is ShellCompletion.File or ShellCompletion.Directory || offered.StartsWith(word, StringComparison.Ordinal), begun));
            }
        }
    }

    [Fact]
    public void Interfaces_come_before_options_and_WireGuard_ones_first()
    {
        string[] all = [.. InterfaceList.All()];
        Assert.Contains("lo", all);
        Assert.Equal(all, Suggest("wg-dynamic-server", "wg-dynamic-server "));
        Assert.Equal(["lo"], Suggest("wg-dynamic-client", "wg-dynamic-client --release-on-exit lo"));
        Assert.Equal(["lo"], Suggest("wg-dynamic-client", "wg-dynamic-client -f --accept none lo"));
        // There is one already.
        Assert.DoesNotContain("lo", Suggest("wg-dynamic-client", "wg-dynamic-client wg0 "));
    }

    [Theory]
    [InlineData("wg-dynamic-server --leas", "--leasetime")]
    [InlineData("wg-dynamic-client --log-level ", "debug info warning error")]
    [InlineData("wg-dynamic-client --log-level=de", "debug")]
    [InlineData("wg-dynamic quick ", "up down save strip install uninstall status")]
    [InlineData("wg-dynamic-client --accept routes,d", "routes,dns routes,default-route")]
    [InlineData("wg-dynamic-server --config /proc/filesys", "/proc/filesystems")]
    [InlineData("wg-dynamic-server --config=/proc/filesys", "/proc/filesystems")]
    [InlineData("wg-dynamic-server --runtime-directory /usr/loca", "/usr/local")]
    [InlineData("sudo wg-dynamic-server --leas", "--leasetime")]
    [InlineData("wg-dynamic-server --no-such", "")]
    public async Task Bash_completes(string line, string words)
    {
        string bash = Tools.Require("bash");
        // What readline does for complete -F, without a terminal.
        const string Script = """
            . "$1/bash/wg-dynamic"
            COMP_LINE=$2 COMP_POINT=${#2}
            command=${COMP_LINE#sudo }
            command=${command%% *}
            spec=$(complete -p "$command")
            [[ $spec == *"-F _wg_dynamic "* ]] || exit 1
            _wg_dynamic "$command" "" ""
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        Assert.Equal(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), Lines(await InShellAsync(bash, "--norc", "-c", Script, "bash", _completions, line)));
    }

    [Theory]
    [InlineData("wg-dynamic-server --leas", "--leasetime")]
    [InlineData("wg-dynamic-client --log-level ", "debug info warning error")]
    [InlineData("wg-dynamic-client --log-level=de", "--log-level=debug")]
    [InlineData("wg-dynamic quick ", "up down save strip install uninstall status")]
    [InlineData("wg-dynamic-client --accept routes,d", "routes,dns routes,default-route")]
    [InlineData("wg-dynamic-server --config /proc/filesys", "/proc/filesystems")]
    [InlineData("wg-dynamic-server --config=/proc/filesys", "--config=/proc/filesystems")]
    [InlineData("wg-dynamic-server --runtime-directory /usr/loca", "/usr/local/")]
    [InlineData("wg-dynamic-server --no-such", "")]
    public async Task Fish_completes(string line, string words)
    {
        string fish = Tools.Require("fish");
        string output = await InShellAsync(fish, "--no-config", "-c", "set -p fish_complete_path $argv[1]/fish; set -a fish_function_path $argv[3]; complete -C $argv[2]", _completions, line, Path.Combine(Tools.Unpacked, "usr/share/fish/functions"));
        Assert.Equal(words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), Lines(output).Select(offer => offer.Split('\t')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("wg-dynamic-server --leas", "wg-dynamic-server --leasetime")]
    [InlineData("wg-dynamic-client --log-level ", "wg-dynamic-client --log-level debug|wg-dynamic-client --log-level info")]
    [InlineData("wg-dynamic-client --log-level=wa", "wg-dynamic-client --log-level=warning")]
    [InlineData("wg-dynamic quick ", "wg-dynamic quick up|wg-dynamic quick down")]
    [InlineData("wg-dynamic-client --accept routes,d", "wg-dynamic-client --accept routes,dns|wg-dynamic-client --accept routes,default-route")]
    [InlineData("wg-dynamic-server --config /proc/filesys", "wg-dynamic-server --config /proc/filesystems")]
    [InlineData("wg-dynamic-server --runtime-directory /usr/loca", "wg-dynamic-server --runtime-directory /usr/local/")]
    [InlineData("wg-dynamic-server --no-such", "wg-dynamic-server --no-such")]
    public async Task Zsh_completes(string line, string lines)
    {
        string zsh = Tools.Require("zsh"), script = Tools.Require("script"), home = Directory.CreateTempSubdirectory("wgd-zsh-").FullName;
        try
        {
            // A line editor needs a terminal. The widget does what somebody does who presses TAB again and again.
            await File.WriteAllTextAsync(Path.Combine(home, ".zshrc"), """
                fpath=($COMPLETIONS/zsh $FUNCTIONS/{,*/}(N/) $fpath)
                [[ -e $module_path[1]/zsh/zle.so ]] || module_path=($MODULES)
                autoload -Uz compinit && compinit -u -D
                setopt menu_complete
                zle-line-init() {
                	BUFFER=$LINE CURSOR=$#LINE
                	repeat $TIMES; do
                		zle menu-complete
                		print -r -- "${BUFFER% }" >>$ZDOTDIR/seen
                	done
                	exit 0
                }
                zle -N zle-line-init
                """, TestContext.Current.CancellationToken);
            string[] expected = lines.Split('|');
            await InShellAsync("env", $"ZDOTDIR={home}", $"COMPLETIONS={_completions}", $"FUNCTIONS={Path.Combine(Tools.Unpacked, "usr/share/zsh/functions/Completion")}", $"MODULES={Modules}", $"LINE={line}", $"TIMES={expected.Length}", script, "-qec", $"{zsh} -d -i", "/dev/null");
            Assert.Equal(expected, await File.ReadAllLinesAsync(Path.Combine(home, "seen"), TestContext.Current.CancellationToken));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task A_program_that_fails_or_is_not_there_offers_nothing_and_says_nothing()
    {
        string bin = Directory.CreateTempSubdirectory("wgd-bad-").FullName, program = Path.Combine(bin, "wg-dynamic-client");
        try
        {
            foreach (string? text in (string?[])["#!/bin/sh\necho no >&2\nkill -ABRT $$\n", null])
            {
                File.Delete(program);
                if (text is not null)
                {
                    await File.WriteAllTextAsync(program, text, TestContext.Current.CancellationToken);
                    File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
                }

                Assert.Equal("", await WithPathAsync($"{bin}:/usr/bin:/bin", Tools.Require("bash"), "--norc", "-c", ". \"$1/bash/wg-dynamic\"; COMP_LINE='wg-dynamic-client --'; COMP_POINT=20; _wg_dynamic wg-dynamic-client 2>&1; echo -n \"${COMPREPLY[*]}\"", "bash", _completions));
                Assert.Equal("", await WithPathAsync($"{bin}:/usr/bin:/bin", Tools.Require("fish"), "--no-config", "-c", "set -p fish_complete_path $argv[1]/fish; complete -C 'wg-dynamic-client --' 2>&1", _completions));
            }
        }
        finally
        {
            Directory.Delete(bin, recursive: true);
        }
    }

    [Fact]
    public void Every_shell_finds_a_file_for_every_program()
    {
        foreach (string program in Programs.Names)
        {
            Assert.True(File.Exists(Path.Combine(_completions, "bash", program)));
            Assert.True(File.Exists(Path.Combine(_completions, "fish", $"{program}.fish")));
        }

        Assert.StartsWith($"#compdef {string.Join(' ', Programs.Names)}\n", File.ReadAllText(Path.Combine(_completions, "zsh", "_wg-dynamic")), StringComparison.Ordinal);
    }

    private static string[] Suggest(string program, string line) => Lines(Programs.Output(program, "[suggest]", line));

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static Task<string> InShellAsync(params string[] command) => WithPathAsync($"{_bin}:/usr/local/bin:/usr/bin:/bin", command);

    private static async Task<string> WithPathAsync(string path, params string[] command)
    {
        string libraries = Path.Combine(Tools.Unpacked, "usr/lib", Libraries);
        return await Command.RunAsync("env", [$"PATH={path}", $"LD_LIBRARY_PATH={libraries}", "HOME=/nonexistent", "TERM=dumb", .. command]);
    }

    // Debian's directory for this machine's kind.
    private static string Libraries =>
        Directory.Exists(Path.Combine(Tools.Unpacked, "usr/lib")) && Directory.GetDirectories(Path.Combine(Tools.Unpacked, "usr/lib"), "*-linux-gnu") is [var found, ..] ? Path.GetFileName(found) : "";

    // Where an unpacked zsh has its modules; an installed one knows.
    private static string Modules => Directory.Exists(Path.Combine(Tools.Unpacked, "usr/lib", Libraries, "zsh")) ? Directory.GetDirectories(Path.Combine(Tools.Unpacked, "usr/lib", Libraries, "zsh"))[0] : "/nonexistent";
}
