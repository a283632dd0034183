using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace WgDynamic.Daemon;

/// <summary>
/// One daemon of a kind for each interface, whoever runs it: a lock on a file in the runtime directory, which the kernel gives
/// up with the process, however that ends. The file itself stays: removing it would race with the next holder.
/// </summary>
public sealed class InstanceLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private InstanceLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <param name="runtimeDirectory">Where it lies, such as /run/wg-dynamic; made if missing.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="kind">"client" or "server".</param>
    /// <param name="tryLock">Opens or makes a file and locks it (flock(2)); null if somebody else has it locked.</param>
    /// <returns>The lock, to be held for as long as the daemon runs; null if somebody else has it.</returns>
    /// <exception cref="IOException">The file cannot be made or locked.</exception>
    /// <exception cref="UnauthorizedAccessException">Neither.</exception>
    public static InstanceLock? TryTake(string runtimeDirectory, InterfaceName interfaceName, string kind, Func<string, SafeFileHandle?> tryLock)
    {
        _ = Directory.CreateDirectory(runtimeDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        if (tryLock(PathOf(runtimeDirectory, interfaceName, kind)) is not { } file)
            return null;
        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"), 0);
        return new InstanceLock(file);
    }

    /// <summary>The file, whose first line is the number of the process that has, or had, the lock.</summary>
    /// <param name="runtimeDirectory">Where it lies.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="kind">"client" or "server".</param>
    public static string PathOf(string runtimeDirectory, InterfaceName interfaceName, string kind) =>
        RuntimeFile.PathOf(runtimeDirectory, interfaceName, $"{kind}.lock");

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
