using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using WgDynamic.Protocol;

// INTERFACE FILE [DNS-ADDRESS], or DNS-ADDRESS alone
// Answers every request on the interface with the text of the file, as it is then, and says on standard error what was
// asked. On DNS-ADDRESS it answers every question for an IPv4 address with 192.0.2.99.
if (args is [var only])
{
    Task answering = AnswerNamesAsync(IPAddress.Parse(only));
    Console.Error.WriteLine("serving");
    await answering;
}

string name = args[0], file = args[1];
NetworkInterface link = NetworkInterface.GetAllNetworkInterfaces().Single(link => link.Name == name);
using Socket listener = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
listener.Bind(new IPEndPoint(WireLimits.ServerAddress.ToIPAddress(link.GetIPProperties().GetIPv6Properties().Index), WireLimits.DefaultPort));
listener.Listen();
if (args.Length > 2)
    _ = AnswerNamesAsync(IPAddress.Parse(args[2]));
Console.Error.WriteLine("serving");
while (true)
{
    using Socket client = await listener.AcceptAsync();
    try
    {
        await AnswerAsync(client);
    }
    catch (SocketException error)
    {
        Console.Error.WriteLine($"lost: {error.Message}");
    }
}

async Task AnswerAsync(Socket client)
{
    StringBuilder asked = new();
    byte[] buffer = new byte[4096];
    while (!asked.ToString().EndsWith("\n\n", StringComparison.Ordinal))
    {
        int received = await client.ReceiveAsync(buffer);
        if (received == 0)
            return;
        asked.Append(Encoding.ASCII.GetString(buffer, 0, received));
    }

    Console.Error.WriteLine($"asked: {asked.ToString().TrimEnd().ReplaceLineEndings(" ")}");
    await client.SendAsync(await File.ReadAllBytesAsync(file));
    // Till the client is done: whoever closes first keeps the port.
    _ = await client.ReceiveAsync(buffer);
}

// RFC 1035 section 4.1: the question goes back as it came, with one answer behind it.
static async Task AnswerNamesAsync(IPAddress address)
{
    using Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
    socket.Bind(new IPEndPoint(address, 53));
    byte[] buffer = new byte[512];
    while (true)
    {
        SocketReceiveFromResult question = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
        int end = 12 + Array.IndexOf(buffer[12..], (byte)0) + 1 + 4;
        bool isA = buffer[end - 3] == 1;
        Console.Error.WriteLine($"looked up: {string.Concat(buffer[13..(end - 5)].Select(b => b < 32 ? '.' : (char)b))}");
        byte[] answer = [buffer[0], buffer[1], 0x85, 0x80, 0, 1, 0, (byte)(isA ? 1 : 0), 0, 0, 0, 0, .. buffer[12..end]];
        if (isA)
            answer = [.. answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 99];
        _ = await socket.SendToAsync(answer, question.RemoteEndPoint);
    }
}
