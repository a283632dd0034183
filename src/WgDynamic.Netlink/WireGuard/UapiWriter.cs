using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace WgDynamic.Netlink;

/// <summary>Writes operations as the lines of a "set" request.</summary>
internal static class UapiWriter
{
    // "persistent_keepalive_interval=65535" and "endpoint=[…%…]:65535" are the longest.
    private const int MaxLineLength = 128;

    public static void Write(IBufferWriter<byte> output, PeerOperation operation)
    {
        UapiText.WriteKey(output, operation.PublicKey);
        if (operation.Remove)
        {
            output.Write("remove=true\n"u8);
            return;
        }

        if (operation.UpdateOnly)
            output.Write("update_only=true\n"u8);
        if (operation.Endpoint is { } endpoint)
            WriteLine(output, $"endpoint={endpoint}\n");
        if (operation.PersistentKeepalive is { } keepalive)
            WriteLine(output, $"persistent_keepalive_interval={keepalive}\n");
        foreach ((IpPrefix prefix, bool remove) in operation.AllowedIPs)
            Write(output, prefix, remove);
    }

    private static void Write(IBufferWriter<byte> output, IpPrefix prefix, bool remove)
    {
        output.Write(remove ? "allowed_ip=-"u8 : "allowed_ip="u8);
        Span<byte> span = output.GetSpan(MaxLineLength);
        _ = Utf8.TryWrite(span, CultureInfo.InvariantCulture, $"{prefix.Address}/{prefix.Length}\n", out int written);
        output.Advance(written);
    }

    private static void WriteLine(IBufferWriter<byte> output, FormattableString line) =>
        output.Write(System.Text.Encoding.UTF8.GetBytes(FormattableString.Invariant(line)));
}
