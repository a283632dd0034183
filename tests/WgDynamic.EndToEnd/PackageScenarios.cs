using System.Diagnostics;
using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>The Debian packages on a small Debian: what they put there, what they leave, and that wg-quick works all the while.</summary>
public sealed class PackageScenarios
{
    private const string WgQuick = "/usr/bin/wg-quick";
    private const string StockWgQuick = "/usr/lib/wg-dynamic/wg-quick";

    // Where PowerShell looks for modules; the package's is elsewhere.
    private const string KnownModule = "/usr/local/share/powershell/Modules/WgDynamic";

    [Fact]
    public async Task Lintian_has_neither_errors_nor_warnings()
    {
        string[] packages = DebianRoot.Packages("now");
        if (!Command.Exists("lintian"))
            Assert.Skip("needs lintian, which eng/test.sh installs where there is apt-get");

        using Process lintian = Process.Start(new ProcessStartInfo("lintian", ["--fail-on", "error,warning", "--info", "--allow-root", .. packages])
        {
            RedirectStandardOutput = true,
        })!;
        string said = await lintian.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await lintian.WaitForExitAsync(TestContext.Current.CancellationToken);

        // For people: what it is.
        await File.WriteAllTextAsync(Path.Combine(Backend.RepositoryRoot, "artifacts", "lintian.txt"), said, TestContext.Current.CancellationToken);
        Assert.True(lintian.ExitCode == 0, said);
    }

    [Fact]
    public async Task Packages_have_the_version_of_the_programs_and_made_again_hold_the_same_bytes()
    {
        string[] packages = DebianRoot.Packages("now");
        string version = (await Command.RunAsync(Path.Combine(Backend.PublishDirectory, "wg-dynamic"), "--version")).Split('+')[0];
        string again = Directory.CreateTempSubdirectory("wgd-deb-").FullName;
        try
        {
            await Command.RunAsync("env", "DPKG_DEB_COMPRESSOR_TYPE=gzip", Path.Combine(Backend.RepositoryRoot, "eng", "package.sh"), "--no-build", "--output", again);

            foreach (string package in packages)
            {
                Assert.Contains($"_{version}-1_", package, StringComparison.Ordinal);
                if (package.Contains("-server_", StringComparison.Ordinal)) // .NET loads it by name, so dpkg-shlibdeps does not see it
                    Assert.Contains("libssl3", await Command.RunAsync("dpkg-deb", "--field", package, "Depends"), StringComparison.Ordinal);
                Assert.Equal(await SumAsync(package), await SumAsync(Path.Combine(again, Path.GetFileName(package))));
            }
        }
        finally
        {
            Directory.Delete(again, recursive: true);
        }
    }

    [Fact]
    public async Task Purged_packages_leave_nothing_but_their_user_and_the_persons_files_and_can_be_installed_again()
    {
        await using DebianRoot root = await DebianRoot.CreateAsync();
        string[] before = await root.FilesAsync();
        string stock = root.Read(WgQuick);

        await root.DpkgAsync("--install", "now");

        await AssertInstalledAsync(root, stock);
        root.Write("/var/lib/wg-dynamic/wg0.db", "leases");
        root.Write("/etc/wg-dynamic/wg0.conf", "[Server]\n");
        const string enabled = "/etc/systemd/system/sys-subsystem-net-devices-wg0.device.wants/wg-dynamic-server@wg0.service";
        Directory.CreateDirectory(Path.GetDirectoryName(root.Outside(enabled))!);
        File.CreateSymbolicLink(root.Outside(enabled), "/usr/lib/systemd/system/wg-dynamic-server@.service");

        await root.SucceedAsync(["dpkg", "--remove", .. DebianRoot.Ours]);

        Assert.Equal(stock, root.Read(WgQuick));
        Assert.Equal("leases", root.Read("/var/lib/wg-dynamic/wg0.db"));

        await root.SucceedAsync(["dpkg", "--purge", .. DebianRoot.Ours]);

        Assert.Equal("", await root.SucceedAsync("dpkg", "--audit"));
        Assert.Equal("[Server]\n", root.Read("/etc/wg-dynamic/wg0.conf"));
        Directory.Delete(root.Outside("/etc/wg-dynamic"), recursive: true);
        Assert.Equal(DebianRoot.WithoutBooks(before), DebianRoot.WithoutBooks(await root.FilesAsync()));
        Assert.Contains("wg-dynamic:", root.Read("/etc/passwd"), StringComparison.Ordinal);

        await root.DpkgAsync("--install", "now");

        await AssertInstalledAsync(root, stock);
    }

