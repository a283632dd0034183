using System.Net.Sockets;
using System.Text;

namespace WgDynamic.Daemon;

/// <summary>The local syslog socket, in the format of RFC 3164 that every syslogd takes there, without the time.</summary>
internal sealed class Syslog : IDisposable
{
    // LOG_DAEMON, sys/syslog.h
    private const int Facility = 3 << 3;

    private readonly string _tag;
    private Socket _socket;

    private Syslog(Socket socket, string tag)
    {
        _socket = socket;
        _tag = tag;
    }

    public static Syslog? TryOpen(string identifier, string path)
    {
        Socket? socket = Connect(path);
        return socket is null ? null : new Syslog(socket, $"{identifier}[{Environment.ProcessId}]: ") { Path = path };
    }

    private string Path { get; init; } = "";

    public void Write(int priority, string text)
    {
        byte[] line = Encoding.UTF8.GetBytes($"<{Facility | priority}>{_tag}{text}");
        if (TrySend(line))
            return;
        // syslogd was restarted: one more try with its new socket.
        if (Connect(Path) is { } socket)
        {
            _socket.Dispose();
            _socket = socket;
            _ = TrySend(line);
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool TrySend(byte[] line)
    {
        try
        {
            _ = _socket.Send(line);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static Socket? Connect(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
