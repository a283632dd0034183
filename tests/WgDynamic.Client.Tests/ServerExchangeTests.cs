using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using WgDynamic.Protocol;

namespace WgDynamic.Client.Tests;

public class ServerExchangeTests
{
    private const string Grant = "ip=192.0.2.8/32\nip=2001:db8::8/128\nleasestart=0\nleasetime=3600\nerrno=0\n\n";

    // Not those of the protocol, which only root may use.
    private static readonly SourcePorts _anyPort = new(0, 20_000, 30_000);
    private static readonly Request _request = new() { IPv4 = Request.AnyIPv4, IPv6 = Request.AnyIPv6 };

    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task A_reply_is_understood_in_whatever_pieces_it_comes(int size)
    {
        using ScriptedServer server = new();
        Task<Reply> asking = Ask(server);
        (Socket socket, Request request) = await server.AcceptAsync();
        Assert.Equal(_request, request);
        socket.NoDelay = true;
        foreach (char[] piece in Grant.Chunk(size))
            await ScriptedServer.SendAsync(socket, new string(piece));
        Reply reply = await asking.WaitAsync(ScriptedServer.Limit, Cancelled);
        Assert.Equal((IpAddress.Parse("192.0.2.8"), 3600u), (reply.IPv4!.Value, reply.LeaseSeconds));
        socket.Dispose();
    }

