namespace WgDynamic.Client.Tests;

public class HostNamesTests
{
    private static readonly ValueList<IpAddress> _servers = [IpAddress.Parse("10.0.0.53"), IpAddress.Parse("2001:db8::53")];

    [Fact]
    public void Resolvconf_is_told_as_wg_quick_tells_it()
    {
        (string[] arguments, string? input) = Assert.Single(HostNames.SetCommands(Names(NameTool.Resolvconf, "tun.wg0", true, "example.org", "example.net"), isChange: false));
        Assert.Equal("-a tun.wg0 -m 0 -x", string.Join(' ', arguments));
        Assert.Equal("nameserver 10.0.0.53\nnameserver 2001:db8::53\nsearch example.org example.net\n", input);
        Assert.Equal("-d tun.wg0 -f", string.Join(' ', HostNames.RemoveCommand(new NameService(NameTool.Resolvconf, "tun.wg0"))));
    }

    [Theory]
    [InlineData(false, false, "", "dns wg0 10.0.0.53 2001:db8::53")]
    [InlineData(false, true, "", "dns wg0 10.0.0.53 2001:db8::53|domain wg0 ")]
    [InlineData(false, false, "example.org", "dns wg0 10.0.0.53 2001:db8::53|domain wg0 example.org")]
    [InlineData(true, false, "example.org", "dns wg0 10.0.0.53 2001:db8::53|domain wg0 example.org ~.")]
    public void Resolvectl_is_told_servers_and_domains_and_that_all_questions_go_there_with_a_default_route(bool exclusive, bool isChange, string search, string expected)
    {
        Effect.Names names = Names(NameTool.Resolvectl, "wg0", exclusive, search.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(expected, string.Join('|', HostNames.SetCommands(names, isChange).Select(command => string.Join(' ', command.Arguments))));
        Assert.Equal("revert wg0", string.Join(' ', HostNames.RemoveCommand(names.Service)));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("lo.inet*\nlo.dhclient\ntun*\neth*", "tun.")]
    [InlineData("lo\n*\nwg*", "wg.")]
    public void The_tag_is_the_first_word_with_a_star(string interfaceOrder, string tag) => Assert.Equal(tag, HostNames.Tag(interfaceOrder.Split('\n')));

    [Fact]
    public void What_the_programs_say_is_read()
    {
        Assert.Equal(_servers, HostNames.ResolvconfServers("# resolv.conf from tun.wg0\nnameserver 10.0.0.53\nnameserver  2001:db8::53\nsearch example.org\nnameserver x\n"));
        Assert.Equal(_servers, HostNames.ResolvectlServers("Link 7 (wg0): 10.0.0.53 2001:db8::53\n"));
        Assert.Empty(HostNames.ResolvectlServers("Link 7 (wg0):\n"));
        Assert.Empty(HostNames.ResolvectlServers(""));
    }

    [Fact]
    public void The_firewalls_table_is_wg_quicks_under_another_name()
    {
        string script = FirewallScript.Make(InterfaceName.Parse("wg0"), new Effect.Firewall(false, 51820, [IpAddress.Parse("192.0.2.8")]));
        Assert.Equal("""
            add table ip wg-dynamic-wg0
            delete table ip wg-dynamic-wg0
            add table ip wg-dynamic-wg0
            add chain ip wg-dynamic-wg0 preraw { type filter hook prerouting priority -300; }
            add chain ip wg-dynamic-wg0 premangle { type filter hook prerouting priority -150; }
            add chain ip wg-dynamic-wg0 postmangle { type filter hook postrouting priority -150; }
            add rule ip wg-dynamic-wg0 preraw iifname != "wg0" ip daddr 192.0.2.8 fib saddr type != local drop
            add rule ip wg-dynamic-wg0 postmangle meta l4proto udp mark 51820 ct mark set mark
            add rule ip wg-dynamic-wg0 premangle meta l4proto udp meta mark set ct mark

            """, script);
        Assert.False(FirewallScript.CanName(InterfaceName.Parse("wg\"0;")));
    }

    [Fact]
    public async Task A_program_that_fails_says_why_in_one_line_and_one_that_is_missing_is_not_found()
    {
        ExternalProgram shell = ExternalProgram.Find("sh", TimeProvider.System)!;
        Assert.Equal("in and out", await shell.RunAsync(["-c", "cat"], "in and out"));
        EffectException failed = await Assert.ThrowsAsync<EffectException>(() => shell.RunAsync(["-c", "echo one >&2; printf 'two\\033' >&2; exit 3"]));
        Assert.Equal("sh -c echo one >&2; printf 'two\\033' >&2; exit 3: status 3: one; two?", failed.Message);
        Assert.Null(ExternalProgram.Find("no-such-program", TimeProvider.System));
    }

    [Fact]
    public async Task A_program_that_does_not_end_is_ended_and_one_whose_child_holds_its_output_is_not_waited_for()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new();
        Task<string> endless = ExternalProgram.Find("sleep", clock)!.RunAsync(["1000"]);
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("sleep 1000: does not end within 20 s", (await Assert.ThrowsAsync<EffectException>(() => endless)).Message);

        Assert.Equal("", await ExternalProgram.Find("sh", TimeProvider.System)!.RunAsync(["-c", "sleep 7 & echo said"]));
    }

    private static Effect.Names Names(NameTool tool, string record, bool exclusive, params string[] search) =>
        new(new NameService(tool, record), _servers, [.. search], exclusive);
}
