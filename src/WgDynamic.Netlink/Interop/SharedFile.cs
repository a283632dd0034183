using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace WgDynamic.Netlink;

/// <summary>
/// Files in a directory that several users share, so that root finds there what somebody else may have put there: no link is
/// followed, nothing but a file of one name is taken for one, and nothing is waited for. .NET has no means for that, and locks what it opens.
/// </summary>
public static unsafe class SharedFile
{
    private const int Mode = 0b110_110_000; // rw-rw----

    /// <summary>Opens a file, makes it if it is missing, with the directory's group if that has the set-group-ID bit, and takes its lock (flock(2)).</summary>
    /// <param name="path">The file.</param>
    /// <returns>The file, which holds the lock until it is closed; null if somebody else has the lock.</returns>
    /// <exception cref="IOException">The kernel refused, or it is no file of its own.</exception>
    public static SafeFileHandle? TryLock(string path)
    {
        SafeFileHandle? file = TryOpen(path, LibC.O_RDWR | LibC.O_CREAT | LibC.O_EXCL, out int errno);
        if (file is not null)
            // The umask is for files that nobody shares.
            File.SetUnixFileMode(file, (UnixFileMode)Mode);
        else if (errno == Errno.EEXIST)
            file = TryOpen(path, LibC.O_RDWR, out errno);
        if (file is null)
            throw Failure(path, errno);
        if (Lock(path, file, NativeMethods.LOCK_EX))
            return file;
        file.Dispose();
        return null;
    }

    /// <summary>Whether somebody has a file's lock, which is not taken.</summary>
    /// <param name="path">The file; false if there is none.</param>
    /// <exception cref="IOException">The kernel refused, or it is no file of its own.</exception>
    public static bool IsLocked(string path)
    {
        using SafeFileHandle? file = TryOpenToRead(path);
        // Two who look do not take each other for the holder.
        return file is not null && !Lock(path, file, NativeMethods.LOCK_SH);
    }

