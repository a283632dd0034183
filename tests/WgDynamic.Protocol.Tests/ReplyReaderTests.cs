namespace WgDynamic.Protocol.Tests;

public class ReplyReaderTests
{
    private const string Everything =
        "search=a.example\nerrno=0\nserial=18446744073709551615\nmtu=1420\nroute=10.0.0.0/8\nroute=2001:db8::/32\nroute=192.0.2.1\n"
        + "dns=192.0.2.53\ndns=2001:db8::53\nsearch=example\nrenewafter=1800\nleasetime=3600\nleasestart=1795355256\n"
        + "ip=2001:db8::7/128\nip=192.0.2.7\nfuture=x\nhostname=-\nclient=\n\n";

    [Fact]
    public void Every_key_is_read_in_any_order()
    {
        Reply reply = Read(Everything);
        Assert.Equal("192.0.2.7", reply.IPv4.ToString());
        Assert.Equal("2001:db8::7", reply.IPv6.ToString());
        Assert.Equal((1795355256, 3600u, 1800u), (reply.LeaseStartUnixSeconds, reply.LeaseSeconds, reply.RenewAfterSeconds));
        Assert.Equal(["10.0.0.0/8", "2001:db8::/32", "192.0.2.1/32"], reply.Routes.Select(route => route.ToString()));
        Assert.Equal(["192.0.2.53", "2001:db8::53"], reply.Dns.Select(server => server.ToString()));
        Assert.Equal(["a.example", "example"], reply.Search);
        Assert.Equal((1420, ulong.MaxValue), (reply.Mtu, reply.Serial));
        Assert.Equal((WireError.Success, null), (reply.Error, reply.ErrorMessage));
    }

    [Fact]
    public void Nothing_of_a_reply_is_left_in_the_next_one()
    {
        Outcome<Reply> outcome = Feed.Replies(Wire.Bytes(Everything + "errno=0\n\n" + Everything));
        Assert.Equal([outcome.Messages[0], new Reply(), outcome.Messages[0]], outcome.Messages);
    }

    [Theory]
    [InlineData("errno=1\n\n", 1, "Invalid request")]
    [InlineData("errmsg=No\nerrno=3\n\n", 3, "No")]
    [InlineData("errno=3\nerrmsg=\n\n", 3, "Chosen IP(s) unavailable")]
    [InlineData("errno=9\n\n", 9, null)]
    [InlineData("errno=2147483647\nerrmsg=Later=version\n\n", int.MaxValue, "Later=version")]
    [InlineData("errno=0\nerrmsg=Fine\n\n", 0, null)]
    [InlineData("errmsg=Fine\n\n", 0, null)]
    public void The_error_is_a_number_that_may_have_words(string text, int error, string? message)
    {
        Reply reply = Read(text);
        Assert.Equal(((WireError)error, message), (reply.Error, reply.ErrorMessage));
    }

    [Fact]
    public void An_error_message_cannot_steer_a_terminal_or_forge_a_line() =>
        Assert.Equal("a?[2J?b?? c", Read("errno=1\nerrmsg=a\x1b[2J\tb\xc3\xa9 c\n\n").ErrorMessage);

    [Fact]
    public void An_error_message_is_cut_rather_than_refused() =>
        Assert.Equal(new string('x', WireLimits.MaxErrorMessageLength), Read($"errno=1\nerrmsg={new string('x', 3000)}\n\n").ErrorMessage);

    [Fact]
    public void A_lease_time_without_an_address_means_nothing() =>
        Assert.Equal(new Reply(), Read("leasestart=5\nleasetime=5\n\n"));

    [Fact]
    public void The_last_of_a_repeated_single_value_counts() =>
        Assert.Equal(
            new Reply { IPv4 = IpAddress.Parse("192.0.2.2"), LeaseSeconds = 2, Mtu = 1400 },
            Read("ip=192.0.2.1\nip=192.0.2.2\nleasetime=1\nleasetime=2\nmtu=1300\nmtu=1400\n\n"));

