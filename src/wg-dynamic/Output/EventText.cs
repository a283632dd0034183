using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary>Events for people, as journalctl(1) shows lines of a log.</summary>
internal static class EventText
{
    /// <summary>The line of an event: <c>Nov 04 03:12:07 wg0: leased 10.66.0.7 to …</c>.</summary>
    public static string Of(EventAnswer happened, Screen screen, TimeZoneInfo zone)
    {
        string name = $"{happened.Interface}{(happened.Role == DaemonRole.Client ? " (client)" : "")}";
        string time = TimeZoneInfo.ConvertTime(happened.Time, zone).ToString("MMM dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        return $"{time} {screen.Paint(name, Colour.Bold)}: {screen.Paint(Words.Harmless(happened.Message), ColourOf(happened.Type))}";
    }

    private static Colour ColourOf(EventType type) => type switch
    {
        EventType.Granted or EventType.Current => Colour.Green,
        EventType.Expired or EventType.Refused or EventType.Mended or EventType.Lagged => Colour.Yellow,
        EventType.Revoked or EventType.Malformed or EventType.Trouble => Colour.Red,
        _ => Colour.None,
    };
}
