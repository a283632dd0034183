using CsCheck;

namespace WgDynamic.Protocol.Tests;

public class PropertyTests
{
    // The words of the language with what separates them: random sequences get further than random bytes do.
    private static readonly string[] _words =
    [
        "request_ip=1\n", "release=1\n", "\n", "\n\n", "ip=", "192.0.2.1", "::1", "/32", "hostname=", "client=", "a", "=", "-", "0", "18446744073709551616",
        "leasetime=", "leasetime=60\n", "errno=", "errno=3\n", "errmsg=", "\0", "\r", " ", "mtu=", "route=", "dns=", "search=", "serial=", "\u00e9",
    ];

    private static readonly Gen<byte[]> _garbage = Gen.OneOf(
        Gen.Byte.Array[0, 300],
        Gen.Int[0, _words.Length - 1].Array[0, 40].Select(words => Wire.Bytes(string.Concat(words.Select(word => _words[word])))));

    [Fact]
    public void Requests_are_read_as_they_were_written_however_the_stream_is_cut() =>
        Gen.Select(Generators.Requests.Array[1, 8], Generators.Cuts).Sample((requests, cuts) =>
        {
            Outcome<Request> expected = new(requests, default);
            byte[] stream = [.. requests.SelectMany(Wire.Bytes)];
            Assert.Equal(expected, Feed.Requests(stream));
            Assert.Equal(expected, Feed.Requests(stream, cuts));
            Assert.Equal(expected, Feed.Requests(stream, Feed.ByteByByte(stream.Length)));
        });

    [Fact]
    public void Replies_are_read_as_they_were_written_however_the_stream_is_cut() =>
        Gen.Select(Generators.Replies.Array[1, 4], Generators.Cuts).Sample((replies, cuts) =>
        {
            Outcome<Reply> expected = new(replies, default);
            byte[] stream = [.. replies.SelectMany(Wire.Bytes)];
            Assert.Equal(expected, Feed.Replies(stream));
            Assert.Equal(expected, Feed.Replies(stream, cuts));
            Assert.Equal(expected, Feed.Replies(stream, Feed.ByteByByte(stream.Length)));
        });

    [Fact]
    public void A_stream_that_ends_early_has_the_messages_before_and_is_told_cut_off() =>
        Gen.Select(Generators.Requests.Array[1, 3], Gen.Double[0, 1]).Sample((requests, part) =>
        {
            byte[][] messages = [.. requests.Select(Wire.Bytes)];
            byte[] stream = [.. messages.SelectMany(message => message)];
            int length = (int)(part * stream.Length);

            int whole = 0;
            int used = 0;
            while (whole < messages.Length && used + messages[whole].Length <= length)
                used += messages[whole++].Length;
            Outcome<Request> outcome = Feed.Requests(stream.AsSpan(0, length));
            Assert.Equal(requests.Take(whole), outcome.Messages);
            Assert.Equal(used == length ? FaultReason.None : FaultReason.Truncated, outcome.Fault.Reason);
        });

    [Fact]
    public void A_request_with_one_byte_changed_is_read_or_refused() =>
        Gen.Select(Generators.Requests, Gen.Int[0, 10_000], Gen.Byte, Generators.Cuts).Sample((request, place, value, cuts) =>
        {
            byte[] stream = Wire.Bytes(request);
            stream[place % stream.Length] = value;
            AssertSameHoweverCut(stream, cuts);
        });

    [Fact]
    public void A_reply_with_one_byte_changed_is_read_or_refused() =>
        Gen.Select(Generators.Replies, Gen.Int[0, 10_000], Gen.Byte, Generators.Cuts).Sample((reply, place, value, cuts) =>
        {
            byte[] stream = Wire.Bytes(reply);
            stream[place % stream.Length] = value;
            AssertSameHoweverCut(stream, cuts);
        });

    [Fact]
    public void Every_prefix_and_every_change_of_one_byte_of_a_full_request_is_read_or_refused()
    {
        byte[] request = Wire.Bytes(new Request { IPv4 = Request.AnyIPv4, IPv6 = Request.AnyIPv6, Hostname = "a.b", Client = "c" });
        for (int length = 0; length <= request.Length; length++)
            AssertSameHoweverCut(request[..length], [length / 2]);
        for (int place = 0; place < request.Length; place++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] changed = [.. request];
                changed[place] = (byte)value;
                AssertSameHoweverCut(changed, [place]);
            }
        }
    }

    [Fact]
    public void Garbage_is_read_or_refused() =>
        Gen.Select(_garbage, Generators.Cuts).Sample(AssertSameHoweverCut, iter: 20_000);

    [Fact]
    public void What_is_read_can_be_written_and_means_the_same_again() =>
        _garbage.Sample(
            garbage =>
            {
                foreach (Request request in Feed.Requests(garbage).Messages)
                    Assert.Equal(request, Assert.Single(Feed.Requests(Wire.Bytes(request)).Messages));
                foreach (Reply reply in Feed.Replies(garbage).Messages)
                    Assert.Equal(reply, Assert.Single(Feed.Replies(Wire.Bytes(reply)).Messages));
            },
            iter: 20_000);

    // Feed holds the readers to what they may keep and consume; what comes out must not hang on the cuts.
    private static void AssertSameHoweverCut(byte[] stream, int[] cuts)
    {
        Assert.Equal(Feed.Requests(stream), Feed.Requests(stream, cuts));
        Assert.Equal(Feed.Replies(stream), Feed.Replies(stream, cuts));
    }
}
