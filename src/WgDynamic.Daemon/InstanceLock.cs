using System.Globalization;

namespace WgDynamic.Daemon;

/// <summary>
/// One daemon of a kind for each interface: a lock on a file in the runtime directory, which the kernel gives up
/// with the process, however that ends. The file itself stays: removing it would race with the next holder.
/// </summary>
public sealed class InstanceLock : IDisposable
{
    private readonly FileStream _file;

    private InstanceLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <param name="runtimeDirectory">Where it lies, such as /run/wg-dynamic; made if missing.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="kind">"client" or "server".</param>
    /// <returns>The lock, to be held for as long as the daemon runs; null if somebody else has it.</returns>
    /// <exception cref="IOException">The file cannot be made or locked.</exception>
    /// <exception cref="UnauthorizedAccessException">Neither.</exception>
    public static InstanceLock? TryTake(string runtimeDirectory, InterfaceName interfaceName, string kind)
    {
        _ = Directory.CreateDirectory(runtimeDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        string path = PathOf(runtimeDirectory, interfaceName, kind);
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB).
            FileStream file = new(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
            file.Flush();
            return new InstanceLock(file);
        }
        catch (IOException error) when (IsHeldByAnother(error))
        {
            return null;
        }
    }

    /// <summary>Whether somebody has the lock, which is not taken.</summary>
    /// <param name="runtimeDirectory">Where it lies.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="kind">"client" or "server".</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Neither.</exception>
    public static bool IsHeld(string runtimeDirectory, InterfaceName interfaceName, string kind)
    {
        try
        {
            // LOCK_SH | LOCK_NB: two who look do not take each other for the holder.
            File.OpenHandle(PathOf(runtimeDirectory, interfaceName, kind)).Dispose();
            return false;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException error) when (IsHeldByAnother(error))
        {
            return true;
        }
    }

    /// <summary>The file, whose first line is the number of the process that has, or had, the lock.</summary>
    /// <param name="runtimeDirectory">Where it lies.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="kind">"client" or "server".</param>
    public static string PathOf(string runtimeDirectory, InterfaceName interfaceName, string kind) =>
        RuntimeFile.PathOf(runtimeDirectory, interfaceName, $"{kind}.lock");

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // .NET reports EWOULDBLOCK of flock(2) as a sharing violation, with errno in HResult.
    private static bool IsHeldByAnother(IOException error) => error.HResult == 11;
}
