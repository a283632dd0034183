using System.Net.Sockets;
using System.Text;

namespace WgDynamic.TestKit;

/// <summary>The other end of a unix datagram socket: a service manager, a journal or syslogd.</summary>
public sealed class DatagramListener : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    /// <summary>Listens.</summary>
    /// <param name="path">Where; behind <c>@</c> in the abstract namespace.</param>
    public DatagramListener(string path) => _socket.Bind(new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));

    /// <summary>Whether nothing has come that was not received yet. What somebody has sent is there when he has returned from sending.</summary>
    public bool HasNothing => _socket.Available == 0;

    /// <summary>Waits for the next datagram.</summary>
    public async Task<byte[]> ReceiveBytesAsync()
    {
        byte[] buffer = new byte[256 * 1024];
        int received = await _socket.ReceiveAsync(buffer).WaitAsync(_limit);
        return buffer[..received];
    }

    /// <summary>Waits for the next datagram, a text.</summary>
    public async Task<string> ReceiveAsync() => Encoding.UTF8.GetString(await ReceiveBytesAsync());

    /// <summary>Waits for the next datagram that begins so, and passes over others.</summary>
    public async Task<string> ReceiveAsync(string beginning)
    {
        string text;
        do
            text = await ReceiveAsync();
        while (!text.StartsWith(beginning, StringComparison.Ordinal));
        return text;
    }

    /// <summary>Receives all that has come.</summary>
    public async Task<List<string>> DrainAsync()
    {
        List<string> all = [];
        while (!HasNothing)
            all.Add(await ReceiveAsync());
        return all;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
