using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WgDynamic.Daemon;

/// <summary>A unix datagram socket that somebody else listens on: the service manager, the journal, syslogd.</summary>
internal sealed class DatagramTarget : IDisposable
{
    // sun_path holds 108 bytes (unix(7)); nobody can listen on a longer one.
    private const int MaxPath = 107;

    // Who listens and does not read must not have the daemon hang with him.
    private const int PatienceMilliseconds = 1000;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = PatienceMilliseconds };

    // Not connected: who was started again listens on another socket of this name.
    private readonly SocketAddress _address;

    private DatagramTarget(string path) => _address = new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path).Serialize();

    /// <summary>Makes one; nobody need listen yet.</summary>
    /// <param name="path">Its path, or behind <c>@</c> its name in the abstract namespace.</param>
    /// <returns>Null if nobody can listen there.</returns>
    public static DatagramTarget? TryCreate(string? path) =>
        string.IsNullOrEmpty(path) || Encoding.UTF8.GetByteCount(path) > MaxPath ? null : new DatagramTarget(path);

    /// <summary>Sends. Waits a second for room, but not again until there was some.</summary>
    /// <returns>Whether it was taken.</returns>
    public bool TrySend(ReadOnlySpan<byte> datagram)
    {
        try
        {
            _ = _socket.SendTo(datagram, SocketFlags.None, _address);
            if (!_socket.Blocking)
                _socket.Blocking = true;
            return true;
        }
        catch (SocketException error)
        {
            if (error.SocketErrorCode is SocketError.WouldBlock or SocketError.TimedOut)
                _socket.Blocking = false;
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
