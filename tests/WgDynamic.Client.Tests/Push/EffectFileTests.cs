using WgDynamic.Netlink;

namespace WgDynamic.Client.Tests;

public sealed class EffectFileTests : IDisposable
{
    private static readonly Effect[] _everyKind =
    [
        new Effect.AllowedIPs(FakeMachine.Server, [IpPrefix.Parse("10.0.0.0/8"), IpPrefix.Parse("2001:db8::/32")]),
        new Effect.Mtu(1380, 1420),
        new Effect.PacketMark(51820),
        new Effect.ValidMark(),
        new Effect.Firewall(true, 51820, []),
        new Effect.Firewall(false, 51820, [IpAddress.Parse("192.0.2.8")]),
        new Effect.TunnelRoute(IpPrefix.Parse("::/0"), uint.MaxValue),
        new Effect.Rule(new RoutingRule { IsIPv6 = true, Priority = 32764, Table = 254, SuppressPrefixLength = 0 }),
        new Effect.Rule(new RoutingRule { IsIPv6 = false, Priority = 32765, Table = 51820, Mark = 51820, Invert = true }),
        new Effect.Names(new NameService(NameTool.Resolvconf, "tun.wg0"), [IpAddress.Parse("10.0.0.53"), IpAddress.Parse("2001:db8::53")], ["example.org", "example.net"], false),
        new Effect.Names(new NameService(NameTool.Resolvectl, "wg0"), [IpAddress.Parse("10.0.0.53")], [], true),
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("wgd-effects-").FullName;

    private EffectFile Effects(int index = 7) => new(FilePath, InterfaceName.Parse("wg0"), index);

    private string FilePath => Path.Combine(_directory, "wg0.client.state");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_saved_is_loaded(bool settled)
    {
        Effects().Save(_everyKind, settled);
        LeftEffects left = Effects().Load();
        Assert.Equal((true, settled), (left.SameInterface, left.Settled));
        Assert.Equal(_everyKind, left.Effects);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_directory));
    }

    [Fact]
    public void Where_nothing_is_in_force_there_is_no_file()
    {
        EffectFile file = Effects();
        file.Save([], settled: true);
        file.Save(_everyKind, settled: true);
        file.Save([], settled: true);
        Assert.Empty(Directory.GetFiles(_directory));
        Assert.Empty(file.Load().Effects);
    }

    [Theory]
    [InlineData("")]
    [InlineData("mtu 1 2\n")]
    [InlineData("interface 7\nsettled\nmtu 1380\n")]
    [InlineData("interface 7\nsettled\nmtu 1380 -1\n")]
    [InlineData("interface 7\nsettled\nroute 10.0.0.1/8 254\n")]
    [InlineData("interface 7\nsettled\nnames resolvconf wg0 shared 10.0.0.53\n")]
    [InlineData("interface 7\nsettled\nformat c\n")]
    [InlineData("interface 7\nsettled\nnames resolvconf -D shared 10.0.0.53 -\n")]
    [InlineData("interface 7\nsettled\nnames resolvconf eth0 shared 10.0.0.53 -\n")]
    [InlineData("interface 7\nsettled\nnames resolvconf -x.wg0 shared 10.0.0.53 -\n")]
    [InlineData("interface 7\nsettled\nnames resolvconf ../tun.wg0 shared 10.0.0.53 -\n")]
    [InlineData("interface 7\nsettled\nnames resolvectl wg0 shared 10.0.0.53 - --option\n")]
    [InlineData("interface 7\nsettled\nnames resolvectl wg0 shared --option -\n")]
    public void What_this_program_has_not_written_is_refused(string text)
    {
        File.WriteAllText(FilePath, text);
        Assert.Throws<FormatException>(() => Effects().Load());
    }

    [Fact]
    public void A_link_that_somebody_has_put_there_leads_nowhere()
    {
        string secret = Path.Combine(_directory, "secret");
        File.WriteAllText(secret, "root:secret");
        File.CreateSymbolicLink(FilePath, secret);
        Assert.DoesNotContain("root:", Assert.Throws<IOException>(() => Effects().Load()).Message, StringComparison.Ordinal);

        // And writing replaces the links themselves.
        File.CreateSymbolicLink(FilePath + ".new", secret);
        Effects().Save(_everyKind, settled: true);
        Assert.Equal("root:secret", File.ReadAllText(secret));
        Assert.Equal(_everyKind, Effects().Load().Effects);
    }

    [Fact]
    public async Task Where_the_lease_goes_on_the_next_client_carries_on_and_takes_no_step()
    {
        (FakeMachine machine, EffectFile file) = await KilledAsync();
        string before = machine.Everything;
        int steps = machine.Taken.Count;
        Applier next = await TakeOverAsync(file, machine, isLeased: true);
        Assert.Null(await next.ApplyAsync(ApplierTests.State("0.0.0.0/0", dns: "10.0.0.53", mtu: 1380)));
        Assert.Equal((before, steps), (machine.Everything, machine.Taken.Count));
    }

    [Fact]
    public async Task Where_the_lease_is_over_the_next_client_undoes_everything()
    {
        (FakeMachine machine, EffectFile file) = await KilledAsync();
        Applier next = await TakeOverAsync(file, machine, isLeased: false);
        Assert.Equal((new FakeMachine().Everything, 0), (machine.Everything, next.Current.Count));
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task Of_an_interface_that_was_made_anew_only_what_outlives_one_is_undone()
    {
        (FakeMachine machine, _) = await KilledAsync();
        machine.LoseRoutes();
        machine.LoseAllowedIPs();
        machine.Mtu = 1380;
        await TakeOverAsync(Effects(8), machine, isLeased: true);
        // It looks like the old one's MTU, and is the new one's.
        Assert.Equal(new FakeMachine { Mtu = 1380 }.Everything, machine.Everything);
        Assert.DoesNotContain(machine.Taken, step => step.To is null && !step.From!.OutlivesInterface);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_does_not_keep_the_next_client_from_serving()
    {
        await File.WriteAllTextAsync(FilePath, "nonsense", TestContext.Current.CancellationToken);
        Assert.Empty((await TakeOverAsync(Effects(), new FakeMachine(), isLeased: true)).Current);
    }

    private async Task<(FakeMachine Machine, EffectFile File)> KilledAsync()
    {
        FakeMachine machine = new();
        EffectFile file = Effects();
        Assert.Null(await new Applier(machine, file, RouteTable.Auto, []).ApplyAsync(ApplierTests.State("0.0.0.0/0", dns: "10.0.0.53", mtu: 1380)));
        return (machine, file);
    }

    private static Task<Applier> TakeOverAsync(EffectFile file, FakeMachine machine, bool isLeased) =>
        Recovery.TakeOverAsync(file, machine, new ClientOptions { Interface = InterfaceName.Parse("wg0") }, isLeased, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
}
