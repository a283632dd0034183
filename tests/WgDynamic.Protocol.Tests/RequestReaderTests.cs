namespace WgDynamic.Protocol.Tests;

public class RequestReaderTests
{
    [Theory]
    [InlineData("request_ip=1\n\n", "RequestIp")]
    [InlineData("request_ip=1\nip=0.0.0.0/32\nip=::/128\nleasestart=0\nleasetime=0\n\n", "RequestIp 0.0.0.0 ::")]
    [InlineData("request_ip=1\nip=2001:db8::7\nip=192.0.2.7\n\n", "RequestIp 192.0.2.7 2001:db8::7")]
    [InlineData("request_ip=1\nip=192.0.2.1\nip=192.0.2.2\n\n", "RequestIp 192.0.2.2")]
    [InlineData("request_ip=1\nip=::ffff:192.0.2.1/128\n\n", "RequestIp ::ffff:192.0.2.1")]
    [InlineData("request_ip=1\nfoo=bar\nx=\ny==\n=z\n=\nip=::\n\n", "RequestIp ::")]
    [InlineData("request_ip=1\nIP=nonsense\nip =nonsense\n\n", "RequestIp")]
    [InlineData("request_ip=1\nfoo=\x01\x7f\xe9\t\n\n", "RequestIp")]
    [InlineData("request_ip=1\nleasestart=x\nleasetime=-1\nerrno=x\nerrmsg=\n\n", "RequestIp")]
    [InlineData("request_ip=1\nroute=x\ndns=x\nsearch=-\nmtu=x\nserial=x\nrenewafter=x\n\n", "RequestIp")]
    [InlineData("request_ip=1\nhostname=a.b-c.D9\nclient=wg-dynamic/0.1.0\n\n", "RequestIp hostname=a.b-c.D9 client=wg-dynamic/0.1.0")]
    [InlineData("request_ip=1\nhostname=a\nhostname=b\n\n", "RequestIp hostname=b")]
    [InlineData("release=1\n\n", "Release")]
    [InlineData("release=1\nleasetime=0\nfoo=bar\nhostname=a\n\n", "Release hostname=a")]
    public void A_request_is_read_as_it_is_meant(string text, string meaning)
    {
        Outcome<Request> outcome = Feed.Requests(Wire.Bytes(text));
        Assert.Equal(default, outcome.Fault);
        Assert.Equal(meaning, Describe(Assert.Single(outcome.Messages)));
    }

