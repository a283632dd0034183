using WgDynamic.TestKit;
using static WgDynamic.EndToEnd.SystemdMachine;

namespace WgDynamic.EndToEnd;

/// <summary>The packages' maintainer scripts where there is a systemd that runs our units.</summary>
[Collection(Collection)]
public class SystemdPackageScenarios
{
    // One test, as dpkg takes its time on an emulated processor.
    [Fact]
    public async Task An_upgrade_restarts_the_daemons_with_their_leases_and_purging_ends_them_and_leaves_interfaces()
    {
        const string OtherServer = "wg-dynamic-server@wg9";
        await using SystemdMachine machine = await CreateAsync();
        await using DaemonProcess server = await machine.FarHubAsync();
        await machine.BringClientUpAsync($"fe80::/128, {Network.Pool4}, {Network.Pool6}");
        await ShellAsync("""
            ip link add wg9 type wireguard
            ip link set wg9 up
            ip address add 198.18.0.1/24 dev wg9
            ip address add fe80::/64 dev wg9
            """);
        await SystemctlAsync($"enable --now {Client} {OtherServer}");
        string[] leased = await machine.LeasedAsync();
        int client = await ProcessIdAsync(Client), otherServer = await ProcessIdAsync(OtherServer);

        await DpkgAsync("--install", "next");

        Assert.NotEqual(client, await ProcessIdAsync(Client));
        Assert.NotEqual(otherServer, await ProcessIdAsync(OtherServer));
        Assert.Equal("ActiveState=active", await ShowAsync(OtherServer, "ActiveState"));
        Assert.Equal(leased, await machine.LeasedAsync());

        try
        {
            await ShellAsync($"dpkg --purge {string.Join(' ', DebianRoot.Ours)}");

            Assert.Equal("ActiveState=inactive LoadState=not-found", await ShowAsync(Client, "ActiveState,LoadState"));
            Assert.Equal("ActiveState=inactive LoadState=not-found", await ShowAsync(OtherServer, "ActiveState,LoadState"));
            Assert.Empty(await AddressesAsync());
            Assert.Equal("", await ShellAsync("ip link show dev wg0 >/dev/null; ip link show dev wg9 >/dev/null; find /etc/systemd /var/lib -name '*wg-dynamic*' ! -path '/var/lib/dpkg/*'"));
        }
        finally
        {
            await ShellAsync("ip link delete wg9");
            await DpkgAsync("--install", "now");
        }
    }

    private static Task<string> DpkgAsync(string action, string version) => Command.RunAsync("dpkg", [action, .. DebianRoot.Packages(version)]);
}
