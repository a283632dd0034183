using System.Text;

namespace WgDynamic.Protocol.Tests;

public class LimitTests
{
    [Theory]
    [InlineData(4095, true)]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public void A_line_has_4096_bytes_with_its_newline_at_most(int length, bool taken)
    {
        byte[] stream = Wire.Bytes($"request_ip=1\n{Line(length)}\n");
        Outcome<Request> outcome = Feed.Requests(stream);
        Assert.Equal(taken ? default : new MessageFault(FaultReason.LineTooLong, 2, null), outcome.Fault);
        Assert.Equal(taken ? 1 : 0, outcome.Messages.Count);
        Assert.Equal(outcome, Feed.Requests(stream, Feed.ByteByByte(stream.Length)));
        for (int cut = 4090; cut < 4100; cut++)
            Assert.Equal(outcome, Feed.Requests(stream, [cut, cut + 13]));
    }

    [Theory]
    [InlineData(4095, ReadStatus.NeedMore)]
    [InlineData(4096, ReadStatus.Invalid)]
    public void A_line_is_refused_as_soon_as_its_newline_cannot_fit(int length, ReadStatus expected)
    {
        byte[] line = Wire.Bytes(new string('a', length));
        using RequestReader whole = new();
        Assert.Equal(expected, whole.Read(line, out _));

        using RequestReader pieces = new();
        Assert.Equal(ReadStatus.NeedMore, pieces.Read(line.AsSpan(0, 4000), out _));
        Assert.Equal(expected, pieces.Read(line.AsSpan(4000), out _));
        Assert.Equal(expected == ReadStatus.NeedMore, pieces.HoldsBuffer);
    }

    [Fact]
    public void The_first_line_has_the_same_limit() =>
        Assert.Equal(new MessageFault(FaultReason.LineTooLong, 1, null), Feed.Requests(Wire.Bytes(new string('a', 5000) + "\n\n")).Fault);

    [Theory]
    [InlineData(WireLimits.MaxLines, true)]
    [InlineData(WireLimits.MaxLines + 1, false)]
    public void A_message_has_512_lines_at_most(int lines, bool taken)
    {
        StringBuilder text = new("request_ip=1\n");
        for (int i = 1; i < lines; i++)
            text.Append("x=\n");
        byte[] stream = Wire.Bytes(text.Append('\n').ToString());

        Outcome<Request> outcome = Feed.Requests(stream);
        Assert.Equal(taken ? default : new MessageFault(FaultReason.TooManyLines, WireLimits.MaxLines + 1, null), outcome.Fault);
        Assert.Equal(outcome, Feed.Requests(stream, Feed.ByteByByte(stream.Length)));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public void A_message_has_64_KiB_with_its_empty_line_at_most(int more, bool taken)
    {
        StringBuilder text = new("request_ip=1\n");
        int left = WireLimits.MaxMessageBytes + more - text.Length - 1;
        for (; left > 4000; left -= 3000)
            text.Append(Line(3000));
        byte[] stream = Wire.Bytes(text.Append(Line(left)).Append('\n').ToString());
        Assert.Equal(WireLimits.MaxMessageBytes + more, stream.Length);

        Outcome<Request> outcome = Feed.Requests(stream);
        Assert.Equal(taken ? FaultReason.None : FaultReason.MessageTooLong, outcome.Fault.Reason);
        Assert.Equal(taken ? 1 : 0, outcome.Messages.Count);
        Assert.Equal(outcome, Feed.Requests(stream, Feed.ByteByByte(stream.Length)));
    }

    [Fact]
    public void The_limits_count_for_each_message_anew()
    {
        string message = $"request_ip=1\n{string.Concat(Enumerable.Repeat(Line(4000), 16))}\n";
        Outcome<Request> outcome = Feed.Requests(Wire.Bytes(string.Concat(Enumerable.Repeat(message, 5))));
        Assert.Equal(default, outcome.Fault);
        Assert.Equal(5, outcome.Messages.Count);
    }

    [Theory]
    [InlineData("route=10.0.0.0/8", WireLimits.MaxRoutes)]
    [InlineData("dns=192.0.2.53", WireLimits.MaxDnsServers)]
    [InlineData("search=example", WireLimits.MaxSearchDomains)]
    public void A_reply_repeats_a_key_so_often_and_no_more(string line, int max)
    {
        string lines = string.Concat(Enumerable.Repeat(line + "\n", max));
        Assert.Equal(default, Feed.Replies(Wire.Bytes(lines + "\n")).Fault);
        Assert.Equal(
            new MessageFault(FaultReason.TooManyValues, max + 1, line[..line.IndexOf('=', StringComparison.Ordinal)]),
            Feed.Replies(Wire.Bytes($"{lines}{line}\n\n")).Fault);
    }

    // A line of an unknown key, so long with its newline.
    private static string Line(int length) => $"x={new string('a', length - 3)}\n";
}
