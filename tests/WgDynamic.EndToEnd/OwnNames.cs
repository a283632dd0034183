using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>
/// A client with a resolv.conf(5) of its own and openresolv to manage it, as if it were alone on its machine. The files
/// of openresolv are those that eng/test.sh has unpacked: installed, it would take over the machine's own resolv.conf.
/// </summary>
internal static class OwnNames
{
    private static readonly string _openresolv = Path.Combine(Backend.RepositoryRoot, "artifacts", "openresolv");

    /// <summary>What to start the client through: <see cref="Host.StartClientThrough"/>. Names are nobody's to look up before.</summary>
    public static async Task<string[]> ThroughAsync(Host host)
    {
        if (!File.Exists(Path.Combine(_openresolv, "sbin", "resolvconf")))
            Assert.Skip($"needs openresolv in {_openresolv}, where eng/test.sh puts it");
        string etc = Directory.CreateDirectory(Path.Combine(host.RuntimeDirectory, "etc")).FullName;
        await Command.RunAsync("cp", "-a", "/etc/.", etc);
        File.Delete(Path.Combine(etc, "resolv.conf"));
        await File.WriteAllTextAsync(Path.Combine(etc, "resolv.conf"), "nameserver 192.0.2.1\n");
        await File.WriteAllTextAsync(Path.Combine(etc, "nsswitch.conf"), "hosts: dns\n");
        File.Copy(Path.Combine(_openresolv, "etc", "resolvconf.conf"), Path.Combine(etc, "resolvconf.conf"), overwrite: true);
        return ["unshare", "-m", "sh", "-ec", """
            mkdir -p /run/resolvconf
            mount -t tmpfs none /run/resolvconf
            mount --bind "$1" /etc
            PATH=$2:$PATH
            shift 2
            exec "$@"
            """, "sh", etc, Path.Combine(_openresolv, "sbin")];
    }

    /// <summary>Runs a program where the client is, and sees names as it does.</summary>
    public static Task<string> RunAsync(DaemonProcess client, params string[] command) =>
        Command.RunAsync("nsenter", ["-t", $"{client.Id}", "-m", "-n", .. command]);
}
