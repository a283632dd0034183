using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace WgDynamic.Netlink;

/// <summary>The few things about processes that our programs must do and .NET does not offer.</summary>
public static unsafe class ProcessControl
{
    /// <summary>Leaves the terminal behind: a session of its own, and nothing on the standard streams any more.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public static void DetachFromTerminal()
    {
        StartSession();
        DropStandardStreams();
    }

    /// <summary>setsid(2): a new session without a terminal. Leading one already is fine.</summary>
    /// <exception cref="NetlinkException">The kernel refused: this process leads a process group, as one does that a shell with job control started.</exception>
    public static void StartSession()
    {
        if (LibC.setsid() >= 0)
            return;
        int errno = Marshal.GetLastPInvokeError();
        if (LibC.getsid(0) != Environment.ProcessId)
            throw new NetlinkException("start a session", errno);
    }

    /// <summary>dup2(2) of /dev/null over standard input, output and error: what is written there from now on is lost.</summary>
    /// <remarks>
    /// <see cref="Console"/> writes to a copy of a descriptor (dup(2)) that it makes when it is first used, and keeps: who has
    /// written with it before goes on writing there, and holds the terminal or pipe open. Use other means until this was called.
    /// </remarks>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public static void DropStandardStreams()
    {
        int fd;
        fixed (byte* path = "/dev/null\0"u8)
            fd = LibC.open(path, LibC.O_RDWR | LibC.O_CLOEXEC);
        if (fd < 0)
            throw new NetlinkException("open /dev/null", Marshal.GetLastPInvokeError());
        for (int standard = 0; standard <= 2; standard++)
        {
            if (LibC.dup2(fd, standard) < 0)
                throw new NetlinkException("redirect the standard streams", Marshal.GetLastPInvokeError());
        }

        if (fd > 2)
            _ = LibC.close(fd);
    }

    /// <summary>How many columns the terminal has at which standard output is written (TIOCGWINSZ).</summary>
    /// <remarks><see cref="Console.WindowWidth"/> knows, too, but first has the terminal send its keys in another way.</remarks>
    /// <returns>0 if it is none, or does not say.</returns>
    public static int TerminalWidth()
    {
        NativeMethods.winsize size = default;
        return NativeMethods.ioctl(1, NativeMethods.TIOCGWINSZ, &size) < 0 ? 0 : size.ws_col;
    }

    /// <summary>Raises the soft limit of open files to the hard one (RLIMIT_NOFILE): a hub holds one connection for each peer.</summary>
    /// <returns>The limit that holds now.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public static long RaiseOpenFileLimit()
    {
        NativeMethods.rlimit limit;
        if (NativeMethods.getrlimit(NativeMethods.RLIMIT_NOFILE, &limit) < 0)
            throw new NetlinkException("read the limit of open files", Marshal.GetLastPInvokeError());
        if (limit.rlim_cur != limit.rlim_max)
        {
            limit.rlim_cur = limit.rlim_max;
            if (NativeMethods.setrlimit(NativeMethods.RLIMIT_NOFILE, &limit) < 0)
                throw new NetlinkException("raise the limit of open files", Marshal.GetLastPInvokeError());
        }

        return (long)ulong.Min(limit.rlim_cur, long.MaxValue);
    }

    /// <summary>execv(3): this process becomes another program, with the same environment, terminal and parent.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments, the first being what it is called.</param>
    /// <returns>Never.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    [DoesNotReturn]
    public static void Execute(string path, IEnumerable<string> arguments)
    {
        // .NET ignores it, and what is ignored stays so through execve(2).
        _ = NativeMethods.signal(NativeMethods.SIGPIPE, NativeMethods.SIG_DFL);
        _ = NativeMethods.execv(path, [.. arguments, null]);
        throw new NetlinkException($"run {path}", Marshal.GetLastPInvokeError());
    }

    /// <summary>Sends SIGTERM to a process.</summary>
    /// <param name="processId">Its number.</param>
    /// <returns>False if there is no such process any more.</returns>
    /// <exception cref="NetlinkException">The kernel refused: it is somebody else's.</exception>
    public static bool Terminate(int processId)
    {
        if (NativeMethods.kill(processId, NativeMethods.SIGTERM) == 0)
            return true;
        int errno = Marshal.GetLastPInvokeError();
        return errno == Errno.ESRCH ? false : throw new NetlinkException($"end process {processId}", errno);
    }
}
