using System.Net.Sockets;
using System.Text;

namespace WgDynamic.Daemon.Tests;

public sealed class ServiceManagerTests
{
    [Theory]
    [InlineData("")]
    [InlineData("@")]
    public async Task systemd_hears_when_the_daemon_is_ready_and_when_it_ends(string kind)
    {
        string name = kind + Path.Combine(Path.GetTempPath(), $"wgd-notify-{Guid.NewGuid():N}");
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(kind == "@" ? "\0" + name[1..] : name));
        ServiceManager manager = new(name);
        Assert.True(manager.IsPresent);
        manager.Ready("serving wg0");
        Assert.Equal($"READY=1\nSTATUS=serving wg0\nMAINPID={Environment.ProcessId}", await ReceiveAsync(socket));
        manager.Status("busy");
        Assert.Equal("STATUS=busy", await ReceiveAsync(socket));
        manager.Stopping();
        Assert.Equal("STOPPING=1", await ReceiveAsync(socket));
        if (kind.Length == 0)
            File.Delete(name);
    }

    [Fact]
    public void Without_systemd_nothing_happens()
    {
        ServiceManager none = new(null), deaf = new("/nonexistent/socket"), tooLong = new("/" + new string('x', 200));
        Assert.False(none.IsPresent);
        Assert.False(tooLong.IsPresent);
        none.Ready("x");
        deaf.Ready("x");
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        byte[] buffer = new byte[1024];
        int length = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