    [Theory]
    // Form.
    [InlineData("request_ip\n\n", FaultReason.NoEqualsSign, 1, null, WireError.InvalidRequest)]
    [InlineData("request_ip=1\ngarbage\n\n", FaultReason.NoEqualsSign, 2, null, WireError.InvalidRequest)]
    [InlineData("request_ip=1\nip=::\0\n\n", FaultReason.ForbiddenByte, 2, null, WireError.InvalidRequest)]
    [InlineData("request_ip=1\nfoo=\0\n\n", FaultReason.ForbiddenByte, 2, null, WireError.InvalidRequest)]
    [InlineData("request_ip=1\nfoo=a\rb\n\n", FaultReason.ForbiddenByte, 2, null, WireError.InvalidRequest)]
    [InlineData("request_ip=1\r\n\r\n", FaultReason.ForbiddenByte, 1, null, WireError.InvalidRequest)]
    [InlineData("request_ip=1\n\r\n", FaultReason.ForbiddenByte, 2, null, WireError.InvalidRequest)]
    // Command and version.
    [InlineData("\n", FaultReason.EmptyMessage, 1, null, WireError.UnsupportedProtocol)]
    [InlineData("hello=1\n\n", FaultReason.UnknownCommand, 1, null, WireError.UnsupportedProtocol)]
    [InlineData("hello=1x\n\n", FaultReason.UnknownCommand, 1, null, WireError.UnsupportedProtocol)]
    [InlineData("=\n\n", FaultReason.UnknownCommand, 1, null, WireError.UnsupportedProtocol)]
    [InlineData(" request_ip=1\n\n", FaultReason.UnknownCommand, 1, null, WireError.UnsupportedProtocol)]
    [InlineData("REQUEST_IP=1\n\n", FaultReason.UnknownCommand, 1, null, WireError.UnsupportedProtocol)]
    [InlineData("ip=::\n\n", FaultReason.UnknownCommand, 1, "ip", WireError.UnsupportedProtocol)]
    [InlineData("request_ip=\n\n", FaultReason.UnsupportedVersion, 1, "request_ip", WireError.UnsupportedProtocol)]
    [InlineData("request_ip=0\n\n", FaultReason.UnsupportedVersion, 1, "request_ip", WireError.UnsupportedProtocol)]
    [InlineData("request_ip=01\n\n", FaultReason.UnsupportedVersion, 1, "request_ip", WireError.UnsupportedProtocol)]
    [InlineData("request_ip=2\n\n", FaultReason.UnsupportedVersion, 1, "request_ip", WireError.UnsupportedProtocol)]
    [InlineData("request_ip= 1\n\n", FaultReason.UnsupportedVersion, 1, "request_ip", WireError.UnsupportedProtocol)]
    [InlineData("request_ip=+1\n\n", FaultReason.UnsupportedVersion, 1, "request_ip", WireError.UnsupportedProtocol)]
    [InlineData("request_ip= \t-1\n\n", FaultReason.UnsupportedVersion, 1, "request_ip", WireError.UnsupportedProtocol)]
    [InlineData("request_ip=18446744073709551617\n\n", FaultReason.UnsupportedVersion, 1, "request_ip", WireError.UnsupportedProtocol)]
    [InlineData("release=2\n\n", FaultReason.UnsupportedVersion, 1, "release", WireError.UnsupportedProtocol)]
    [InlineData("request_ip=1x\n\n", FaultReason.BadValue, 1, "request_ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1 \n\n", FaultReason.BadValue, 1, "request_ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1=1\n\n", FaultReason.BadValue, 1, "request_ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1.0\n\n", FaultReason.BadValue, 1, "request_ip", WireError.InvalidRequest)]
    [InlineData("request_ip=0x1\n\n", FaultReason.BadValue, 1, "request_ip", WireError.InvalidRequest)]
    [InlineData("request_ip=-\n\n", FaultReason.BadValue, 1, "request_ip", WireError.InvalidRequest)]
    [InlineData("request_ip= \n\n", FaultReason.BadValue, 1, "request_ip", WireError.InvalidRequest)]
    [InlineData("request_ip=+-1\n\n", FaultReason.BadValue, 1, "request_ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nrequest_ip=1\n\n", FaultReason.MisplacedCommand, 2, "request_ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nfoo=bar\nrelease=1\n\n", FaultReason.MisplacedCommand, 3, "release", WireError.InvalidRequest)]
    // Addresses.
    [InlineData("request_ip=1\nip=\n\n", FaultReason.BadValue, 2, "ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nip=999.1.1.1\n\n", FaultReason.BadValue, 2, "ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nip=010.0.0.1\n\n", FaultReason.BadValue, 2, "ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nip=fe80::1%wg0\n\n", FaultReason.BadValue, 2, "ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nip= 192.0.2.1\n\n", FaultReason.BadValue, 2, "ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nip=192.0.2.1/\n\n", FaultReason.BadValue, 2, "ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nip=192.0.2.1/33\n\n", FaultReason.BadValue, 2, "ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nip=192.0.2.1/032\n\n", FaultReason.BadValue, 2, "ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nip=192.0.2.1/+32\n\n", FaultReason.BadValue, 2, "ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nip=192.0.2.1/24\n\n", FaultReason.NotAHost, 2, "ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nip=::/0\n\n", FaultReason.NotAHost, 2, "ip", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nip=::1\nip=::1/64\n\n", FaultReason.NotAHost, 3, "ip", WireError.InvalidRequest)]
    [InlineData("release=1\nip=192.0.2.1\n\n", FaultReason.MisplacedKey, 2, "ip", WireError.InvalidRequest)]
    // Texts.
    [InlineData("request_ip=1\nhostname=\n\n", FaultReason.BadValue, 2, "hostname", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nhostname=a b\n\n", FaultReason.BadValue, 2, "hostname", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nclient=\n\n", FaultReason.BadValue, 2, "client", WireError.InvalidRequest)]
    [InlineData("request_ip=1\nclient=a\x1b[2J\n\n", FaultReason.BadValue, 2, "client", WireError.InvalidRequest)]
    // The end of the stream.
    [InlineData("r", FaultReason.Truncated, 1, null, WireError.InvalidRequest)]
    [InlineData("request_ip=1\n", FaultReason.Truncated, 2, null, WireError.InvalidRequest)]
    [InlineData("request_ip=1\nip=::", FaultReason.Truncated, 2, null, WireError.InvalidRequest)]
    public void A_faulty_request_is_refused_for_what_is_wrong_with_it(string text, FaultReason reason, int line, string? key, WireError error)
    {
        byte[] stream = Wire.Bytes(text);
        Outcome<Request> outcome = Feed.Requests(stream);
        Assert.Equal(new MessageFault(reason, line, key), outcome.Fault);
        Assert.Equal(error, outcome.Fault.Error);
        Assert.Empty(outcome.Messages);
        Assert.Equal(outcome, Feed.Requests(stream, Feed.ByteByByte(stream.Length)));
    }

    [Fact]
    public void An_error_is_told_as_soon_as_its_line_is_there()
    {
        using RequestReader reader = new();
        Assert.Equal(ReadStatus.Invalid, reader.Read("request_ip=2\n"u8, out int consumed));
        Assert.Equal(13, consumed);
        Assert.Equal(WireError.UnsupportedProtocol, reader.Fault.Error);
    }

    [Fact]
    public void Bytes_behind_a_request_are_left_for_the_next_call()
    {
        using RequestReader reader = new();
        ReadOnlySpan<byte> stream = "request_ip=1\nip=::\n\nrelease=1\n\nrequest"u8;
        Assert.Equal(ReadStatus.Complete, reader.Read(stream, out int consumed));
        Assert.Equal(Request.AnyIPv6, reader.Request.IPv6);
        Assert.Equal(20, consumed);

        stream = stream[consumed..];
        Assert.Equal(ReadStatus.Complete, reader.Read(stream, out consumed));
        Assert.Equal(new Request { Command = Command.Release }, reader.Request);
        Assert.False(reader.IsInsideMessage);

        stream = stream[consumed..];
        Assert.Equal(ReadStatus.NeedMore, reader.Read(stream, out consumed));
        Assert.Equal(stream.Length, consumed);
        Assert.True(reader.IsInsideMessage);
    }

    [Fact]
    public void Nothing_of_a_request_is_left_in_the_next_one()
    {
        Outcome<Request> outcome = Feed.Requests("request_ip=1\nip=192.0.2.1\nip=::1\nhostname=a\nclient=b\n\nrequest_ip=1\n\n"u8);
        Assert.Equal([new Request(), new Request()], [outcome.Messages[1], default]);
    }

    [Fact]
    public void A_stream_that_ends_between_requests_ends_well()
    {
        using RequestReader reader = new();
        Assert.True(reader.End());
        Assert.Equal(ReadStatus.Complete, reader.Read("release=1\n\n"u8, out _));
        Assert.True(reader.End());
        Assert.Equal("no fault", reader.Fault.ToString());
    }

    [Fact]
    public void After_a_fault_only_a_reset_helps()
    {
        using RequestReader reader = new();
        Assert.Equal(ReadStatus.Invalid, reader.Read("hello=1\n\n"u8, out _));
        Assert.Equal(ReadStatus.Invalid, reader.Read("request_ip=1\n\n"u8, out int consumed));
        Assert.Equal(14, consumed);
        Assert.False(reader.End());
        Assert.Equal(FaultReason.UnknownCommand, reader.Fault.Reason);

        reader.Reset();
        Assert.Equal(ReadStatus.Complete, reader.Read("request_ip=1\n\n"u8, out _));
        Assert.Equal(default, reader.Fault);
    }

    [Fact]
    public void A_reset_gives_up_the_half_of_a_line()
    {
        using RequestReader reader = new();
        Assert.Equal(ReadStatus.NeedMore, reader.Read("request"u8, out _));
        Assert.True(reader.HoldsBuffer);
        reader.Reset();
        Assert.False(reader.HoldsBuffer);
        Assert.False(reader.IsInsideMessage);
        Assert.Equal(ReadStatus.Complete, reader.Read("release=1\n\n"u8, out _));
    }

    [Fact]
    public void A_session_that_waits_between_lines_holds_no_buffer()
    {
        using RequestReader reader = new();
        foreach (byte b in "request_ip=1\nip=::\n"u8)
            Assert.Equal(ReadStatus.NeedMore, reader.Read([b], out _));
        Assert.True(reader.IsInsideMessage);
        Assert.False(reader.HoldsBuffer);
        Assert.Equal(ReadStatus.Complete, reader.Read("\n"u8, out _));
        Assert.False(reader.HoldsBuffer);
    }

    [Fact]
    public void A_peer_that_repeats_itself_is_given_the_same_strings()
    {
        using RequestReader reader = new();
        byte[] stream = "request_ip=1\nhostname=laptop\nclient=wg-dynamic/1\n\n"u8.ToArray();
        _ = reader.Read(stream, out _);
        Request first = reader.Request;
        _ = reader.Read("request_ip=1\n\n"u8, out _);
        _ = reader.Read(stream, out _);
        Assert.Same(first.Hostname, reader.Request.Hostname);
        Assert.Same(first.Client, reader.Request.Client);
    }

    [Theory]
    [InlineData("request_ip=1\nip=x\n", "line 2: ip: not a value of this key")]
    [InlineData("garbage\n", "line 1: not of the form key=value")]
    public void A_fault_reads_well_in_a_log(string text, string expected) =>
        Assert.Equal(expected, Feed.Requests(Wire.Bytes(text)).Fault.ToString());

    [Fact]
    public void Every_fault_has_words_of_its_own()
    {
        string[] words = [.. Enum.GetValues<FaultReason>().Select(reason => new MessageFault(reason, 1, null).ToString())];
        Assert.Equal(words.Length, words.Distinct().Count());
        Assert.DoesNotContain("line 1: faulty", words);
    }

    private static string Describe(Request request) => string.Join(' ', new[]
    {
        request.Command.ToString(),
        request.IPv4?.ToString(),
        request.IPv6?.ToString(),
        request.Hostname is null ? null : $"hostname={request.Hostname}",
        request.Client is null ? null : $"client={request.Client}",
    }.Where(part => part is not null));
}
