using System.Net.Sockets;
using System.Text;

namespace WgDynamic.EndToEnd;

/// <summary>Those who crowd a control socket: some watch and read nothing, some send half a request or garbage, some say nothing.</summary>
internal sealed class UnkindCallers : IDisposable
{
    // More than a daemon serves at once.
    private const int Count = 100;

    private readonly List<Socket> _sockets = [];

    private UnkindCallers()
    {
    }

    /// <summary>Has them call.</summary>
    /// <param name="path">The socket.</param>
    public static async Task<UnkindCallers> CallAsync(string path)
    {
        UnkindCallers callers = new();
        for (int i = 0; i < Count; i++)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            callers._sockets.Add(socket);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
            byte[] said = (i % 4) switch
            {
                0 => Encoding.ASCII.GetBytes("""{"request":"watch","version":1,"includeCurrent":true}""" + "\n"),
                1 => Encoding.ASCII.GetBytes(new string('[', 60_000)),
                2 => [0xff, 0, 10, 13, 10],
                _ => [],
            };
            try
            {
                _ = await socket.SendAsync(said, SocketFlags.None, TestContext.Current.CancellationToken);
            }
            catch (SocketException)
            {
                // It has been told that there are too many.
            }
        }

        return callers;
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}
