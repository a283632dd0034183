namespace WgDynamic.Netlink;

/// <summary>Times of handshakes: seconds and nanoseconds since 1970, zero for none. What no calendar has is none too.</summary>
internal static class UnixTime
{
    private static long MaxSeconds => DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public static DateTimeOffset? FromSeconds(long seconds) =>
        seconds <= 0 || seconds > MaxSeconds ? null : DateTimeOffset.FromUnixTimeSeconds(seconds);

    public static DateTimeOffset? AddNanoseconds(DateTimeOffset? time, long nanoseconds) =>
        nanoseconds is >= 0 and < 1_000_000_000 ? time?.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick) : null;
}
