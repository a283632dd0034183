using System.Diagnostics;

namespace WgDynamic.EndToEnd;

/// <summary>
/// A machine with an /etc, /run and /usr/local/bin of its own, on which wg-quick makes <c>wg0</c>: its host's own interface
/// is gone, and its keys and its address are free for that.
/// </summary>
internal sealed class QuickMachine
{
    public const string Interface = "wg0";

    // What a command of this machine sees of it. Links lead to everything of /etc that the test does not have an own of.
    private const string Inside = """
        mount --bind /etc "$1/real-etc"
        mount --bind "$1/etc" /etc
        mount --bind "$1/bin" /usr/local/bin
        mount --bind "$1/run" /run
        shift
        exec "$@"
        """;

    private readonly Host _host;
    private readonly Host _peer;

    private QuickMachine(Host host, Host peer)
    {
        _host = host;
        _peer = peer;
    }

    /// <summary>Its /etc/wireguard/wg0.conf.</summary>
    public string File => Path.Combine(Etc, "wireguard", "wg0.conf");

    /// <summary>Its /etc.</summary>
    public string Etc => Path.Combine(_host.RuntimeDirectory, "etc");

    /// <summary>Its /run/wg-dynamic.</summary>
    public string Run => Path.Combine(_host.RuntimeDirectory, "run", "wg-dynamic");

    /// <summary>Its /run/wg-dynamic-quick.</summary>
    public string RunQuick => Run + "-quick";

    /// <summary>Its /usr/local/bin.</summary>
    public string Bin => Path.Combine(_host.RuntimeDirectory, "bin");

    /// <summary>The published wg-dynamic.</summary>
    public static string Program => Path.Combine(Backend.PublishDirectory, "wg-dynamic");

