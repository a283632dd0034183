using CsCheck;

namespace WgDynamic.Protocol.Tests;

public class VectorTests
{
    // Where the recording does not say what this reader is to do, and why: vectors/README.md, "Where ours is to differ".
    private static readonly Dictionary<string, (int Requests, WireError End, string Why)> _differences = new()
    {
        ["17c-space-version"] = (0, WireError.UnsupportedProtocol, "the version has one spelling"),
        ["17d-plus-version"] = (0, WireError.UnsupportedProtocol, "the version has one spelling"),
        ["17f-wrapped-version"] = (0, WireError.UnsupportedProtocol, "2^64 + 1 is not 1"),
        ["18f-v6-cidr-64"] = (0, WireError.InvalidRequest, "a prefix is not an address; kept free for delegation"),
        ["28-half-close"] = (1, WireError.Success, "FIN behind a whole request is no error"),
        ["28b-half-close-at-once"] = (0, WireError.Success, "nothing asked, nothing answered"),
        ["29c-close-mid-line"] = (0, WireError.InvalidRequest, "nobody was there to hear it; the reader cannot know"),
        ["34-port-ephemeral"] = (1, WireError.Success, "refused for its port before a byte was read"),
    };

    public static TheoryData<string> Names => [.. Vectors.Names];

    [Fact]
    public void Every_recording_is_complete_and_every_difference_is_about_one()
    {
        string[] indexed = [.. File.ReadLines(Path.Combine(Vectors.Folder, "index.tsv")).Select(line => line.Split('\t')[0])];
        string[] answered = [.. Directory.EnumerateFiles(Vectors.Folder, "*.resp").Select(file => Path.GetFileNameWithoutExtension(file)!)];

        Assert.NotEmpty(Vectors.Names);
        Assert.Equal(Vectors.Names, indexed.Order(StringComparer.Ordinal));
        Assert.Equal(Vectors.Names, answered.Order(StringComparer.Ordinal));
        Assert.Empty(_differences.Keys.Except(Vectors.Names));
    }

    [Fact]
    public void Every_file_with_the_recordings_is_one_that_a_test_reads()
    {
        string[] known = [".req", ".resp"];
        IEnumerable<string> others = Directory.EnumerateFiles(Vectors.Folder, "*", SearchOption.AllDirectories)
            .Where(file => !known.Contains(Path.GetExtension(file)))
            .Select(file => Path.GetRelativePath(Vectors.Folder, file));
        Assert.Equal(["README.md", "index.tsv", "reference-client.txt"], others.Where(file => file != ".gitattributes").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_reader_takes_as_many_requests_as_the_prototype_and_ends_with_the_same_error(string name)
    {
        byte[] stream = Vectors.Request(name);
        Outcome<Request> outcome = Feed.Requests(stream);

        (int requests, WireError end) = Expected(name);
        Assert.Equal((requests, end), (outcome.Messages.Count, outcome.Fault.Error));

        Assert.Equal(outcome, Feed.Requests(stream, Feed.ByteByByte(stream.Length)));
        Generators.Cuts.Sample(cuts => Assert.Equal(outcome, Feed.Requests(stream, cuts)), iter: 100);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_reader_understood_is_what_the_prototype_answered(string name)
    {
        IEnumerable<Reply> granted = Feed.Replies(Vectors.Response(name)).Messages.Where(reply => reply.Error == WireError.Success);
        IReadOnlyList<Request> asked = Feed.Requests(Vectors.Request(name)).Messages;

        foreach ((Request request, Reply reply) in asked.Zip(granted))
        {
            Assert.Equal(Command.RequestIp, request.Command);
            AssertGranted(request.IPv4, reply.IPv4);
            AssertGranted(request.IPv6, reply.IPv6);
            Assert.Null(request.Hostname);
            Assert.Null(request.Client);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_answer_of_the_prototype_is_read_and_written_again_to_the_byte(string name)
    {
        byte[] stream = Vectors.Response(name);
        Outcome<Reply> outcome = Feed.Replies(stream);

        Assert.Equal(FaultReason.None, outcome.Fault.Reason);
        Assert.Equal(stream, outcome.Messages.SelectMany(Wire.Bytes));

        Assert.Equal(outcome, Feed.Replies(stream, Feed.ByteByByte(stream.Length)));
        Generators.Cuts.Sample(cuts => Assert.Equal(outcome, Feed.Replies(stream, cuts)), iter: 100);
    }

    private static (int Requests, WireError End) Expected(string name)
    {
        if (_differences.TryGetValue(name, out (int Requests, WireError End, string Why) difference))
            return (difference.Requests, difference.End);

        // Errors 1 and 2 end a session; 3 answers a request that was understood.
        IReadOnlyList<Reply> replies = Feed.Replies(Vectors.Response(name)).Messages;
        WireError last = replies.Count == 0 ? WireError.Success : replies[^1].Error;
        return last is WireError.InvalidRequest or WireError.UnsupportedProtocol ? (replies.Count - 1, last) : (replies.Count, WireError.Success);
    }

    private static void AssertGranted(IpAddress? asked, IpAddress? granted)
    {
        Assert.Equal(asked is null, granted is null);
        if (asked is { IsUnspecified: false })
            Assert.Equal(asked, granted);
    }
}