    // The person's tunnels are served by what is in the files, and he finds them where they were.
    [Fact]
    public async Task An_upgrade_keeps_leases_configuration_and_wg_quick()
    {
        await using DebianRoot root = await DebianRoot.CreateAsync();
        string stock = root.Read(WgQuick);
        await root.DpkgAsync("--install", "now");
        root.Write("/var/lib/wg-dynamic/wg0.db", "leases");
        root.Write("/etc/wg-dynamic/wg0.conf", "[Server]\n");

        await root.DpkgAsync("--install", "next");

        await AssertInstalledAsync(root, stock);
        Assert.Equal("99", await root.SucceedAsync("dpkg-query", "-W", "-f", "${Version}", "wg-dynamic"));
        Assert.Equal("leases", root.Read("/var/lib/wg-dynamic/wg0.db"));
        Assert.Equal("[Server]\n", root.Read("/etc/wg-dynamic/wg0.conf"));
    }

    [Fact]
    public async Task Wg_quick_works_at_every_instant_of_installing_upgrading_and_removing()
    {
        await using DebianRoot root = await DebianRoot.CreateAsync();
        root.Write("/etc/wireguard/wg0.conf", "[Interface]\nAddress = 192.0.2.1/32\nListenPort = 1\n");
        // Looking is quick enough to see what dpkg takes away for a moment.
        Task<(int Status, string Output)> looks = root.RunAsync("sh", "-c", """
            until [ -e /stop ]; do
                [ -x /usr/bin/wg-quick ] || { echo "it was gone"; exit 1; }
            done
            """);
        Task<(int Status, string Output)> calls = root.RunAsync("sh", "-c", """
            calls=0
            until [ -e /stop ]; do
                said=$(wg-quick strip wg0 2>&1) && [ "$said" = "[Interface]
            ListenPort = 1" ] || { echo "call $calls: $said"; exit 1; }
                calls=$((calls + 1))
                : >/called
            done
            [ $calls -ge 20 ] || { echo "only $calls calls"; exit 1; }
            """);
        await Until.AsExpectedAsync(() => Task.FromResult(File.Exists(root.Outside("/called"))), called => called);

        await root.DpkgAsync("--install", "now");
        await root.DpkgAsync("--install", "next");
        await root.SucceedAsync(["dpkg", "--remove", .. DebianRoot.Ours]);
        await root.DpkgAsync("--install", "next");
        await root.SucceedAsync(["dpkg", "--purge", .. DebianRoot.Ours]);
        root.Write("/stop", "");

        Assert.Equal((0, ""), await looks);
        Assert.Equal((0, ""), await calls);
    }

    [Fact]
    public async Task Wireguard_tools_may_be_upgraded_and_removed_beside()
    {
        await using DebianRoot root = await DebianRoot.CreateAsync();
        string stock = root.Read(WgQuick);
        await root.DpkgAsync("--install", "now");
        // As an upgrade would, it brings another file.
        root.Write(StockWgQuick, "#!/bin/false\n");

        await root.DpkgAsync("--install", "stock");

        await AssertInstalledAsync(root, stock);

        await root.SucceedAsync("dpkg", "--force-depends", "--remove", "wireguard-tools");
        (int status, string said) = await root.RunAsync("wg-quick", "up", "wg0");

        Assert.Equal(1, status);
        Assert.Contains("install wireguard-tools", said, StringComparison.Ordinal);

        await root.SucceedAsync(["dpkg", "--remove", .. DebianRoot.Ours]);

        Assert.False(File.Exists(root.Outside(WgQuick)));
        Assert.False(Directory.Exists(root.Outside("/usr/lib/wg-dynamic")));
        Assert.DoesNotContain("wg-quick", await root.SucceedAsync("dpkg-divert", "--list"), StringComparison.Ordinal);

        await root.DpkgAsync("--install", "stock");

        Assert.Equal(stock, root.Read(WgQuick));
    }

