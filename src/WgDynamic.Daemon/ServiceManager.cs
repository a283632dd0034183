using System.Net.Sockets;
using System.Text;

namespace WgDynamic.Daemon;

/// <summary>Tells systemd, if it is there, how the daemon is doing (sd_notify(3)).</summary>
public sealed class ServiceManager
{
    private const string Variable = "NOTIFY_SOCKET";
    private readonly UnixDomainSocketEndPoint? _endPoint;

    internal ServiceManager(string? path) =>
        // sun_path holds 108 bytes (unix(7)); nobody can listen on a longer one.
        _endPoint = string.IsNullOrEmpty(path) || Encoding.UTF8.GetByteCount(path) > 107 ? null : new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path);

    /// <summary>Reads NOTIFY_SOCKET and removes it, so that what the daemon starts does not speak in its name.</summary>
    public static ServiceManager FromEnvironment()
    {
        string? path = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        return new ServiceManager(path);
    }

    /// <summary>Whether anybody listens.</summary>
    public bool IsPresent => _endPoint is not null;

    /// <summary>The daemon serves.</summary>
    /// <param name="status">One line for people.</param>
    public void Ready(string status) => Notify($"READY=1\nSTATUS={status}\nMAINPID={Environment.ProcessId}");

    /// <summary>What it is doing.</summary>
    /// <param name="status">One line for people.</param>
    public void Status(string status) => Notify($"STATUS={status}");

    /// <summary>It is about to end.</summary>
    public void Stopping() => Notify("STOPPING=1");

    private void Notify(string state)
    {
        if (_endPoint is null)
            return;
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            _ = socket.SendTo(Encoding.UTF8.GetBytes(state), _endPoint);
        }
        catch (SocketException)
        {
            // A service manager that does not listen is no reason to stop serving.
        }
    }
}
