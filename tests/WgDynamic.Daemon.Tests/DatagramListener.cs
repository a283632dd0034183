using System.Net.Sockets;
using System.Text;

namespace WgDynamic.Daemon.Tests;

/// <summary>The other end of a unix datagram socket: a service manager, or syslogd.</summary>
internal sealed class DatagramListener : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public DatagramListener(string path) => _socket.Bind(new UnixDomainSocketEndPoint(path));

    public async Task<string> ReceiveAsync()
    {
        byte[] buffer = new byte[4096];
        int received = await _socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(_limit, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, received);
    }

    public void Dispose() => _socket.Dispose();
}