    // A reset kills the prototype's server.
    [Fact]
    public async Task The_connection_is_ended_with_FIN()
    {
        using ScriptedServer server = new();
        Task<Reply> asking = Ask(server);
        (Socket socket, _) = await server.AcceptAsync();
        await ScriptedServer.SendAsync(socket, Grant);
        _ = await asking;
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], Cancelled).AsTask().WaitAsync(ScriptedServer.Limit, Cancelled));
        socket.Dispose();
    }

    [Fact]
    public async Task A_reply_counts_though_the_server_resets_the_connection_behind_it()
    {
        using ScriptedServer server = new();
        for (int i = 0; i < 50; i++)
        {
            Task<Reply> asking = Ask(server);
            (Socket socket, _) = await server.AcceptAsync();
            await ScriptedServer.SendAsync(socket, Grant);
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
            Assert.True((await asking.WaitAsync(ScriptedServer.Limit, Cancelled)).HasAddress);
        }
    }

    [Fact]
    public async Task Silence_is_waited_for_for_twenty_seconds()
    {
        using ScriptedServer server = new();
        Task<Reply> asking = Ask(server);
        (Socket socket, _) = await server.AcceptAsync();
        await ScriptedServer.SendAsync(socket, "ip=192.0.2.8\n");
        _clock.Advance(TimeSpan.FromSeconds(19.9));
        Assert.False(asking.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        ExchangeException error = await Fails(asking);
        Assert.Contains("within 20 s", error.Message, StringComparison.Ordinal);
        socket.Dispose();
    }

    [Theory]
    [InlineData("ip=nonsense\n\n", "malformed")]
    [InlineData("\0\0\0", "malformed")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "malformed")]
    [InlineData("ip=192.0.2.8\n\n", "malformed")]
    [InlineData("ip=192.0.2.8\nerr", "malformed")]
    [InlineData("", "closed the connection")]
    public async Task What_is_no_reply_is_a_failure_that_says_so(string text, string expected)
    {
        using ScriptedServer server = new();
        Task<Reply> asking = Ask(server);
        (Socket socket, _) = await server.AcceptAsync();
        await ScriptedServer.SendAsync(socket, text + (text.StartsWith('\0') ? "\n" : ""));
        socket.Shutdown(SocketShutdown.Send);
        Assert.Contains(expected, (await Fails(asking)).Message, StringComparison.Ordinal);
        socket.Dispose();
    }

    [Fact]
    public async Task A_line_without_end_is_refused_before_it_ends()
    {
        using ScriptedServer server = new();
        Task<Reply> asking = Ask(server);
        (Socket socket, _) = await server.AcceptAsync();
        await ScriptedServer.SendAsync(socket, new string('x', WireLimits.MaxLineBytes));
        Assert.Contains("malformed", (await Fails(asking)).Message, StringComparison.Ordinal);
        socket.Dispose();
    }

    [Fact]
    public async Task A_reset_is_a_failure_that_says_so()
    {
        using ScriptedServer server = new();
        Task<Reply> asking = Ask(server);
        (Socket socket, _) = await server.AcceptAsync();
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
        Assert.Contains("no answer from the server", (await Fails(asking)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_failure_that_says_so()
    {
        ScriptedServer server = new();
        IPEndPoint nowhere = server.EndPoint;
        server.Dispose();
        ServerExchange exchange = new(IPAddress.IPv6Loopback, nowhere, _anyPort, _clock, new Random(1));
        Assert.Contains("no answer from the server", (await Fails(exchange.AskAsync(_request, Cancelled))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_gives_up_is_told_that_and_nothing_else()
    {
        using ScriptedServer server = new();
        using CancellationTokenSource gaveUp = new();
        Task<Reply> asking = Exchange(server, _anyPort).AskAsync(_request, gaveUp.Token);
        (Socket socket, _) = await server.AcceptAsync();
        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(ScriptedServer.Limit, Cancelled));
        socket.Dispose();
    }

    // What the prototype gets wrong, 9: a client that reconnects within milliseconds cannot bind its port. A connection
    // that goes on stands in for one in TIME_WAIT, which kernels let be reused under rules of their own.
    [Fact]
    public async Task It_asks_from_its_port_first_and_from_others_while_a_connection_from_there_is_not_over()
    {
        using ScriptedServer server = new();
        SourcePorts ports = new(FreePort(), 20_000, 30_000);
        List<Socket> sockets = [];
        List<Task<Reply>> asking = [];
        for (int i = 0; i < 3; i++)
        {
            asking.Add(Exchange(server, ports).AskAsync(_request, Cancelled));
            sockets.Add((await server.AcceptAsync()).Socket);
        }

        int[] used = [.. sockets.Select(socket => ((IPEndPoint)socket.RemoteEndPoint!).Port)];
        Assert.Equal(ports.First, used[0]);
        Assert.All(used[1..], port => Assert.InRange(port, ports.Lowest, ports.Highest));
        foreach (Socket socket in sockets)
            await ScriptedServer.SendAsync(socket, Grant);
        Assert.All(await Task.WhenAll(asking).WaitAsync(ScriptedServer.Limit, Cancelled), reply => Assert.True(reply.HasAddress));
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_port_that_somebody_else_listens_on_is_passed_over()
    {
        using Socket other = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        other.Listen();
        using ScriptedServer server = new();
        Task<Reply> asking = Exchange(server, new SourcePorts(((IPEndPoint)other.LocalEndPoint!).Port, 20_000, 30_000)).AskAsync(_request, Cancelled);
        (Socket socket, _) = await server.AcceptAsync();
        await ScriptedServer.SendAsync(socket, Grant);
        Assert.True((await asking.WaitAsync(ScriptedServer.Limit, Cancelled)).HasAddress);
        socket.Dispose();
    }

    [Fact]
    public async Task Without_an_address_of_its_own_it_fails_after_a_few_tries()
    {
        using ScriptedServer server = new();
        ServerExchange exchange = new(IPAddress.Parse("2001:db8::dead"), server.EndPoint, _anyPort, _clock, new Random(1));
        Assert.Contains("no answer from the server", (await Fails(exchange.AskAsync(_request, Cancelled))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ports_of_the_protocol_are_970_and_other_privileged_ones() =>
        Assert.Equal(new SourcePorts(970, 600, 1023), SourcePorts.Privileged);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static Task<ExchangeException> Fails(Task asking) =>
        Assert.ThrowsAsync<ExchangeException>(() => asking.WaitAsync(ScriptedServer.Limit, Cancelled));

    private Task<Reply> Ask(ScriptedServer server) => Exchange(server, _anyPort).AskAsync(_request, Cancelled);

    private ServerExchange Exchange(ScriptedServer server, SourcePorts ports) => new(IPAddress.IPv6Loopback, server.EndPoint, ports, _clock, new Random(Environment.TickCount));
}
