namespace WgDynamic.EndToEnd;

/// <summary>eng/install.sh, as on a distribution without .deb packages.</summary>
public sealed class InstallScenarios
{
    private const string Script = DebianRoot.Repository + "/eng/install.sh";
    private const string Manifest = "/usr/local/share/wg-dynamic/installed";

    [Fact]
    public async Task What_was_installed_by_hand_is_taken_back_and_nothing_else()
    {
        await using DebianRoot root = await DebianRoot.CreateAsync();
        string[] before = await root.FilesAsync();

        string said = await root.SucceedAsync(Script);

        Assert.Contains("wg-dynamic quick install", said, StringComparison.Ordinal);
        foreach (string program in (string[])["wg-dynamic", "wg-dynamic-client", "wg-dynamic-server"])
            Assert.Matches(@"^\d+\.\d+\.\d+", await root.SucceedAsync(program, "--version"));
        foreach (string daemon in (string[])["server", "client"])
            Assert.Contains($"ExecStart=/usr/local/sbin/wg-dynamic-{daemon} ", root.Read($"/usr/local/lib/systemd/system/wg-dynamic-{daemon}@.service"), StringComparison.Ordinal);
        Assert.Equal("drwxr-x--- wg-dynamic:wg-dynamic", await root.SucceedAsync("find", "/var/lib/wg-dynamic", "-maxdepth", "0", "-printf", "%M %u:%g"));

        await root.SucceedAsync("wg-dynamic", "quick", "install");
        said = await root.SucceedAsync(Script, "--uninstall");

        Assert.Contains("[#] rm -f /usr/local/sbin/wg-dynamic-server\n", said, StringComparison.Ordinal);
        Assert.Equal(DebianRoot.WithoutBooks(before), DebianRoot.WithoutBooks(await root.FilesAsync()));
    }

    [Fact]
    public async Task Configuration_and_leases_are_left_alone_and_files_of_an_older_version_are_not()
    {
        await using DebianRoot root = await DebianRoot.CreateAsync();
        await root.SucceedAsync(Script, "--prefix", "/usr/local/");
        root.Write("/usr/local/share/man/man8/wg-dynamic-old.8", "");
        root.Write(Manifest, root.Read(Manifest) + "/usr/local/share/man/man8/wg-dynamic-old.8\n");
        root.Write("/etc/wg-dynamic/wg0.conf", "[Server]\n");
        root.Write("/var/lib/wg-dynamic/wg0.db", "leases");
        root.Write("/usr/local/share/man/man8/another.8", "");

        await root.SucceedAsync(Script);

        Assert.False(File.Exists(root.Outside("/usr/local/share/man/man8/wg-dynamic-old.8")));

        string said = await root.SucceedAsync(Script, "--uninstall");

        Assert.Contains("left alone: /etc/wg-dynamic\nleft alone: /var/lib/wg-dynamic\n", said, StringComparison.Ordinal);
        Assert.Equal("[Server]\n", root.Read("/etc/wg-dynamic/wg0.conf"));
        Assert.Equal("leases", root.Read("/var/lib/wg-dynamic/wg0.db"));
        Assert.Equal("/usr/local/share/man/man8/another.8\n", await root.SucceedAsync("find", "/usr/local/share/man", "-type", "f"));
        (int status, said) = await root.RunAsync(Script, "--uninstall");
        Assert.Equal((1, $"install.sh: nothing was installed with this script in /usr/local: there is no {Manifest}\n"), (status, said));
    }

    [Fact]
    public async Task Beside_the_Debian_package_it_refuses_and_says_what_to_do()
    {
        await using DebianRoot root = await DebianRoot.CreateAsync();
        await root.DpkgAsync("--install", "now");
        string[] before = await root.FilesAsync();

        (int status, string said) = await root.RunAsync(Script);

        Assert.Equal(1, status);
        Assert.Contains("the Debian package wg-dynamic is installed", said, StringComparison.Ordinal);
        Assert.Contains("apt-get remove wg-dynamic", said, StringComparison.Ordinal);
        Assert.Equal(before, await root.FilesAsync());
    }
}
