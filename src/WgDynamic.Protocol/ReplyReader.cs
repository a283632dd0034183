namespace WgDynamic.Protocol;

/// <summary>
/// Reads replies off the stream of a server, however it is fragmented. One for each connection, or reused after <see cref="Reset"/>.
/// </summary>
/// <remarks>
/// Takes the keys in any order and skips those it does not know. What it hands out is well-formed and within the limits;
/// whether it is to be trusted is another question. Holds a pooled buffer only while a line is incomplete;
/// <see cref="Dispose"/> and <see cref="Reset"/> give it back. Not thread-safe.
/// </remarks>
public sealed class ReplyReader : IMessageBuilder, IDisposable
{
    private readonly List<IpPrefix> _routes = [];
    private readonly List<IpAddress> _dns = [];
    private readonly List<string> _search = [];
    private MessageFramer _framer;
    private Scalars _building;

    /// <summary>The latest complete reply; null before the first.</summary>
    public Reply? Reply { get; private set; }

    /// <summary>What is wrong, once <see cref="Read"/> said <see cref="ReadStatus.Invalid"/> or <see cref="End"/> said false.</summary>
    public MessageFault Fault => _framer.Fault;

    /// <summary>Whether a reply has begun and is not complete.</summary>
    public bool IsInsideMessage => _framer.IsInsideMessage;

    internal int PendingBytes => _framer.PendingBytes;

    internal bool HoldsBuffer => _framer.HoldsBuffer;

    /// <summary>Reads up to the end of one reply.</summary>
    /// <param name="input">What came in and was not consumed yet; not needed after the call.</param>
    /// <param name="consumed">How much of it was used: all of it, unless a reply is complete and more bytes follow.</param>
    /// <returns>Whether <see cref="Reply"/> is a new one, or <see cref="Fault"/> says why there will be none.</returns>
    public ReadStatus Read(ReadOnlySpan<byte> input, out int consumed) => _framer.Read(this, input, out consumed);

    /// <summary>Tells that nothing more will come.</summary>
    /// <returns>Whether the stream ended between two replies; if not, <see cref="Fault"/> says so.</returns>
    public bool End() => _framer.End();

    /// <summary>Makes it ready for another stream.</summary>
    public void Reset()
    {
        _framer.Reset();
        Clear();
        Reply = null;
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => Reset();

    FaultReason IMessageBuilder.Add(int line, WireKey key, ReadOnlySpan<byte> value)
    {
        if (line == 1)
            Clear();
        ulong number;
        switch (key)
        {
            case WireKey.RequestIp or WireKey.Release:
                return FaultReason.MisplacedCommand;
            case WireKey.Ip:
                return AddAddress(value);
            case WireKey.LeaseStart when WireText.TryParseNumber(value, 0, WireLimits.MaxLeaseStartUnixSeconds, out number):
                _building.LeaseStart = (long)number;
                return FaultReason.None;
            case WireKey.LeaseTime when WireText.TryParseNumber(value, 0, uint.MaxValue, out number):
                _building.LeaseTime = (uint)number;
                return FaultReason.None;
            case WireKey.RenewAfter when WireText.TryParseNumber(value, 1, uint.MaxValue, out number):
                _building.RenewAfter = (uint)number;
                return FaultReason.None;
            case WireKey.Mtu when WireText.TryParseNumber(value, WireLimits.MinMtu, WireLimits.MaxMtu, out number):
                _building.Mtu = (int)number;
                return FaultReason.None;
            case WireKey.Serial when WireText.TryParseNumber(value, 0, ulong.MaxValue, out number):
                _building.Serial = number;
                return FaultReason.None;
            case WireKey.ErrorNumber when WireText.TryParseNumber(value, 0, int.MaxValue, out number):
                _building.Error = (WireError)number;
                return FaultReason.None;
            case WireKey.ErrorMessage:
                _building.ErrorMessage = WireText.ToErrorMessage(value);
                return FaultReason.None;
            case WireKey.Route when IpPrefix.TryParse(value, out IpPrefix route):
                return Add(_routes, route, WireLimits.MaxRoutes);
            case WireKey.Dns when IpAddress.TryParse(value, out IpAddress server):
                return Add(_dns, server, WireLimits.MaxDnsServers);
            case WireKey.Search when WireText.IsName(value):
                return Add(_search, WireText.ToString(value, null), WireLimits.MaxSearchDomains);
            case WireKey.Unknown or WireKey.Hostname or WireKey.Client:
                return FaultReason.None;
            default:
                return FaultReason.BadValue;
        }
    }

    FaultReason IMessageBuilder.Complete()
    {
        bool lease = _building.IPv4 is not null || _building.IPv6 is not null;
        if (lease && _building.LeaseTime == 0)
            return FaultReason.NoLeaseTime;
        Reply = new Reply
        {
            IPv4 = _building.IPv4,
            IPv6 = _building.IPv6,
            LeaseStartUnixSeconds = lease ? _building.LeaseStart : 0,
            LeaseSeconds = lease ? _building.LeaseTime : 0,
            RenewAfterSeconds = _building.RenewAfter,
            Mtu = _building.Mtu,
            Routes = [.. _routes],
            Dns = [.. _dns],
            Search = [.. _search],
            Serial = _building.Serial,
            Error = _building.Error,
            ErrorMessage = _building.ErrorMessage,
        };
        return FaultReason.None;
    }

    private static FaultReason Add<T>(List<T> values, T value, int max)
    {
        if (values.Count == max)
            return FaultReason.TooManyValues;
        values.Add(value);
        return FaultReason.None;
    }

    private FaultReason AddAddress(ReadOnlySpan<byte> value)
    {
        FaultReason reason = WireAddress.TryParse(value, out IpAddress address);
        if (reason != FaultReason.None)
            return reason;
        if (address.IsUnspecified)
            return FaultReason.BadValue;
        if (address.IsIPv6)
            _building.IPv6 = address;
        else
            _building.IPv4 = address;
        return FaultReason.None;
    }

    private void Clear()
    {
        _building = default;
        _routes.Clear();
        _dns.Clear();
        _search.Clear();
    }

    // What the lines said so far; a key that is not here was not sent.
    private struct Scalars
    {
        public IpAddress? IPv4;
        public IpAddress? IPv6;
        public long LeaseStart;
        public uint LeaseTime;
        public uint? RenewAfter;
        public int? Mtu;
        public ulong? Serial;
        public WireError Error;
        public string? ErrorMessage;
    }
}
