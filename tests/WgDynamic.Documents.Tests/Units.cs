using WgDynamic.Architecture.Tests;

namespace WgDynamic.Documents.Tests;

/// <summary>Commands of systemctl(1) and journalctl(1) in documents.</summary>
internal static class Units
{
    // wg-quick@ is of wireguard-tools, the others of systemd.
    private static readonly string[] _others = ["wg-quick@"];

    /// <summary>Units of ours that a command names and that are not in packaging/systemd.</summary>
    public static IEnumerable<string> Unknown(string[] words) =>
        words[0] is not ("systemctl" or "journalctl")
            ? []
            : words[1..].Where(word => word.Contains('@', StringComparison.Ordinal))
                .Select(word => word[..(word.IndexOf('@', StringComparison.Ordinal) + 1)])
                .Except(_others)
                .Where(unit => !File.Exists(Path.Combine(Repository.Root, "packaging", "systemd", $"{unit}.service")));
}
