using System.Text;

namespace WgDynamic.Daemon;

/// <summary>The local syslog socket, in the format of RFC 3164 that every syslogd takes there, without the time.</summary>
internal sealed class Syslog(DatagramTarget target, string identifier) : IDisposable
{
    // LOG_DAEMON, sys/syslog.h
    private const int Facility = 3 << 3;

    private readonly string _tag = $"{identifier}[{Environment.ProcessId}]: ";

    /// <summary>Writes a line, if anybody listens.</summary>
    /// <param name="priority">That of syslog(3).</param>
    /// <param name="text">The line.</param>
    public void Write(int priority, string text) => _ = target.TrySend(Encoding.UTF8.GetBytes($"<{Facility | priority}>{_tag}{text}"));

    /// <inheritdoc/>
    public void Dispose() => target.Dispose();
}
