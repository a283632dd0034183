using System.Globalization;
using System.Text.RegularExpressions;

namespace WgDynamic.Protocol.Tests;

/// <summary><c>docs/protocol.md</c> is normative: what is cheap to hold it and the code together by.</summary>
public partial class DocumentTests
{
    private static readonly string _document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "protocol.md"));

    [Fact]
    public void Every_key_has_a_row_and_every_row_is_a_key()
    {
        IEnumerable<string> rows = KeyRow().Matches(_document).Select(row => row.Groups[1].Value).Distinct();
        IEnumerable<string> keys = Enum.GetValues<WireKey>().Where(key => key != WireKey.Unknown).Select(key => key.Name());
        Assert.Equal(keys.Order(), rows.Order());
    }

    [Fact]
    public void Every_error_has_a_row_with_its_words()
    {
        foreach (WireError error in Enum.GetValues<WireError>())
        {
            string words = error.Text() is { } text ? $"`{text}` " : "";
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\n| {(int)error} | {words}|"), _document, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_limits_are_those_of_the_code()
    {
        string[] rows =
        [
            $"| a line, with its LF | {WireLimits.MaxLineBytes} bytes |",
            $"| lines of a message, without the empty one | {WireLimits.MaxLines} |",
            $"| a message, with the empty line | {WireLimits.MaxMessageBytes} bytes |",
            $"| `hostname`, `search` | {WireLimits.MaxNameLength} characters, {WireLimits.MaxLabelLength} between two dots |",
            $"| `client` | {WireLimits.MaxClientLength} characters |",
            $"| `errmsg` | {WireLimits.MaxErrorMessageLength} characters |",
            $"| `route` in a reply | {WireLimits.MaxRoutes} |",
            $"| `dns` in a reply | {WireLimits.MaxDnsServers} |",
            $"| `search` in a reply | {WireLimits.MaxSearchDomains} |",
            $"| `mtu` | number | {WireLimits.MinMtu} to {WireLimits.MaxMtu} |",
            $"| `leasestart` | number | 0 to {WireLimits.MaxLeaseStartUnixSeconds} |",
            $"TCP port {WireLimits.DefaultPort} of `{WireLimits.ServerAddress}`",
            $"1 to {WireLimits.HighestPrivilegedPort}.",
        ];
        Assert.All(rows, row => Assert.Contains(row, _document, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_example_is_one_whole_message()
    {
        MatchCollection examples = Example().Matches(_document);
        Assert.Contains(examples, example => example.Groups[1].Value == "request");
        Assert.Contains(examples, example => example.Groups[1].Value == "reply");
        foreach (Match example in examples)
        {
            byte[] message = Wire.Bytes(example.Groups[2].Value);
            if (example.Groups[1].Value == "request")
            {
                Request request = AssertOneMessage(Feed.Requests(message));
                Assert.Equal(request, AssertOneMessage(Feed.Requests(Wire.Bytes(request))));
            }
            else
                Assert.Equal(message, Wire.Bytes(AssertOneMessage(Feed.Replies(message))));
        }
    }

    [Fact]
    public void The_examples_byte_by_byte_are_recordings_and_are_read_and_written_as_such()
    {
        MatchCollection dumps = ByteExample().Matches(_document);
        Assert.Contains(dumps, dump => dump.Groups[1].Value.EndsWith(".req", StringComparison.Ordinal));
        foreach (Match dump in dumps)
        {
            string name = dump.Groups[1].Value;
            byte[] bytes = [.. dump.Groups[2].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(Row)];
            Assert.Equal(File.ReadAllBytes(Path.Combine(Vectors.Folder, name)), bytes);
            if (name.EndsWith(".req", StringComparison.Ordinal))
                AssertOneMessage(Feed.Requests(bytes));
            else
                Assert.Equal(bytes, Wire.Bytes(AssertOneMessage(Feed.Replies(bytes))));
        }

        // Sixteen bytes in hexadecimal, then the same as characters.
        static byte[] Row(string row)
        {
            byte[] bytes = Convert.FromHexString(row[..48].Replace(" ", "", StringComparison.Ordinal));
            Assert.Equal(string.Concat(bytes.Select(value => value is >= 0x20 and < 0x7f ? (char)value : '.')), row[49..]);
            return bytes;
        }
    }

    private static T AssertOneMessage<T>(Outcome<T> outcome)
    {
        Assert.Equal(default, outcome.Fault);
        return Assert.Single(outcome.Messages);
    }

    // Rows of the tables of keys: a key, then the kind of its value.
    [GeneratedRegex(@"^\| `(\w+)` \| (?:version|host|name|product|number|prefix|address|text) \|", RegexOptions.Multiline)]
    private static partial Regex KeyRow();

    [GeneratedRegex("^```(request|reply)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("^```bytes (\\S+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ByteExample();
}
