namespace WgDynamic.Daemon;

/// <summary>The names of files in the runtime directory.</summary>
public static class RuntimeFile
{
    /// <summary>What systemd made for the unit, or /run/wg-dynamic.</summary>
    public static string DefaultDirectory =>
        Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY")?.Split(':')[0] is { Length: > 0 } directory ? directory : "/run/wg-dynamic";

    /// <summary>The file of an interface's daemon: an interface's name is unique within a network namespace, and namespaces share /run.</summary>
    /// <param name="runtimeDirectory">Where it lies, such as /run/wg-dynamic.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="suffix">What for: <c>client.lock</c>.</param>
    public static string PathOf(string runtimeDirectory, InterfaceName interfaceName, string suffix) =>
        Path.Combine(runtimeDirectory, $"{interfaceName}.{NetworkNamespace()}.{suffix}");

    private static string NetworkNamespace() =>
        // "net:[4026531840]"
        new FileInfo("/proc/self/ns/net").LinkTarget is { } link && link.Split('[', ']') is [_, var inode, ..] ? inode : "0";
}
