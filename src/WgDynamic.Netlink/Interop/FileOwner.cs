using System.Runtime.InteropServices;
using System.Text;
using Tmds.Linux;

namespace WgDynamic.Netlink;

/// <summary>Who has a file or a directory, and who may do what with it.</summary>
/// <param name="User">The user's number.</param>
/// <param name="Group">The group's number.</param>
/// <param name="Mode">Who may do what.</param>
public readonly record struct FileOwner(uint User, uint Group, UnixFileMode Mode)
{
    /// <summary>Looks.</summary>
    /// <param name="path">The file or directory.</param>
    /// <exception cref="IOException">The kernel refused; there may be none.</exception>
    public static unsafe FileOwner Of(string path)
    {
        NativeMethods.statx_t status;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            if (NativeMethods.statx(LibC.AT_FDCWD, name, 0, NativeMethods.STATX_UID | NativeMethods.STATX_GID, &status) < 0)
                throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        return new FileOwner(status.stx_uid, status.stx_gid, File.GetUnixFileMode(path));
    }
}