    [Fact]
    public async Task An_installation_that_fails_or_is_cut_off_leaves_the_wg_quick_that_was_there()
    {
        await using DebianRoot root = await DebianRoot.CreateAsync();
        string[] before = await root.FilesAsync();
        string stock = root.Read(WgQuick);
        // Somebody has put his own in its place, as we do.
        await root.SucceedAsync("dpkg-divert", "--local", "--rename", "--divert", "/usr/bin/wg-quick.stock", "--add", WgQuick);
        root.Write(WgQuick, "his\n");

        (int status, string said) = await root.RunAsync(["dpkg", "--install", .. DebianRoot.Inside(DebianRoot.Packages("now"))]);

        Assert.NotEqual(0, status);
        Assert.Contains("clashes", said, StringComparison.Ordinal);
        await root.SucceedAsync(["dpkg", "--purge", .. DebianRoot.Ours]);
        Assert.Equal("his\n", root.Read(WgQuick));
        File.Delete(root.Outside(WgQuick));
        await root.SucceedAsync("dpkg-divert", "--local", "--rename", "--remove", WgQuick);
        Assert.Equal(DebianRoot.WithoutBooks(before), DebianRoot.WithoutBooks(await root.FilesAsync()));

        // Cut off between unpacking and configuring, and then removed: there is no prerm.
        await root.DpkgAsync("--install", "now");
        await root.DpkgAsync("--unpack", "next");
        await root.SucceedAsync(["dpkg", "--purge", .. DebianRoot.Ours]);

        Assert.Equal(stock, root.Read(WgQuick));
        Assert.Equal(DebianRoot.WithoutBooks(before), DebianRoot.WithoutBooks(await root.FilesAsync()));
    }

    [Fact]
    public async Task A_tunnel_with_auto_needs_the_packages_alone_and_outlives_them()
    {
        await using Network network = await Network.CreateAsync();
        await using DebianRoot hub = await DebianRoot.CreateAsync(), laptop = await DebianRoot.CreateAsync();
        await hub.DpkgAsync("--install", "now");
        await laptop.DpkgAsync("--install", "now");
        await network.Hub.IpAsync($"link delete {network.Hub.Interface}");
        await network.Client.IpAsync($"link delete {network.Client.Interface}");
        hub.Write("/etc/wireguard/wg1.conf", $"""
            [Interface]
            PrivateKey = {network.Hub.Keys.Private}
            ListenPort = 51820
            Address = 192.168.4.1/28, 2001:db8:1234::1/124, fe80::/64
            PostUp = wg-dynamic-server %i
            [Peer]
            PublicKey = {network.Client.Keys.Public}
            AllowedIPs = fe80::c:1/128

            """);
        laptop.Write("/etc/wireguard/wg0.conf", $"""
            [Interface]
            PrivateKey = {network.Client.Keys.Private}
            Address = fe80::c:1/128, auto
            [Peer]
            PublicKey = {network.Hub.Keys.Public}
            Endpoint = 10.255.0.1:51820
            AllowedIPs = fe80::/128, {Network.Pool4}, {Network.Pool6}

            """);

        await hub.SucceedInAsync(network.Hub.Network, "wg-quick", "up", "wg1");
        await laptop.SucceedInAsync(network.Client.Network, "wg-quick", "up", "wg0");
        string[] leased = await LeasedAsync();
        await network.Client.PingAsync("192.168.4.1", leased[0].Split('/')[0]);
        await network.Client.PingAsync("2001:db8:1234::1", leased[1].Split('/')[0]);
        Assert.True(File.Exists(hub.Outside("/var/lib/wg-dynamic/wg1.db")));
        await laptop.SucceedInAsync(network.Client.Network, "wg-quick", "down", "wg0");
        Assert.DoesNotContain("wg0", await network.Client.IpAsync("link show"), StringComparison.Ordinal);

        await laptop.SucceedInAsync(network.Client.Network, "wg-quick", "up", "wg0");
        Assert.Equal(leased, await LeasedAsync());
        await laptop.SucceedAsync(["dpkg", "--purge", .. DebianRoot.Ours]);
        Assert.Equal(leased, await LeasedAsync());
        await network.Client.PingAsync("192.168.4.1", leased[0].Split('/')[0]);
        await laptop.SucceedInAsync(network.Client.Network, "wg-quick", "down", "wg0");
        Assert.DoesNotContain("wg0", await network.Client.IpAsync("link show"), StringComparison.Ordinal);

        Task<string[]> LeasedAsync() => Until.AsExpectedAsync(() => network.Client.AddressesAsync("wg0"), addresses => addresses.Length == 2);
    }

