using System.Globalization;
using WgDynamic.Netlink;

namespace WgDynamic.Client;

/// <summary>Where pushed routes go, as with wg-quick's <c>Table</c>.</summary>
/// <param name="Number">
/// The table for all of them, without any rules; 0 for none, so that they are AllowedIPs and nothing else; null for the
/// main table, with rules of our own for default routes and others that the tunnel's packets would take.
/// </param>
internal readonly record struct RouteTable(uint? Number)
{
    /// <summary><c>auto</c>.</summary>
    public static RouteTable Auto => default;

    /// <summary><c>off</c>.</summary>
    public static RouteTable Off => new(0);

    public bool IsOff => Number == 0;

    /// <summary>What <see cref="TryParse"/> reads.</summary>
    public override string ToString() => Number is { } number ? IsOff ? "off" : number.ToString(CultureInfo.InvariantCulture) : "auto";

    /// <summary>Reads <c>auto</c>, <c>off</c>, <c>main</c>, or the number of a table.</summary>
    public static bool TryParse(string text, out RouteTable table)
    {
        table = text switch
        {
            "auto" => Auto,
            "off" => Off,
            "main" => new RouteTable(Route.MainTable),
            _ => new RouteTable(uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : 0),
        };
        return text == "off" || !table.IsOff;
    }
}
