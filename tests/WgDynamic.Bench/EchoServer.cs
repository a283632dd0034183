using System.Net.Sockets;

namespace WgDynamic.Bench;

/// <summary>What a server cannot be faster than: reads up to an empty line, and answers with bytes that are as many as a real reply's.</summary>
internal static class EchoServer
{
    private static readonly byte[] _reply =
        "ip=10.123.45.67/32\nip=fd66::1234:5678:9abc:def0/128\nleasestart=1795355256\nleasetime=3600\nrenewafter=1800\nserial=12345678901234567890\nerrno=0\n\n"u8.ToArray();

    public static async Task RunAsync(string interfaceName, int port)
    {
        using Socket listener = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(BenchPeer.Server(interfaceName, port));
        listener.Listen(backlog: 4096);
        Console.WriteLine("ready");
        while (true)
            _ = ServeAsync(await listener.AcceptAsync());
    }

    private static async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            socket.NoDelay = true;
            byte[] buffer = new byte[2048];
            int length = 0;
            try
            {
                for (int received; (received = await socket.ReceiveAsync(buffer.AsMemory(length))) > 0;)
                {
                    length += received;
                    if (!buffer.AsSpan(0, length).EndsWith("\n\n"u8))
                        continue;
                    length = 0;
                    _ = await socket.SendAsync(_reply);
                }
            }
            catch (SocketException)
            {
                // The load has ended.
            }
        }
    }
}
