namespace WgDynamic.Control;

/// <summary>Where a daemon can be asked.</summary>
/// <param name="Interface">The interface.</param>
/// <param name="Role">Which of its daemons.</param>
/// <param name="Path">The socket.</param>
public sealed record ControlSocket(InterfaceName Interface, DaemonRole Role, string Path)
{
    /// <summary>Where sockets lie unless a daemon was started with another directory.</summary>
    public const string DefaultDirectory = "/run/wg-dynamic";

    private const string Extension = ".sock";

    /// <summary>The socket of a daemon, whether it is there or not.</summary>
    /// <param name="runtimeDirectory">Where sockets lie.</param>
    /// <param name="name">The interface.</param>
    /// <param name="role">Which of its daemons.</param>
    public static string PathOf(string runtimeDirectory, InterfaceName name, DaemonRole role) =>
        System.IO.Path.Combine(runtimeDirectory, $"{name}.{Suffix(role)}{Extension}");

    /// <summary>The sockets that there are, by interface and role; somebody listens on them or did.</summary>
    /// <param name="runtimeDirectory">Where sockets lie.</param>
    /// <returns>None if there is no such directory, or it may not be read.</returns>
    public static IReadOnlyList<ControlSocket> Find(string runtimeDirectory)
    {
        List<ControlSocket> sockets = [];
        try
        {
            foreach (string path in Directory.EnumerateFiles(runtimeDirectory, "*" + Extension))
            {
                ReadOnlySpan<char> name = System.IO.Path.GetFileNameWithoutExtension(path.AsSpan());
                foreach (DaemonRole role in Enum.GetValues<DaemonRole>())
                {
                    if (name.EndsWith($".{Suffix(role)}", StringComparison.Ordinal)
                        && InterfaceName.TryParse(name[..^(Suffix(role).Length + 1)], out InterfaceName interfaceName))
                        sockets.Add(new ControlSocket(interfaceName, role, path));
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }

        sockets.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return sockets;
    }

    private static string Suffix(DaemonRole role) => role == DaemonRole.Server ? "server" : "client";
}
