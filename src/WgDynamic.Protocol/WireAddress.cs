namespace WgDynamic.Protocol;

/// <summary>The value of <c>ip=</c>: one address, with or without the prefix length of one address.</summary>
internal static class WireAddress
{
    /// <summary>Reads <c>A</c>, <c>A/32</c> (IPv4) or <c>A/128</c> (IPv6).</summary>
    public static FaultReason TryParse(ReadOnlySpan<byte> text, out IpAddress address)
    {
        if (!IpPrefix.TrySplit(text, out address, out int length))
            return FaultReason.BadValue;
        // The prototype takes any length for that of a host. Here shorter ones are kept free for prefix delegation.
        return length == address.BitLength ? FaultReason.None : FaultReason.NotAHost;
    }
}
