namespace WgDynamic.Tool;

/// <summary>
/// Puts our wg-quick in front of the distribution's: a wrapper in /usr/local/bin, which comes first in PATH, and for systemd,
/// which knows paths only, a drop-in for <c>wg-quick@.service</c>. Takes both back.
/// </summary>
/// <param name="root">Where all of it lies: "/", but in tests.</param>
/// <param name="program">This program, as the two will call it.</param>
/// <param name="output">Hears of each change before it is made.</param>
internal sealed class QuickInstaller(string root, string program, TextWriter output)
{
    private const string DropInMark = "# Written by \"wg-dynamic quick install\"; \"wg-dynamic quick uninstall\" removes it.";

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Where the wrapper goes.</summary>
    public const string WrapperFile = "/usr/local/bin/wg-quick";

    /// <summary>Where the drop-in goes.</summary>
    public const string DropInFile = "/etc/systemd/system/wg-quick@.service.d/wg-dynamic.conf";

    private string WrapperPath => Path.Combine(root, WrapperFile[1..]);

    private string DropInPath => Path.Combine(root, DropInFile[1..]);

    /// <summary>Whether a file is our drop-in.</summary>
    /// <param name="path">The file; none is not one.</param>
    public static bool IsDropIn(string path) => File.Exists(path) && File.ReadAllText(path).StartsWith(DropInMark, StringComparison.Ordinal);

    /// <summary>Installs; what is there already and right is left alone.</summary>
    /// <param name="stock">The distribution's wg-quick.</param>
    /// <exception cref="ToolException">Something of somebody else's is in the way; nothing was changed.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Neither.</exception>
    public void Install(string stock)
    {
        RequireOurs();
        Write(WrapperPath, Wrapper.Text(program, stock), Executable);
        Write(DropInPath, DropIn(WrapperPath), Readable);
        TellSystemd();
    }

    /// <summary>Takes back what <see cref="Install"/> has made, the directory for the drop-in included.</summary>
    /// <inheritdoc cref="Install" path="/exception"/>
    public void Uninstall()
    {
        RequireOurs();
        Remove(WrapperPath);
        Remove(DropInPath);
        string directory = Path.GetDirectoryName(DropInPath)!;
        if (Directory.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Tell($"rmdir {Shell.Quote(directory)}");
            Directory.Delete(directory);
        }

        TellSystemd();
    }

    /// <summary>The drop-in: the three commands of wg-quick@.service, by the wrapper.</summary>
    internal static string DropIn(string wrapper) =>
        $"""
        {DropInMark}
        [Service]
        ExecStart=
        ExecStart={wrapper} up %i
        ExecStop=
        ExecStop={wrapper} down %i
        ExecReload=
        ExecReload=/bin/bash -c 'exec /usr/bin/wg syncconf %i <(exec {wrapper} strip %i)'

        """;

    private void RequireOurs()
    {
        if (File.Exists(WrapperPath) && !Wrapper.Is(WrapperPath))
            throw new ToolException($"{WrapperPath} is there and not from wg-dynamic; move it away first, for instance with: mv {WrapperPath} {WrapperPath}.old");
        if (File.Exists(DropInPath) && !IsDropIn(DropInPath))
            throw new ToolException($"{DropInPath} is there and not from wg-dynamic; rename it first");
    }

    private void Write(string path, string text, UnixFileMode mode)
    {
        if (File.Exists(path) && File.ReadAllText(path) == text && File.GetUnixFileMode(path) == mode)
            return;
        Tell($"write {Shell.Quote(path)}");
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path + ".tmp", text);
        File.SetUnixFileMode(path + ".tmp", mode);
        File.Move(path + ".tmp", path, overwrite: true);
    }

    private void Remove(string path)
    {
        if (!File.Exists(path))
            return;
        Tell($"rm {Shell.Quote(path)}");
        File.Delete(path);
    }

    private void TellSystemd()
    {
        if (Directory.Exists(Path.Combine(root, "run/systemd/system")))
            output.WriteLine("Now have systemd read it: systemctl daemon-reload");
    }

    private void Tell(string change) => output.WriteLine($"[#] {change}");
}
