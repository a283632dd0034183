using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace WgDynamic.Server;

/// <summary>What all sessions share.</summary>
internal sealed class SessionContext(InterfaceName interfaceName, SessionLimits limits, Counters counters, TimeProvider clock, ILogger log)
{
    // As many as are written to at the same time, which is a few; not as many as there are sessions.
    private readonly ConcurrentBag<ArrayBufferWriter<byte>> _writers = [];

    public InterfaceName Interface => interfaceName;

    public SessionLimits Limits => Sessions.Limits;

    public Counters Counters => counters;

    public TimeProvider Clock => clock;

    public ILogger Log => log;

    public LogThrottle Throttle { get; } = new(clock);

    public SessionTable Sessions { get; } = new(limits, clock);

    public ArrayBufferWriter<byte> RentWriter() => _writers.TryTake(out ArrayBufferWriter<byte>? writer) ? writer : new ArrayBufferWriter<byte>(1024);

    public void ReturnWriter(ArrayBufferWriter<byte> writer)
    {
        writer.ResetWrittenCount();
        _writers.Add(writer);
    }
}
