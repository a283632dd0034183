using System.Buffers;

namespace WgDynamic.Protocol;

/// <summary>
/// Writes messages as the 2019 prototype does, byte for byte, with this version's further keys where its programs skip them.
/// Allocates nothing itself.
/// </summary>
public static class MessageWriter
{
    // Bounds, so that a message is written in one go: each is the sum of the longest lines, and then some. Tests write the longest messages.
    private const int MaxAddressLine = 64;
    private const int MaxNameLine = 16 + WireLimits.MaxNameLength;
    private const int MaxRequestBytes = 512;
    private const int MaxReplyBytesWithoutLists = 512 + WireLimits.MaxErrorMessageLength;

    /// <summary>Writes a request.</summary>
    /// <param name="output">Where to; it is advanced by the message.</param>
    /// <param name="request">What to ask.</param>
    /// <exception cref="ArgumentException">It is to release and names addresses.</exception>
    public static void Write(IBufferWriter<byte> output, in Request request)
    {
        if (request.Command == Command.Release && (request.IPv4 ?? request.IPv6) is not null)
            throw new ArgumentException("A release names no addresses: it gives up all of them.", nameof(request));

        LineWriter lines = new(output.GetSpan(MaxRequestBytes));
        lines.Line(request.Command.Key(), WireVersion.Bytes);
        if (request.IPv4 is { } ipv4)
            lines.Line(WireKey.Ip, IpPrefix.Host(ipv4));
        if (request.IPv6 is { } ipv6)
            lines.Line(WireKey.Ip, IpPrefix.Host(ipv6));
        if (request.Hostname is { } hostname)
            lines.Line(WireKey.Hostname, hostname);
        if (request.Client is { } client)
            lines.Line(WireKey.Client, client);
        lines.End();
        output.Advance(lines.Length);
    }

    /// <summary>Writes a reply.</summary>
    /// <param name="output">Where to; it is advanced by the message.</param>
    /// <param name="reply">What to answer.</param>
    /// <exception cref="ArgumentException">It grants an address but no time.</exception>
    public static void Write(IBufferWriter<byte> output, Reply reply)
    {
        if (reply.HasAddress && reply.LeaseSeconds == 0)
            throw new ArgumentException("An address needs a lease time.", nameof(reply));

        LineWriter lines = new(output.GetSpan(MaxBytes(reply)));
        if (reply.IPv4 is { } ipv4)
            lines.Line(WireKey.Ip, IpPrefix.Host(ipv4));
        if (reply.IPv6 is { } ipv6)
            lines.Line(WireKey.Ip, IpPrefix.Host(ipv6));
        if (reply.HasAddress)
        {
            lines.Line(WireKey.LeaseStart, (ulong)reply.LeaseStartUnixSeconds);
            lines.Line(WireKey.LeaseTime, reply.LeaseSeconds);
        }

        WriteSettings(ref lines, reply);
        lines.Line(WireKey.ErrorNumber, (ulong)reply.Error);
        if (reply.ErrorMessage is { } message)
            lines.Line(WireKey.ErrorMessage, message);
        lines.End();
        output.Advance(lines.Length);
    }

    // In front of errno, where the prototype's client is known to skip what it does not know.
    private static void WriteSettings(ref LineWriter lines, Reply reply)
    {
        if (reply.RenewAfterSeconds is { } renewAfter)
            lines.Line(WireKey.RenewAfter, renewAfter);
        if (reply.Mtu is { } mtu)
            lines.Line(WireKey.Mtu, (ulong)mtu);
        foreach (IpPrefix route in reply.Routes)
            lines.Line(WireKey.Route, route);
        foreach (IpAddress server in reply.Dns)
            lines.Line(WireKey.Dns, server);
        foreach (string domain in reply.Search)
            lines.Line(WireKey.Search, domain);
        if (reply.Serial is { } serial)
            lines.Line(WireKey.Serial, serial);
    }

    private static int MaxBytes(Reply reply) =>
        MaxReplyBytesWithoutLists
        + (MaxAddressLine * (reply.Routes.Length + reply.Dns.Length))
        + (MaxNameLine * reply.Search.Length);
}
