using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WgDynamic.Tool;

/// <summary>What the plain command wg-quick and wg-quick@.service are.</summary>
/// <param name="Wrapper">Whether our wrapper of <c>quick install</c> is in /usr/local/bin.</param>
/// <param name="DropIn">Whether our drop-in for wg-quick@.service is there.</param>
/// <param name="Diverted">Whether our Debian package has put its own in the place of the distribution's.</param>
/// <param name="WgQuick">What the plain command means; null for nothing.</param>
/// <param name="Stock">The distribution's wg-quick; null if there is none.</param>
/// <param name="IsOurs">Whether the plain command is one that understands "auto".</param>
/// <param name="InTheWay">Files of somebody else's where ours would be.</param>
internal sealed record QuickStatus(bool Wrapper, bool DropIn, bool Diverted, string? WgQuick, string? Stock, bool IsOurs, IReadOnlyList<string> InTheWay)
{
    private const string UsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Looks.</summary>
    /// <param name="root">Where all of it lies: "/", but in tests.</param>
    /// <param name="searchPath">PATH.</param>
    public static QuickStatus Look(string root, string? searchPath)
    {
        string Under(string directory) => Path.Combine(root, directory.TrimStart('/'));
        string[] directories = [.. (searchPath is { Length: > 0 } ? searchPath : UsualPath).Split(':').Where(Path.IsPathRooted).Select(Under)];
        string? plain = directories.Select(directory => Path.Combine(directory, "wg-quick")).FirstOrDefault(File.Exists);
        string diverted = Under(StockQuick.DivertedTo), wrapper = Under(QuickInstaller.WrapperFile), dropIn = Under(QuickInstaller.DropInFile);
        bool hasWrapper = Tool.Wrapper.Is(wrapper), hasDropIn = QuickInstaller.IsDropIn(dropIn);
        return new QuickStatus(
            hasWrapper,
            hasDropIn,
            File.Exists(Path.Combine(diverted, "wg-quick")),
            plain,
            StockQuick.Find([diverted, .. directories, .. UsualPath.Split(':').Select(Under)])?.Path,
            plain is not null && Tool.Wrapper.Is(plain),
            [.. new[] { (wrapper, hasWrapper), (dropIn, hasDropIn) }.Where(file => File.Exists(file.Item1) && !file.Item2).Select(file => file.Item1)]);
    }

    /// <summary>For people, a line each.</summary>
    public IEnumerable<string> Lines() =>
    [
        WgQuick is null ? "wg-quick: there is none in PATH" : $"wg-quick: {WgQuick}, which {(IsOurs ? "understands auto" : "does not understand auto: wg-dynamic quick install")}",
        $"distribution's: {Stock ?? "none; install wireguard-tools"}",
        $"wrapper: {(Wrapper ? "installed" : "none")}",
        $"drop-in for wg-quick@.service: {(DropIn ? "installed" : "none")}",
        $"diverted by the Debian package: {(Diverted ? "yes" : "no")}",
        .. InTheWay.Select(file => $"not from wg-dynamic: {file}"),
    ];

    /// <summary>For programs, an object.</summary>
    public string Json()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("wrapper", Wrapper);
            writer.WriteBoolean("dropIn", DropIn);
            writer.WriteBoolean("diverted", Diverted);
            writer.WriteString("wgQuick", WgQuick);
            writer.WriteString("stock", Stock);
            writer.WriteBoolean("understandsAuto", IsOurs);
            writer.WriteStartArray("inTheWay");
            foreach (string file in InTheWay)
                writer.WriteStringValue(file);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
