using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace WgDynamic.Daemon.Tests;

public sealed class DaemonLoggerTests : IDisposable
{
    private readonly StringWriter _error = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("wgd-log-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private DaemonLogger Logger(LogLevel level = LogLevel.Information, bool journal = false) => new(level, "wg-dynamic-test", _error, journal, Path.Combine(_directory, "log"));

    [Fact]
    public void A_person_reads_plain_lines_and_sees_what_is_wrong()
    {
        using DaemonLogger log = Logger();
        log.LogInformation("leased");
        log.LogWarning("careful");
        log.LogError(new IOException("disk full"), "cannot store");
        log.LogDebug("not shown");
        Assert.Equal("leased\nwarning: careful\nerror: cannot store: disk full\n", _error.ToString());
    }

    [Fact]
    public void The_journal_gets_priorities_in_front()
    {
        using DaemonLogger log = Logger(LogLevel.Debug, journal: true);
        log.LogDebug("d");
        log.LogInformation("i");
        log.LogWarning("w");
        log.LogError("e");
        log.LogCritical("c");
        Assert.Equal("<7>d\n<6>i\n<4>w\n<3>e\n<2>c\n", _error.ToString());
    }

    [Fact]
    public void What_a_stranger_sent_cannot_begin_a_line_of_its_own()
    {
        using DaemonLogger log = Logger();
        log.LogInformation("from {Stranger}", "a\nerror: b\r\u001b[31m\0c");
        Assert.Equal("from a error: b  [31m c\n", _error.ToString());
    }

    [Fact]
    public async Task In_the_background_lines_go_to_syslog_also_when_it_was_started_again()
    {
        using DaemonLogger log = Logger();
        using (Socket syslog = Listen())
        {
            log.LogInformation("still here");
            log.SwitchToSyslog();
            log.LogWarning("in the background");
            Assert.Equal($"<28>wg-dynamic-test[{Environment.ProcessId}]: in the background", await ReceiveAsync(syslog));
        }

        File.Delete(Path.Combine(_directory, "log"));
        using Socket again = Listen();
        log.LogInformation("after a restart of syslog");
        Assert.Equal($"<30>wg-dynamic-test[{Environment.ProcessId}]: after a restart of syslog", await ReceiveAsync(again));
        Assert.Equal("still here\n", _error.ToString());
    }

    [Fact]
    public void Without_syslog_a_daemon_in_the_background_goes_on()
    {
        using DaemonLogger log = Logger();
        log.SwitchToSyslog();
        log.LogInformation("heard by nobody");
        Assert.Equal("", _error.ToString());
    }

    private Socket Listen()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_directory, "log")));
        return socket;
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        byte[] buffer = new byte[1024];
        int length = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
