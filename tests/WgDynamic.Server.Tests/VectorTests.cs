using WgDynamic.Protocol;

namespace WgDynamic.Server.Tests;

/// <summary>
/// The recorded sessions of the 2019 prototype's server, held with this one: the same meaning, but for the documented
/// differences (vectors/README.md, "Where ours is to differ").
/// </summary>
public class VectorTests
{
    private static readonly string _folder = Path.Combine(AppContext.BaseDirectory, "vectors");

    // Recordings that are not about one session; others hold what they are about.
    private static readonly Dictionary<string, string> _elsewhere = new()
    {
        ["34-port-ephemeral"] = "SessionTests: served are privileged ports only",
        ["35-static-allowed-ip-lost"] = "OperatorTests: the operator's AllowedIPs stay",
        ["36-restart-restores"] = "LeaseServiceTests: leases outlast a restart",
    };

    // What is answered here instead, and why.
    private static readonly Dictionary<string, (string[] Replies, string Why)> _differences = new()
    {
        ["07b-specific-network-address"] = (["3:-,2001:db8:1234::"], "the network address of an IPv4 pool is not for a host"),
        ["07c-specific-last"] = (["3:-,2001:db8:1234::f"], "nor is the broadcast address"),
        ["17c-space-version"] = (["2"], "the version has one spelling"),
        ["17d-plus-version"] = (["2"], "the version has one spelling"),
        ["17f-wrapped-version"] = (["2"], "2^64 + 1 is not 1"),
        ["18f-v6-cidr-64"] = (["1"], "a prefix is not an address"),
        ["28-half-close"] = (["0:any,any"], "FIN behind a request is no error"),
        ["28b-half-close-at-once"] = ([], "nothing asked, nothing answered"),
        ["29-half-close-mid-line"] = (["1"], "the prototype aborts"),
    };

    public static TheoryData<string> Recordings =>
        [.. Directory.EnumerateFiles(_folder, "*.req").Select(file => Path.GetFileNameWithoutExtension(file)!).Except(_elsewhere.Keys).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_difference_is_about_a_recording() =>
        Assert.All(_differences.Keys.Concat(_elsewhere.Keys), name => Assert.True(File.Exists(Path.Combine(_folder, name + ".req")), name));

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task A_recorded_session_means_the_same_here(string name)
    {
        byte[] request = await File.ReadAllBytesAsync(Path.Combine(_folder, name + ".req"), Names.Cancelled);
        string[] recorded = Meanings(await File.ReadAllBytesAsync(Path.Combine(_folder, name + ".resp"), Names.Cancelled), Asked(request));
        string[] expected = _differences.TryGetValue(name, out (string[] Replies, string Why) difference) ? difference.Replies : recorded;

        await using Loopback server = await Loopback.StartAsync(peers: 2, pools: ["192.168.4.0/28", "2001:db8:1234::/124"]);
        if (name == "09-taken")
        {
            server.Hub.Device.Give(2, IpPrefix.Parse("192.168.4.5/32"));
            server.Hub.Device.Give(2, IpPrefix.Parse("2001:db8:1234::5/128"));
            await server.Hub.SettleAsync();
        }

        using PeerClient client = await server.ConnectAsync(1);
        await client.SendAsync(request);
        if (name.Contains("close-mid-line", StringComparison.Ordinal) || name.StartsWith("28", StringComparison.Ordinal))
            client.Fin();

        List<Reply> replies = [];
        foreach (string _ in expected)
            replies.Add((await client.ReadAsync())!);
        Assert.Equal(expected, Meanings(replies, Asked(request)));

        if (expected is [.., "1" or "2"] || name.StartsWith("28", StringComparison.Ordinal))
        {
            Assert.Null(await client.ReadAsync());
        }
        else if (!name.StartsWith("29", StringComparison.Ordinal))
        {
            // The session goes on.
            Assert.True((await client.AskAsync()).HasAddress);
        }

        // And whatever came of it, others are served.
        using PeerClient other = await server.ConnectAsync(2);
        Assert.True((await other.AskAsync()).HasAddress);
    }

    private static List<Request> Asked(byte[] stream)
    {
        using RequestReader reader = new();
        List<Request> requests = [];
        while (reader.Read(stream, out int consumed) == ReadStatus.Complete)
        {
            requests.Add(reader.Request);
            stream = stream[consumed..];
        }

        return requests;
    }

    private static string[] Meanings(byte[] stream, List<Request> asked)
    {
        using ReplyReader reader = new();
        List<Reply> replies = [];
        while (reader.Read(stream, out int consumed) == ReadStatus.Complete)
        {
            replies.Add(reader.Reply!);
            stream = stream[consumed..];
        }

        return Meanings(replies, asked);
    }

    // "0:192.168.4.5,any": the error, and each family as it was asked for; which one it is if any would do, is each server's own affair.
    private static string[] Meanings(List<Reply> replies, List<Request> asked)
    {
        return [.. replies.Select((reply, i) => reply.Error is WireError.InvalidRequest or WireError.UnsupportedProtocol
            ? $"{(int)reply.Error}"
            : $"{(int)reply.Error}:{Family(reply.IPv4, asked.ElementAtOrDefault(i).IPv4)},{Family(reply.IPv6, asked.ElementAtOrDefault(i).IPv6)}")];

        static string Family(IpAddress? granted, IpAddress? wanted) =>
            granted is not { } address ? "-" : wanted is { IsUnspecified: false } ? address.ToString() : "any";
    }
}
