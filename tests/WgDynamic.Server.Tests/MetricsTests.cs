using System.Net;
using System.Net.Sockets;
using System.Text;
using WgDynamic.Control;

namespace WgDynamic.Server.Tests;

public sealed class MetricsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wgd").FullName;
    private readonly TestClock _clock = new();

    private string SocketPath => Path.Combine(_folder, "metrics.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("127.0.0.1:9586")]
    [InlineData("127.9.9.9:1")]
    [InlineData("[::1]:65535")]
    [InlineData("/run/wg-dynamic/wg0.metrics.sock")]
    public void An_address_of_this_machine_alone_or_a_socket_is_taken(string text) =>
        Assert.Equal(text, MetricsEndPoint.Parse(text, out _)?.ToString());

    [Theory]
    [InlineData("0.0.0.0:9586", "is no address of this machine alone")]
    [InlineData("10.0.0.1:9586", "is no address of this machine alone")]
    [InlineData("[::]:9586", "is no address of this machine alone")]
    [InlineData("[fe80::1]:9586", "is no address of this machine alone")]
    [InlineData("::1:9586", "is neither an address with a port nor")]
    [InlineData("[127.0.0.1]:9586", "is neither an address with a port nor")]
    [InlineData("127.1:9586", "is neither an address with a port nor")]
    [InlineData("127.0.0.1", "is neither an address with a port nor")]
    [InlineData("127.0.0.1:0", "is neither an address with a port nor")]
    [InlineData("127.0.0.1:65536", "is neither an address with a port nor")]
    [InlineData("127.0.0.1:+1", "is neither an address with a port nor")]
    [InlineData("localhost:9586", "is neither an address with a port nor")]
    [InlineData("metrics.sock", "is neither an address with a port nor")]
    [InlineData("/run/", "is longer than")]
    public void Anything_else_is_refused(string text, string problem)
    {
        Assert.Null(MetricsEndPoint.Parse(text, out string said));
        Assert.StartsWith(problem, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_gives_the_metrics_and_head_the_same_without_them()
    {
        await using MetricsListener listener = Listen();
        string get = await AskAsync("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"), head = await AskAsync("HEAD /metrics?x=y HTTP/1.0\r\n\r\n");

        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: 7\r\nConnection: close\r\n\r\nmetrics", get);
        Assert.Equal(get[..^7], head);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "404 Not Found")]
    [InlineData("GET /metrics/../etc/passwd HTTP/1.1\r\n\r\n", "404 Not Found")]
    [InlineData("POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", "405 Method Not Allowed")]
    [InlineData("hello\r\n\r\n", "400 Bad Request")]
    [InlineData("GET  /metrics HTTP/1.1\r\n\r\n", "400 Bad Request")]
    [InlineData("\0\uffff\r\n\r\n", "400 Bad Request")]
    public async Task Whatever_else_is_asked_has_the_answer_of_the_RFC(string request, string status)
    {
        await using MetricsListener listener = Listen();
        Assert.StartsWith($"HTTP/1.1 {status}\r\n", await AskAsync(request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_does_not_end_is_refused_when_it_is_too_long()
    {
        await using MetricsListener listener = Listen();
        Assert.StartsWith("HTTP/1.1 400 ", await AskAsync("GET /metrics HTTP/1.1\r\nX: " + new string('x', 10_000)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_cannot_tell_says_so()
    {
        await using MetricsListener listener = Listen(_ => throw new ControlException(ControlError.Failed, "the server is ending"));
        Assert.StartsWith("HTTP/1.1 503 ", await AskAsync("GET /metrics HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_takes_too_long_is_dropped_and_does_not_keep_others_out_for_longer()
    {
        using SemaphoreSlim stuck = new(0);
        int asked = 0;
        await using MetricsListener listener = Listen(async token =>
        {
            if (Interlocked.Increment(ref asked) > 8)
                return "metrics";
            _ = stuck.Release();
            await Task.Delay(Timeout.Infinite, token);
            return "";
        });
        using Socket silent = await ConnectAsync();
        Task<string>[] slow = [.. Enumerable.Range(0, 7).Select(_ => AskAsync("GET /metrics HTTP/1.1\r\n\r\n"))];
        foreach (Task<string> _ in slow)
            Assert.True(await stuck.WaitAsync(Names.Limit, Names.Cancelled));
        asked = 8;
        // All places are taken, and this one waits for one of them.
        Task<string> next = AskAsync("GET /metrics HTTP/1.1\r\n\r\n");
        _clock.Advance(TimeSpan.FromSeconds(11));

        Assert.EndsWith("metrics", await next, StringComparison.Ordinal);
        Assert.All(await Task.WhenAll(slow), answer => Assert.Equal("", answer));
        Assert.Equal(0, await silent.ReceiveAsync(new byte[1], SocketFlags.None, Names.Cancelled).AsTask().WaitAsync(Names.Limit, Names.Cancelled));
    }

    [Fact]
    public async Task The_socket_goes_with_the_listener_and_one_that_nobody_listens_on_is_replaced()
    {
        using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            dead.Bind(new UnixDomainSocketEndPoint(SocketPath));
        // .NET removes the file of a socket that it disposes of.
        if (!File.Exists(SocketPath))
            _ = await TestKit.Command.RunAsync("python3", "-c", $"import socket; socket.socket(socket.AF_UNIX).bind('{SocketPath}')");
        await using (Listen())
            Assert.EndsWith("metrics", await AskAsync("GET /metrics HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.False(Path.Exists(SocketPath));
    }

    [Fact]
    public async Task What_is_somebody_elses_is_left_alone()
    {
        await File.WriteAllTextAsync(SocketPath, "", Names.Cancelled);
        Assert.Contains("somebody else's", Assert.Throws<IOException>(() => Listen()).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(SocketPath));
        File.Delete(SocketPath);
        await using MetricsListener listener = Listen();
        Assert.Contains("somebody else's", Assert.Throws<IOException>(() => Listen()).Message, StringComparison.Ordinal);
        Assert.EndsWith("metrics", await AskAsync("GET /metrics HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_move_to_another_place_when_the_configuration_says_so_and_a_place_that_is_taken_is_told()
    {
        List<string> problems = [];
        await using MetricsSide side = new(_ => Task.FromResult("metrics"), _clock, Bind, error => problems.Add(error.Message));
        await side.ServeAtAsync(MetricsEndPoint.Parse(SocketPath, out _));
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        await side.ServeAtAsync(new MetricsEndPoint((IPEndPoint)taken.LocalEndPoint!, null));
        Assert.False(Path.Exists(SocketPath));
        Assert.Contains("127.0.0.1:", Assert.Single(problems), StringComparison.Ordinal);
        await side.ServeAtAsync(MetricsEndPoint.Parse(SocketPath, out _));
        Assert.EndsWith("metrics", await AskAsync("GET /metrics HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        await side.ServeAtAsync(null);
        Assert.False(Path.Exists(SocketPath));
    }

    private MetricsListener Listen(Func<CancellationToken, Task<string>>? read = null) =>
        MetricsListener.Open(new MetricsEndPoint(null, SocketPath), read ?? (_ => Task.FromResult("metrics")), _clock, Bind);

    private static void Bind(Socket socket, string path) => socket.Bind(new UnixDomainSocketEndPoint(path));

    private async Task<Socket> ConnectAsync()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), Names.Cancelled);
        return socket;
    }

    private async Task<string> AskAsync(string request)
    {
        await using NetworkStream stream = new(await ConnectAsync(), ownsSocket: true);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Names.Cancelled);
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync(Names.Cancelled).WaitAsync(Names.Limit, Names.Cancelled);
    }
}
