using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

// What neither .NET nor Tmds.LibC offers.
internal static unsafe partial class NativeMethods
{
    public const int CLOCK_BOOTTIME = 7; // linux/time.h
    public const int RLIMIT_NOFILE = 7; // asm-generic/resource.h
    public const int SIGPIPE = 13; // asm-generic/signal.h
    public const int SIGTERM = 15; // asm-generic/signal.h
    public const nint SIG_DFL = 0; // asm-generic/signal-defs.h

    public const int LOCK_SH = 1; // asm-generic/fcntl.h
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;
    public const int O_PATH = 0x200000; // asm-generic/fcntl.h
    public const int AT_EMPTY_PATH = 0x1000; // linux/fcntl.h
    public const uint STATX_TYPE = 1; // linux/stat.h
    public const uint STATX_NLINK = 4;
    public const uint STATX_UID = 8;
    public const uint STATX_GID = 0x10;

    // Its beginning; linux/stat.h
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    public struct statx_t
    {
        public uint stx_mask;
        public uint stx_blksize;
        public ulong stx_attributes;
        public uint stx_nlink;
        public uint stx_uid;
        public uint stx_gid;
        public ushort stx_mode;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct timespec
    {
        public nint tv_sec;
        public nint tv_nsec;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct rlimit
    {
        public nuint rlim_cur;
        public nuint rlim_max;
    }

    // int clock_gettime(clockid_t clockid, struct timespec *tp);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int clock_gettime(int clockid, timespec* tp);

    // int getrlimit(int resource, struct rlimit *rlim);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int getrlimit(int resource, rlimit* rlim);

    // int setrlimit(int resource, const struct rlimit *rlim);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int setrlimit(int resource, rlimit* rlim);

    // int execv(const char *path, char *const argv[]);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int execv(string path, string?[] argv);

    // int flock(int fd, int op);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int flock(int fd, int op);

    // int statx(int dirfd, const char *pathname, int flags, unsigned int mask, struct statx *statxbuf);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int statx(int dirfd, byte* pathname, int flags, uint mask, statx_t* statxbuf);

    // asm-generic/ioctls.h
    public const nuint TIOCGWINSZ = 0x5413;

    // struct winsize, asm-generic/termios.h
    public struct winsize
    {
        public ushort ws_row;
        public ushort ws_col;
        public ushort ws_xpixel;
        public ushort ws_ypixel;
    }

    // int ioctl(int fd, unsigned long op, ...);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(int fd, nuint op, winsize* argp);

    // int kill(pid_t pid, int sig);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int sig);

    // sighandler_t signal(int signum, sighandler_t handler);
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint signal(int signum, nint handler);

    public static long BootTimeNanoseconds()
    {
        timespec time;
        // Fails for a clock that the kernel does not know; this one is there since Linux 2.6.39.
        return clock_gettime(CLOCK_BOOTTIME, &time) == 0
            ? (time.tv_sec * 1_000_000_000L) + time.tv_nsec
            : throw new NetlinkException("read CLOCK_BOOTTIME", Marshal.GetLastPInvokeError());
    }
}
