using System.Globalization;
using System.Text;

namespace WgDynamic.Tool;

/// <summary>Times, counts and strangers' text for people; times as wg(8) says them.</summary>
internal static class Words
{
    private static readonly (string Name, long Seconds)[] _units = [("year", 365 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)];

    /// <summary>A time span by its two largest units: <c>1 hour, 4 minutes</c>.</summary>
    public static string Duration(TimeSpan span)
    {
        long seconds = Math.Max(0, (long)span.TotalSeconds);
        StringBuilder text = new();
        int left = 2;
        foreach ((string name, long length) in _units)
        {
            (long count, seconds) = Math.DivRem(seconds, length);
            if (count > 0)
                _ = text.Append(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? ", " : "")}{count} {name}{(count == 1 ? "" : "s")}");
            // Once the largest is found, the next one counts as said even if it is zero.
            if ((text.Length > 0 && --left == 0) || seconds == 0)
                break;
        }

        return text.Length == 0 ? "0 seconds" : text.ToString();
    }

    /// <summary>How long ago: <c>1 minute, 5 seconds ago</c>.</summary>
    public static string Ago(DateTimeOffset time, DateTimeOffset now) => now - time < TimeSpan.FromSeconds(1) ? "now" : $"{Duration(now - time)} ago";

    /// <summary>In how long: <c>in 29 minutes</c>.</summary>
    public static string In(DateTimeOffset time, DateTimeOffset now) => time - now < TimeSpan.FromSeconds(1) ? "now" : $"in {Duration(time - now)}";

    /// <summary>A time for programs, UTC; nothing for none.</summary>
    public static string Stamp(DateTimeOffset? time) => time is { } known ? known.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "";

    /// <summary>A count of addresses, which are many in IPv6: <c>253</c>, <c>1.8e19</c>.</summary>
    public static string Count(UInt128 count) => count < 10_000_000 ? count.ToString(CultureInfo.InvariantCulture) : ((double)count).ToString("0.0e0", CultureInfo.InvariantCulture);

    /// <summary>A count of bytes: <c>1.50 MiB</c>.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.00} KiB"),
        < 1024 * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.00} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):0.00} GiB"),
    };

    /// <summary>A key for who only has to tell it from others: <c>p9mc…ohWo=</c>.</summary>
    public static string Short(string key) => key.Length > 10 ? $"{key[..4]}…{key[^5..]}" : key;

    /// <summary>A text that a stranger chose, such as a host name, without what a terminal would obey or a table would take for its own.</summary>
    public static string Harmless(string? text) =>
        text is null ? "" : string.Concat(text.Select(c => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned ? '?' : c));
}
