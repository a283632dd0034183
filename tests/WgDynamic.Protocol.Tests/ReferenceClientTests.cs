using System.Text.RegularExpressions;

namespace WgDynamic.Protocol.Tests;

/// <summary>
/// The prototype's client against a scripted server, as recorded in <c>reference-client.txt</c>: what it sends must be
/// understood, and what it took for an answer must be taken.
/// </summary>
public partial class ReferenceClientTests
{
    // What the recorded client did not take, and what this reader has against it.
    private static readonly Dictionary<string, FaultReason> _refused = new()
    {
        ["request_ip=1 line in front of the answer"] = FaultReason.MisplacedCommand,
        ["CRLF"] = FaultReason.ForbiddenByte,
        // "already expired", said the client, and had no address afterwards.
        ["leasetime=0"] = FaultReason.NoLeaseTime,
    };

    private static readonly IReadOnlyList<Connection> _connections = [.. ReadConnections()];

    public static TheoryData<string> Scenarios => [.. _connections.Select(connection => connection.Scenario).Distinct()];

    [Fact]
    public void The_recording_holds_the_scenarios_that_the_tests_speak_of() =>
        Assert.Empty(_refused.Keys.Append("unknown key").Except(_connections.Select(connection => connection.Scenario)));

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void What_the_prototypes_client_sends_is_understood(string scenario)
    {
        foreach (Connection connection in Of(scenario))
        {
            Outcome<Request> outcome = Feed.Requests(connection.Sent);
            Assert.Equal(FaultReason.None, outcome.Fault.Reason);
            Request request = Assert.Single(outcome.Messages);
            Assert.NotNull(request.IPv4);
            Assert.NotNull(request.IPv6);
        }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void What_the_prototypes_client_takes_for_an_answer_is_taken(string scenario)
    {
        foreach (Connection connection in Of(scenario))
        {
            Outcome<Reply> outcome = Feed.Replies(connection.Answered, connection.Cuts);
            Assert.Equal(_refused.GetValueOrDefault(scenario), outcome.Fault.Reason);
            if (outcome.Fault.Reason == FaultReason.None && connection.Answered.Length > 0)
                Assert.NotEmpty(outcome.Messages);
        }
    }

    [Theory]
    [InlineData("plain", "192.168.4.2", "2001:db8:1234::2", 4, 0)]
    [InlineData("keys in another order, errno first", "192.168.4.2", "2001:db8:1234::2", 4, 0)]
    [InlineData("no errno key", "192.168.4.2", "2001:db8:1234::2", 4, 0)]
    [InlineData("no prefix length", "192.168.4.2", "2001:db8:1234::2", 4, 0)]
    [InlineData("v4 only, errno 3", "192.168.4.2", null, 4, 3)]
    [InlineData("errno 3, nothing", null, null, 0, 3)]
    [InlineData("errno 0, nothing", null, null, 0, 0)]
    [InlineData("errno 9 without errmsg", null, null, 0, 9)]
    [InlineData("answer in pieces", "192.168.4.2", "2001:db8:1234::2", 4, 0)]
    [InlineData("leasetime=4294967295", "192.168.4.2", "2001:db8:1234::2", uint.MaxValue, 0)]
    public void The_first_answer_means_what_it_meant_to_the_prototypes_client(string scenario, string? ipv4, string? ipv6, uint leaseSeconds, int error)
    {
        Connection connection = Of(scenario).First();
        Reply reply = Feed.Replies(connection.Answered, connection.Cuts).Messages[0];
        Assert.Equal((ipv4, ipv6), (reply.IPv4?.ToString(), reply.IPv6?.ToString()));
        Assert.Equal((leaseSeconds, (WireError)error), (reply.LeaseSeconds, reply.Error));
    }

    [Fact]
    public void Its_first_request_asks_for_any_address_of_both_families() =>
        Assert.Equal(
            new Request { IPv4 = Request.AnyIPv4, IPv6 = Request.AnyIPv6 },
            Assert.Single(Feed.Requests(Of("plain").First().Sent).Messages));

    private static IEnumerable<Connection> Of(string scenario) => _connections.Where(connection => connection.Scenario == scenario);

    private static IEnumerable<Connection> ReadConnections()
    {
        string scenario = "";
        byte[]? sent = null;
        List<byte[]> answers = [];
        foreach (string line in File.ReadLines(Path.Combine(Vectors.Folder, "reference-client.txt")))
        {
            if (line.StartsWith("== ", StringComparison.Ordinal))
                scenario = line[3..];
            else if (BytesLiteral().Match(line) is { Success: true } literal)
            {
                byte[] bytes = Wire.Bytes(Regex.Unescape(literal.Groups[1].Value));
                if (line.TrimStart().StartsWith("answer ", StringComparison.Ordinal))
                    answers.Add(bytes);
                else
                    sent = bytes;
            }
            else if (sent is not null && line.TrimStart().StartsWith("then client: ", StringComparison.Ordinal))
            {
                yield return new Connection(scenario, sent, [.. answers]);
                sent = null;
                answers.Clear();
            }
        }
    }

    [GeneratedRegex("b'(.*)'$")]
    private static partial Regex BytesLiteral();

    private sealed record Connection(string Scenario, byte[] Sent, byte[][] Answers)
    {
        public byte[] Answered => [.. Answers.SelectMany(answer => answer)];

        public IEnumerable<int> Cuts => Answers.Select((_, index) => Answers.Take(index + 1).Sum(answer => answer.Length));
    }
}