    /// <summary>Makes it of a host of a network.</summary>
    /// <param name="host">The host.</param>
    /// <param name="peer">The other end of the tunnel.</param>
    /// <param name="install">Whether <c>wg-dynamic quick install</c> has been run on it.</param>
    public static async Task<QuickMachine> CreateAsync(Host host, Host peer, bool install = true)
    {
        if (!System.IO.File.Exists("/usr/bin/wg-quick"))
            Assert.Skip("needs wg-quick of wireguard-tools, in /usr/bin");
        QuickMachine laptop = new(host, peer);
        await host.IpAsync($"link delete {host.Interface}");
        foreach (string directory in (string[])["real-etc", "etc/wireguard", "etc/systemd/system", "bin", "run/wireguard", "run/lock"])
            Directory.CreateDirectory(Path.Combine(host.RuntimeDirectory, directory));
        foreach (string entry in Directory.EnumerateFileSystemEntries("/etc").Select(entry => Path.GetFileName(entry)!).Except(["wireguard", "wg-dynamic", "systemd"]))
            System.IO.File.CreateSymbolicLink(Path.Combine(laptop.Etc, entry), Path.Combine(host.RuntimeDirectory, "real-etc", entry));
        System.IO.File.SetUnixFileMode(Path.GetDirectoryName(laptop.File)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (install)
            await laptop.SucceedAsync(Program, "quick", "install");
        return laptop;
    }

    /// <summary>Writes a client's /etc/wireguard/wg0.conf.</summary>
    /// <param name="more">What stands below [Interface] beside key and addresses.</param>
    /// <param name="allowedIPs">What leads to the hub.</param>
    /// <param name="addresses">The addresses.</param>
    public Task ConfigureAsync(string more = "", string allowedIPs = "fe80::/128", string addresses = "fe80::c:1/128, auto") =>
        WriteAsync($"""
            [Interface]
            PrivateKey = {_host.Keys.Private}
            Address = {addresses}
            {more}
            [Peer]
            PublicKey = {_peer.Keys.Public}
            Endpoint = 10.255.0.1:51820
            AllowedIPs = {allowedIPs}

            """);

    /// <summary>Writes a hub's /etc/wireguard/wg0.conf.</summary>
    /// <param name="more">What stands below [Interface] beside key, port and addresses.</param>
    public Task ConfigureHubAsync(string more) =>
        WriteAsync($"""
            [Interface]
            PrivateKey = {_host.Keys.Private}
            ListenPort = 51820
            Address = 192.168.4.1/28, 2001:db8:1234::1/124, fe80::/64
            {more}
            [Peer]
            PublicKey = {_peer.Keys.Public}
            AllowedIPs = fe80::c:1/128

            """);

    private async Task WriteAsync(string configuration)
    {
        await System.IO.File.WriteAllTextAsync(File, configuration);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Runs a command on it, found by PATH as a login finds it.</summary>
    /// <returns>The status, and what it wrote to both streams.</returns>
    public async Task<(int Status, string Output)> RunAsync(params string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            "ip",
            ["netns", "exec", _host.Network.Name, "unshare", "--mount", "sh", "-ec", Inside, "sh", _host.RuntimeDirectory, "sh", "-c", "exec \"$@\" 2>&1", "sh", .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
        })!;
        // Daemons in the background let go of it.
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    /// <summary>Runs a command that must succeed.</summary>
    /// <returns>What it wrote.</returns>
    public async Task<string> SucceedAsync(params string[] command)
    {
        (int status, string output) = await RunAsync(command);
        Assert.True(status == 0, $"{string.Join(' ', command)}: status {status}:\n{output}");
        return output;
    }

    /// <summary>Waits until wg0 has an address of either family beside its link-local one.</summary>
    public Task<string[]> LeasedAsync() => Until.AsExpectedAsync(() => _host.AddressesAsync(Interface), addresses => addresses.Length == 2);

    /// <summary>The client that runs; 0 if none does.</summary>
    public int ClientId =>
        Directory.Exists(Run) && Directory.GetFiles(Run, "wg0.*.client.lock") is [var file]
            && int.TryParse(System.IO.File.Exists(file) ? new StreamReader(Cat(file)).ReadLine() : null, out int id) && IsClient(id) ? id : 0;

    /// <summary>All that wg-quick and the client may change, sorted.</summary>
    public async Task<string> EverythingAsync()
    {
        List<string> lines = [];
        foreach (string arguments in (string[])["-o address show", "-4 route show table all", "-6 route show table all", "-4 rule show", "-6 rule show"])
            lines.AddRange((await _host.IpAsync(arguments)).Split('\n').Select(line => $"{arguments}: {line}"));
        string tables = (await RunAsync("sh", "-c", "nft list tables 2>/dev/null || :")).Output;
        // The wire's own link-local address comes when it likes.
        return string.Join('\n', lines.Append(tables).Where(line => !(line.Contains("wire", StringComparison.Ordinal) && line.Contains("fe80:", StringComparison.Ordinal))
            && !line.Contains("multicast ff00::/8 dev wire", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    /// <summary>Nothing is left of a tunnel: no interface, no client, no file with a key.</summary>
    /// <param name="before"><see cref="EverythingAsync"/> before it was.</param>
    public async Task AssertNothingLeftAsync(string before)
    {
        Assert.Equal(before, await EverythingAsync());
        await Until.AsExpectedAsync(() => Task.FromResult(ClientId), id => id == 0);
        foreach (string directory in new[] { Run, RunQuick }.Where(Directory.Exists))
            Assert.Equal([], Directory.EnumerateFileSystemEntries(directory).Where(entry => !entry.EndsWith(".lock", StringComparison.Ordinal)));
    }

    private static bool IsClient(int id) =>
        System.IO.File.Exists($"/proc/{id}/cmdline") && System.IO.File.ReadAllText($"/proc/{id}/cmdline").Contains("wg-dynamic-client\0", StringComparison.Ordinal);

    // .NET would ask for a lock on it.
    private static Stream Cat(string file) => Process.Start(new ProcessStartInfo("cat", [file]) { RedirectStandardOutput = true })!.StandardOutput.BaseStream;
}