    [Theory]
    [InlineData("\n", FaultReason.EmptyMessage, 1, null)]
    [InlineData("errno\n\n", FaultReason.NoEqualsSign, 1, null)]
    [InlineData("errno=0\r\n\r\n", FaultReason.ForbiddenByte, 1, null)]
    [InlineData("errmsg=\0\n\n", FaultReason.ForbiddenByte, 1, null)]
    [InlineData("request_ip=1\nerrno=0\n\n", FaultReason.MisplacedCommand, 1, "request_ip")]
    [InlineData("errno=0\nrelease=1\n\n", FaultReason.MisplacedCommand, 2, "release")]
    [InlineData("ip=192.0.2.1\nleasestart=1\nerrno=0\n\n", FaultReason.NoLeaseTime, 4, null)]
    [InlineData("ip=::1\nleasetime=0\n\n", FaultReason.NoLeaseTime, 3, null)]
    [InlineData("ip=0.0.0.0/32\n\n", FaultReason.BadValue, 1, "ip")]
    [InlineData("ip=::\n\n", FaultReason.BadValue, 1, "ip")]
    [InlineData("ip=x\n\n", FaultReason.BadValue, 1, "ip")]
    [InlineData("ip=192.0.2.1/24\n\n", FaultReason.NotAHost, 1, "ip")]
    [InlineData("errno=\n\n", FaultReason.BadValue, 1, "errno")]
    [InlineData("errno=-1\n\n", FaultReason.BadValue, 1, "errno")]
    [InlineData("errno=2147483648\n\n", FaultReason.BadValue, 1, "errno")]
    [InlineData("leasetime=4294967296\n\n", FaultReason.BadValue, 1, "leasetime")]
    [InlineData("leasetime= 1\n\n", FaultReason.BadValue, 1, "leasetime")]
    [InlineData("leasetime=01\n\n", FaultReason.BadValue, 1, "leasetime")]
    [InlineData("leasestart=253402300800\n\n", FaultReason.BadValue, 1, "leasestart")]
    [InlineData("leasestart=-1\n\n", FaultReason.BadValue, 1, "leasestart")]
    [InlineData("renewafter=0\n\n", FaultReason.BadValue, 1, "renewafter")]
    [InlineData("renewafter=1s\n\n", FaultReason.BadValue, 1, "renewafter")]
    [InlineData("mtu=1279\n\n", FaultReason.BadValue, 1, "mtu")]
    [InlineData("mtu=65536\n\n", FaultReason.BadValue, 1, "mtu")]
    [InlineData("serial=18446744073709551616\n\n", FaultReason.BadValue, 1, "serial")]
    [InlineData("serial=99999999999999999999\n\n", FaultReason.BadValue, 1, "serial")]
    [InlineData("route=10.0.0.1/8\n\n", FaultReason.BadValue, 1, "route")]
    [InlineData("route=\n\n", FaultReason.BadValue, 1, "route")]
    [InlineData("dns=192.0.2.1/32\n\n", FaultReason.BadValue, 1, "dns")]
    [InlineData("dns=one.one.one.one\n\n", FaultReason.BadValue, 1, "dns")]
    [InlineData("search=.\n\n", FaultReason.BadValue, 1, "search")]
    [InlineData("search=a b\n\n", FaultReason.BadValue, 1, "search")]
    [InlineData("errno=0\n", FaultReason.Truncated, 2, null)]
    [InlineData("err", FaultReason.Truncated, 1, null)]
    public void A_faulty_reply_is_refused_for_what_is_wrong_with_it(string text, FaultReason reason, int line, string? key)
    {
        byte[] stream = Wire.Bytes(text);
        Outcome<Reply> outcome = Feed.Replies(stream);
        Assert.Equal(new MessageFault(reason, line, key), outcome.Fault);
        Assert.Empty(outcome.Messages);
        Assert.Equal(outcome, Feed.Replies(stream, Feed.ByteByByte(stream.Length)));
    }

    [Fact]
    public void A_reset_forgets_the_stream_and_the_reply()
    {
        using ReplyReader reader = new();
        Assert.Equal(ReadStatus.Complete, reader.Read("errno=0\n\n"u8, out _));
        Assert.Equal(ReadStatus.NeedMore, reader.Read("route=10.0.0.0/8\nrou"u8, out _));
        Assert.True(reader.IsInsideMessage);
        reader.Reset();
        Assert.Null(reader.Reply);
        Assert.False(reader.HoldsBuffer || reader.IsInsideMessage);
        Assert.Equal(ReadStatus.Complete, reader.Read("errno=0\n\n"u8, out _));
        Assert.Equal(new Reply(), reader.Reply);
    }

    private static Reply Read(string text)
    {
        Outcome<Reply> outcome = Feed.Replies(Wire.Bytes(text));
        Assert.Equal(default, outcome.Fault);
        return outcome.Messages[0];
    }
}
