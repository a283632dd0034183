using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace WgDynamic.Control;

/// <summary>Who asks, as the kernel says.</summary>
/// <param name="ProcessId">The process that connected.</param>
/// <param name="UserId">Its user.</param>
public readonly record struct ControlCaller(int ProcessId, uint UserId);

/// <summary>Who may change something: root, the daemon's own user, and the members of one group. Reading is for all that the socket's mode lets connect.</summary>
/// <param name="GroupId">The group; null for none.</param>
public sealed record ControlAccess(uint? GroupId = null)
{
    // sys/socket.h, asm-generic/socket.h
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int SoPeerGroups = 59;

    private const int MostGroups = 4096;

    /// <summary>The number of a group.</summary>
    /// <param name="name">Its name in /etc/group, or its number.</param>
    /// <returns>Null if there is none.</returns>
    public static uint? FindGroup(string name)
    {
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
            return number;
        try
        {
            foreach (string line in File.ReadLines("/etc/group"))
            {
                if (line.Split(':') is [var group, _, var id, ..] && group == name && uint.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out number))
                    return number;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }

        return null;
    }

    /// <summary>Who is at the other end; of a socket that listens: who made it.</summary>
    internal static ControlCaller CallerOf(Socket socket)
    {
        // struct ucred: pid, uid, gid
        Span<byte> credentials = stackalloc byte[3 * sizeof(uint)];
        _ = socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        return new ControlCaller(MemoryMarshal.Read<int>(credentials), MemoryMarshal.Read<uint>(credentials[sizeof(int)..]));
    }

    /// <summary>Whether who is at the other end may change something.</summary>
    internal bool MayChange(Socket socket, ControlCaller caller, uint ownUser) =>
        caller.UserId == 0 || caller.UserId == ownUser || (GroupId is { } group && IsMember(socket, group));

    private static bool IsMember(Socket socket, uint group)
    {
        Span<byte> credentials = stackalloc byte[3 * sizeof(uint)];
        _ = socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        if (MemoryMarshal.Read<uint>(credentials[(2 * sizeof(uint))..]) == group)
            return true;
        try
        {
            Span<byte> groups = stackalloc byte[MostGroups * sizeof(uint)];
            int length = socket.GetRawSocketOption(SolSocket, SoPeerGroups, groups);
            return MemoryMarshal.Cast<byte, uint>(groups[..length]).Contains(group);
        }
        catch (SocketException)
        {
            // More groups than anybody is in.
            return false;
        }
    }
}