    /// <summary>Reads a file, also one that another process has locked.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">How long it may be.</param>
    /// <returns>Its lines; null if there is none.</returns>
    /// <exception cref="IOException">The kernel refused, or it is longer, or no file of its own.</exception>
    public static string[]? TryReadLines(string path, int maxBytes)
    {
        using SafeFileHandle? file = TryOpenToRead(path);
        if (file is null)
            return null;
        byte[] bytes = new byte[maxBytes + 1];
        int length = 0;
        while (length < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(length), length) is > 0 and var read)
            length += read;
        return length <= maxBytes
            ? Encoding.UTF8.GetString(bytes, 0, length).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new IOException($"{path} is longer than {maxBytes} bytes");
    }

    /// <summary>
    /// Gives root's file to whoever has the directory, who else could not open it later; makes it, empty and with mode 0600, if it
    /// is missing. Does nothing for others than root, in a directory of root's, and where there is no directory.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The kernel refused, or it is no file of its own.</exception>
    public static void MakeForOwnerOfDirectory(string path)
    {
        if (!Environment.IsPrivilegedProcess || Path.GetDirectoryName(Path.GetFullPath(path)) is not { } directory || !Directory.Exists(directory))
            return;
        NativeMethods.statx_t owner;
        fixed (byte* name = Encoding.UTF8.GetBytes(directory + '\0'))
        {
            if (NativeMethods.statx(LibC.AT_FDCWD, name, 0, NativeMethods.STATX_UID | NativeMethods.STATX_GID, &owner) < 0)
                throw Failure(directory, Marshal.GetLastPInvokeError());
        }

        if (owner.stx_uid == 0)
            return;
        SafeFileHandle? file = TryOpen(path, LibC.O_RDWR | LibC.O_CREAT | LibC.O_EXCL, out int errno);
        if (file is not null)
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        else if (errno == Errno.EEXIST)
            file = TryOpen(path, LibC.O_RDONLY, out errno);
        using (file)
        {
            if (file is null || LibC.fchown((int)file.DangerousGetHandle(), owner.stx_uid, owner.stx_gid) < 0)
                throw Failure(path, file is null ? errno : Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>
    /// Binds a socket to a path, with mode rw-rw----: never with more, and not to be had by a link that takes its place
    /// between the two.
    /// </summary>
    /// <param name="socket">A socket of AF_UNIX.</param>
    /// <param name="path">Where.</param>
    /// <exception cref="SocketException">The kernel refused to bind it.</exception>
    /// <exception cref="IOException">What is there now is no socket any more.</exception>
    public static void Bind(Socket socket, string path)
    {
        ArgumentNullException.ThrowIfNull(socket);
        // unix_bind(), net/unix/af_unix.c: the mode of the socket, less the umask, becomes the file's.
        using (SafeFileHandle file = new(socket.Handle, ownsHandle: false))
            File.SetUnixFileMode(file, (UnixFileMode)Mode);
        socket.Bind(new UnixDomainSocketEndPoint(path));

        // What the umask has taken comes back: by a name that means this very file, whatever happens to the path.
        int fd;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            fd = LibC.open(name, NativeMethods.O_PATH | LibC.O_NOFOLLOW | LibC.O_CLOEXEC);
        if (fd < 0)
            throw Failure(path, Marshal.GetLastPInvokeError());
        using SafeFileHandle bound = new(fd, ownsHandle: true);
        NativeMethods.statx_t status;
        byte empty = 0;
        if (NativeMethods.statx(fd, &empty, NativeMethods.AT_EMPTY_PATH, NativeMethods.STATX_TYPE | NativeMethods.STATX_NLINK, &status) < 0)
            throw Failure(path, Marshal.GetLastPInvokeError());
        if ((status.stx_mode & LibC.S_IFMT) != LibC.S_IFSOCK || status.stx_nlink != 1)
            throw Failure(path, Errno.ELOOP);
        File.SetUnixFileMode($"/proc/self/fd/{fd}", (UnixFileMode)Mode);
    }

    /// <summary>Whether a path is a socket's, and not a link's to one.</summary>
    /// <param name="path">The path.</param>
    public static bool IsSocket(string path)
    {
        NativeMethods.statx_t status;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return NativeMethods.statx(LibC.AT_FDCWD, name, LibC.AT_SYMLINK_NOFOLLOW, NativeMethods.STATX_TYPE, &status) == 0
                && (status.stx_mode & LibC.S_IFMT) == LibC.S_IFSOCK;
        }
    }

    private static SafeFileHandle? TryOpenToRead(string path) =>
        TryOpen(path, LibC.O_RDONLY, out int errno) ?? (errno == Errno.ENOENT ? null : throw Failure(path, errno));

    private static SafeFileHandle? TryOpen(string path, int flags, out int errno)
    {
        // Opening a pipe would wait for who writes to it.
        int fd;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            fd = LibC.open(name, flags | LibC.O_NOFOLLOW | LibC.O_NONBLOCK | LibC.O_CLOEXEC, Mode);
        errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (fd < 0)
            return null;
        SafeFileHandle file = new(fd, ownsHandle: true);
        NativeMethods.statx_t status;
        byte empty = 0;
        if (NativeMethods.statx(fd, &empty, NativeMethods.AT_EMPTY_PATH, NativeMethods.STATX_TYPE | NativeMethods.STATX_NLINK, &status) < 0)
            errno = Marshal.GetLastPInvokeError();
        // One that has another name as well may be anybody's.
        else if ((status.stx_mode & LibC.S_IFMT) != LibC.S_IFREG || status.stx_nlink != 1)
            errno = Errno.ELOOP;
        if (errno == 0)
            return file;
        file.Dispose();
        return null;
    }

    private static bool Lock(string path, SafeFileHandle file, int kind)
    {
        if (NativeMethods.flock((int)file.DangerousGetHandle(), kind | NativeMethods.LOCK_NB) == 0)
            return true;
        int errno = Marshal.GetLastPInvokeError();
        return errno == Errno.EAGAIN ? false : throw Failure(path, errno);
    }

    private static IOException Failure(string path, int errno) => new(errno == Errno.ELOOP
        ? $"{path} is no file of its own but a link or the like, which somebody has put there; look who, and remove it"
        : $"{path}: {Marshal.GetPInvokeErrorMessage(errno)}");
}
