using System.Globalization;
using WgDynamic.Protocol;

namespace WgDynamic.LoadClient;

/// <summary>
/// What happened, in the order in which it did: <c>ask CLIENT IPV4 IPV6</c> before a request leaves, where - is a family
/// that is not wanted, and <c>got CLIENT IPV4 IPV6 START SECONDS ERRNO</c> when a reply is complete. For any thread.
/// </summary>
internal sealed class Journal(TextWriter output, int clients)
{
    private readonly Lock _lock = new();
    private readonly Reply?[] _latest = new Reply?[clients];

    public int Clients => _latest.Length;

    /// <summary>What a client was last told; null before that.</summary>
    public Reply? Latest(int client)
    {
        lock (_lock)
            return _latest[client];
    }

    public void Ask(int client, in Request request)
    {
        lock (_lock)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ask {client} {Text(request.IPv4)} {Text(request.IPv6)}"));
    }

    public void Got(int client, Reply reply)
    {
        lock (_lock)
        {
            _latest[client] = reply;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"got {client} {Text(reply.IPv4)} {Text(reply.IPv6)} {reply.LeaseStartUnixSeconds} {reply.LeaseSeconds} {(int)reply.Error}"));
        }
    }

    private static string Text(IpAddress? address) => address?.ToString() ?? "-";
}