    [Fact]
    public async Task A_module_that_the_person_has_put_there_stays()
    {
        await using DebianRoot root = await DebianRoot.CreateAsync();
        root.Write($"{KnownModule}/1.0/WgDynamic.psd1", "his");

        Assert.Contains($"{KnownModule} is there already and stays", await root.DpkgAsync("--install", "now"), StringComparison.Ordinal);
        await root.SucceedAsync(["dpkg", "--purge", .. DebianRoot.Ours]);

        Assert.Equal("his", root.Read($"{KnownModule}/1.0/WgDynamic.psd1"));
    }

    // Of what is in it: those for the tests are compressed less.
    private static Task<string> SumAsync(string package) =>
        Command.RunAsync("sh", "-ec", "{ dpkg-deb --ctrl-tarfile \"$1\"; dpkg-deb --fsys-tarfile \"$1\"; } | sha256sum", "sh", package);

    // All that is promised of an installed package.
    private static async Task AssertInstalledAsync(DebianRoot root, string stock)
    {
        Assert.Equal("", await root.SucceedAsync("dpkg", "--audit"));
        Assert.Equal("", await root.SucceedAsync(["dpkg", "--verify", .. DebianRoot.Ours]));
        foreach (string program in (string[])["wg-dynamic", "wg-dynamic-client", "wg-dynamic-server"])
            Assert.Equal(await Command.RunAsync(Path.Combine(Backend.PublishDirectory, program), "--version"), await root.SucceedAsync(program, "--version"));
        Assert.Equal(root.Read($"{DebianRoot.Repository}/packaging/wg-quick"), await root.SucceedAsync("cat", WgQuick));
        Assert.Equal(stock, root.Read(StockWgQuick));
        Assert.Contains(WgQuick, await root.SucceedAsync("dpkg-divert", "--list", "*wg-quick*"), StringComparison.Ordinal);
        Assert.Contains("ModuleVersion", await root.SucceedAsync("sh", "-c", $"cat {KnownModule}/*/WgDynamic.psd1"), StringComparison.Ordinal);
        Assert.Equal("wg-dynamic:x:/var/lib/wg-dynamic:/usr/sbin/nologin", await root.SucceedAsync("sh", "-c", "getent passwd wg-dynamic | cut -d: -f1,2,6,7 | tr -d '\n'"));
        Assert.Equal("drwxr-x--- wg-dynamic:wg-dynamic", await root.SucceedAsync("find", "/var/lib/wg-dynamic", "-maxdepth", "0", "-printf", "%M %u:%g"));
        Assert.Equal("drwxr-sr-x wg-dynamic:wg-dynamic", await root.SucceedAsync("find", "/run/wg-dynamic", "-maxdepth", "0", "-printf", "%M %u:%g"));
    }
}
