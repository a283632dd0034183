using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>
/// A client with a resolv.conf(5) of its own and openresolv or systemd-resolved to manage names, as if it were alone on
/// its machine. Their files are those that eng/test.sh has unpacked: installed, they would take over the machine's own.
/// </summary>
internal static class OwnNames
{
    private static readonly string _openresolv = Path.Combine(Backend.RepositoryRoot, "artifacts", "openresolv");
    private static readonly string _resolved = Path.Combine(Backend.RepositoryRoot, "artifacts", "systemd-resolved");

    /// <summary>Where resolvectl(1) is.</summary>
    public static string ResolvectlDirectory => Path.Combine(_resolved, "usr", "bin");

    // Of its own version: the machine may have another.
    private static string ResolvedLibraries => Directory.GetFiles(_resolved, "libsystemd-shared-*.so", SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!).First();

    /// <summary>What to start a client through that has openresolv: <see cref="Host.StartClientThrough"/>.</summary>
    public static async Task<string[]> ThroughAsync(Host host)
    {
        string etc = await OwnConfigurationAsync(host);
        Directory.CreateDirectory(Path.Combine(host.RuntimeDirectory, "bin"));
        Install(Path.Combine(host.RuntimeDirectory, "bin"), etc);
        return ["unshare", "-m", "sh", "-ec", """
            mkdir -p /run/resolvconf
            mount -t tmpfs none /run/resolvconf
            mount --bind "$1" /etc
            PATH=$2:$PATH
            shift 2
            exec "$@"
            """, "sh", etc, Path.Combine(host.RuntimeDirectory, "bin")];
    }

    /// <summary>Gives a machine openresolv.</summary>
    /// <param name="bin">A directory of its PATH.</param>
    /// <param name="etc">Its /etc.</param>
    public static void Install(string bin, string etc)
    {
        string program = Path.Combine(_openresolv, "sbin", "resolvconf");
        Require(program);
        File.Copy(Path.Combine(_openresolv, "etc", "resolvconf.conf"), Path.Combine(etc, "resolvconf.conf"), overwrite: true);
        File.CreateSymbolicLink(Path.Combine(bin, "resolvconf"), program);
    }

    /// <summary>What to start a client through that has systemd-resolved, running, and no resolvconf.</summary>
    public static async Task<string[]> ThroughResolvedAsync(Host host)
    {
        Require(Path.Combine(_resolved, "usr", "bin", "resolvectl"));
        string etc = await OwnConfigurationAsync(host), bus = Path.Combine(host.RuntimeDirectory, "bus.conf");
        // Who is allowed what on a bus does not matter to anybody alone.
        await File.WriteAllTextAsync(bus, """
            <busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
            <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy></busconfig>
            """);
        await File.AppendAllTextAsync(Path.Combine(etc, "passwd"), "systemd-resolve:x:991:991::/:/usr/sbin/nologin\n");
        await File.AppendAllTextAsync(Path.Combine(etc, "group"), "systemd-resolve:x:991:\n");
        return ["unshare", "-m", "sh", "-ec", """
            mkdir -p /run/dbus /run/systemd
            mount -t tmpfs none /run/dbus
            mount -t tmpfs none /run/systemd
            mount --bind "$1" /etc
            export LD_LIBRARY_PATH="$3"
            "$4/usr/bin/dbus-daemon" --config-file="$2" --nofork --nopidfile >/dev/null 2>"$1/bus.log" &
            until [ -S /run/dbus/system_bus_socket ]; do kill -0 $!; sleep 0.05; done
            "$4/lib/systemd/systemd-resolved" >/dev/null 2>"$1/resolved.log" &
            until "$4/usr/bin/resolvectl" status >/dev/null 2>&1; do kill -0 $!; sleep 0.05; done
            PATH=$4/usr/bin
            shift 4
            exec "$@"
            """, "sh", etc, bus, ResolvedLibraries, _resolved];
    }

    /// <summary>Runs a program where the client is, and sees names as it does.</summary>
    public static Task<string> RunAsync(DaemonProcess client, params string[] command) =>
        Command.RunAsync("nsenter", ["-t", $"{client.Id}", "-m", "-n", .. command]);

    /// <summary>Runs resolvectl(1) where the client is.</summary>
    public static Task<string> ResolvectlAsync(DaemonProcess client, params string[] arguments) =>
        RunAsync(client, ["env", $"LD_LIBRARY_PATH={ResolvedLibraries}", Path.Combine(_resolved, "usr", "bin", "resolvectl"), .. arguments]);

    private static void Require(string file)
    {
        if (!File.Exists(file))
            Assert.Skip($"needs {file}, where eng/test.sh puts it if apt-get can download it");
    }

    // A copy of /etc, by which nobody answers names yet.
    private static async Task<string> OwnConfigurationAsync(Host host)
    {
        string etc = Directory.CreateDirectory(Path.Combine(host.RuntimeDirectory, "etc")).FullName;
        await Command.RunAsync("cp", "-a", "/etc/.", etc);
        File.Delete(Path.Combine(etc, "resolv.conf"));
        await File.WriteAllTextAsync(Path.Combine(etc, "resolv.conf"), "nameserver 192.0.2.1\n");
        await File.WriteAllTextAsync(Path.Combine(etc, "nsswitch.conf"), "passwd: files\ngroup: files\nhosts: dns\n");
        return etc;
    }
}
