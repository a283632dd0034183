namespace WgDynamic.Protocol;

/// <summary>
/// Reads requests off the stream of one client, however it is fragmented. One for each session, or reused after <see cref="Reset"/>.
/// </summary>
/// <remarks>
/// Allocates nothing but the strings of <see cref="Request.Hostname"/> and <see cref="Request.Client"/>, and those only
/// where they differ from the ones before. Holds a pooled buffer only while a line is incomplete;
/// <see cref="Dispose"/> and <see cref="Reset"/> give it back. Not thread-safe.
/// </remarks>
public sealed class RequestReader : IMessageBuilder, IDisposable
{
    private MessageFramer _framer;
    private Request _building;
    private string? _lastHostname;
    private string? _lastClient;

    /// <summary>The latest complete request.</summary>
    public Request Request { get; private set; }

    /// <summary>What is wrong, once <see cref="Read"/> said <see cref="ReadStatus.Invalid"/> or <see cref="End"/> said false; what to answer is its <see cref="MessageFault.Error"/>.</summary>
    public MessageFault Fault => _framer.Fault;

    /// <summary>Whether a request has begun and is not complete: between requests a session may take its time.</summary>
    public bool IsInsideMessage => _framer.IsInsideMessage;

    internal int PendingBytes => _framer.PendingBytes;

    internal bool HoldsBuffer => _framer.HoldsBuffer;

    /// <summary>Reads up to the end of one request.</summary>
    /// <param name="input">What came in and was not consumed yet; not needed after the call.</param>
    /// <param name="consumed">How much of it was used: all of it, unless a request is complete and more bytes follow.</param>
    /// <returns>Whether <see cref="Request"/> is a new one, or <see cref="Fault"/> says why there will be none.</returns>
    public ReadStatus Read(ReadOnlySpan<byte> input, out int consumed) => _framer.Read(this, input, out consumed);

    /// <summary>Tells that nothing more will come.</summary>
    /// <returns>Whether the stream ended between two requests; if not, <see cref="Fault"/> says so.</returns>
    public bool End() => _framer.End();

    /// <summary>Makes it ready for another stream.</summary>
    public void Reset()
    {
        _framer.Reset();
        Request = _building = default;
        _lastHostname = _lastClient = null;
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => Reset();

    FaultReason IMessageBuilder.Add(int line, WireKey key, ReadOnlySpan<byte> value)
    {
        if (line == 1)
            return SetCommand(key, value);
        switch (key)
        {
            case WireKey.RequestIp or WireKey.Release:
                return FaultReason.MisplacedCommand;
            case WireKey.Ip:
                return AddAddress(value);
            case WireKey.Hostname:
                if (!WireText.IsName(value))
                    return FaultReason.BadValue;
                _building = _building with { Hostname = _lastHostname = WireText.ToString(value, _lastHostname) };
                return FaultReason.None;
            case WireKey.Client:
                if (!WireText.IsClient(value))
                    return FaultReason.BadValue;
                _building = _building with { Client = _lastClient = WireText.ToString(value, _lastClient) };
                return FaultReason.None;
            default:
                // Unknown keys, and those of replies: the prototype's client sends leasestart and leasetime, and they mean nothing.
                return FaultReason.None;
        }
    }

    FaultReason IMessageBuilder.Complete()
    {
        Request = _building;
        return FaultReason.None;
    }

    private FaultReason SetCommand(WireKey key, ReadOnlySpan<byte> version)
    {
        if (!key.IsCommand(out Command command))
            return FaultReason.UnknownCommand;
        _building = new Request { Command = command };
        return WireVersion.Check(version);
    }

    private FaultReason AddAddress(ReadOnlySpan<byte> value)
    {
        FaultReason reason = WireAddress.TryParse(value, out IpAddress address);
        if (reason != FaultReason.None)
            return reason;
        // Who releases by address means to keep the rest; doing more than was meant is worse than refusing.
        if (_building.Command == Command.Release)
            return FaultReason.MisplacedKey;
        _building = address.IsIPv6 ? _building with { IPv6 = address } : _building with { IPv4 = address };
        return FaultReason.None;
    }
}
