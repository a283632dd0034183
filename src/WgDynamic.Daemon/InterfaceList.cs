namespace WgDynamic.Daemon;

/// <summary>The interfaces of this machine by name, for shells to offer.</summary>
public static class InterfaceList
{
    /// <summary>WireGuard interfaces, in the kernel or in userspace, in the order of their names.</summary>
    public static IEnumerable<string> WireGuard() => WireGuard("/");

    /// <summary>All interfaces, WireGuard's first.</summary>
    public static IEnumerable<string> All() => All("/");

    internal static IEnumerable<string> WireGuard(string root) => Look(root).Where(found => found.IsWireGuard).Select(found => found.Name);

    internal static IEnumerable<string> All(string root) => Look(root).OrderByDescending(found => found.IsWireGuard).Select(found => found.Name);

    private static IEnumerable<(string Name, bool IsWireGuard)> Look(string root) =>
        from name in Names(Path.Combine(root, "sys/class/net"))
        select (name, File.Exists(Path.Combine(root, "run/wireguard", name + ".sock")) || IsKernelWireGuard(Path.Combine(root, "sys/class/net", name, "uevent")));

    // Directories, but for files such as bonding_masters.
    private static IEnumerable<string> Names(string directory) =>
        Directory.Exists(directory) ? Directory.GetDirectories(directory).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal) : [];

    // An interface may go while it is looked at.
    private static bool IsKernelWireGuard(string file)
    {
        try
        {
            return File.ReadLines(file).Contains("DEVTYPE=wireguard");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
