using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WgDynamic.Server;

/// <summary>Where metrics are served: at an address of this machine that nobody else reaches, or on a unix socket.</summary>
/// <param name="Address">The address and port; null for a socket.</param>
/// <param name="Path">The socket; null for an address.</param>
internal sealed record MetricsEndPoint(IPEndPoint? Address, string? Path)
{
    // struct sockaddr_un, with the zero behind it
    private const int MaxPath = 107;

    /// <summary>Reads <c>127.0.0.1:9586</c>, <c>[::1]:9586</c> or <c>/run/wg-dynamic/wg0.metrics.sock</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problem">What is wrong with it, without its name.</param>
    /// <returns>The end point; null if there is something wrong.</returns>
    public static MetricsEndPoint? Parse(ReadOnlySpan<char> text, out string problem)
    {
        problem = "is neither an address with a port nor the path of a socket";
        if (text.StartsWith("/"))
        {
            problem = $"is longer than the {MaxPath} bytes of a socket's path, or not printable";
            string path = text.ToString();
            return Encoding.UTF8.GetByteCount(path) <= MaxPath && !path.Any(char.IsControl) && !path.EndsWith('/') ? new MetricsEndPoint(null, path) : null;
        }

        int colon = text.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
            return null;
        ReadOnlySpan<char> host = text[..colon];
        bool isBracketed = host is ['[', .., ']'];
        // What IPAddress takes is more than an address as people write it: 127.1, 0x7f.1, a scope.
        if (!IpAddress.TryParse(isBracketed ? host[1..^1] : host, out IpAddress address) || address.IsIPv6 != isBracketed)
            return null;
        IPEndPoint endPoint = new(IPAddress.Parse(address.ToString()), port);
        problem = "is no address of this machine alone, and metrics are for nobody else";
        return IPAddress.IsLoopback(endPoint.Address) && endPoint.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 ? new MetricsEndPoint(endPoint, null) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Path ?? Address!.ToString();
}
