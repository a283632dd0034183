using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>What a user types to name things: literally, or with wildcards.</summary>
internal static class Names
{
    public static bool IsWildcard(string text) => WildcardPattern.ContainsWildcardCharacters(text);

    public static bool Fits(string pattern, string? text, WildcardOptions options = WildcardOptions.IgnoreCase) =>
        text is not null && (WildcardPattern.ContainsWildcardCharacters(pattern) ? WildcardPattern.Get(pattern, options).IsMatch(text) : string.Equals(pattern, text, options.HasFlag(WildcardOptions.IgnoreCase) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal));
}

/// <summary>Interfaces by name.</summary>
internal static class Interfaces
{
    private const string Devices = "/sys/class/net";

    // Linux tells wg0 from WG0.
    public static bool Fits(string pattern, string name) => Names.Fits(pattern, name, WildcardOptions.None);

    public static bool Exists(string name) => InterfaceName.TryParse(name, out _) && Directory.Exists(Path.Combine(Devices, name));

    public static IEnumerable<string> All()
    {
        try
        {
            return [.. Directory.EnumerateDirectories(Devices).Select(directory => Path.GetFileName(directory)!).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public static bool IsWireGuard(string name)
    {
        try
        {
            return File.ReadLines(Path.Combine(Devices, name, "uevent")).Contains("DEVTYPE=wireguard") || File.Exists(Path.Combine(Devices, name, "tun_flags"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public static WgDynamicException Missing(string name, DaemonRole? role, string directory)
    {
        if (!InterfaceName.TryParse(name, out _))
            return new WgDynamicException("WgInterfaceNotFound", ErrorCategory.InvalidArgument, $"'{name}' cannot be the name of an interface", $"Give a name such as wg0, of at most {InterfaceName.MaxLength} characters and without spaces or slashes.", name);
        string daemon = role switch { DaemonRole.Server => "server", DaemonRole.Client => "client", _ => "daemon" };
        return Exists(name)
            ? new WgDynamicException("WgControlSocketNotFound", ErrorCategory.ResourceUnavailable, $"no {daemon} of {name} can be asked: there is no control socket of one in {directory}", $"Start it: {Starting(name, role)}. If it was started with --runtime-directory, name that with -ControlSocket.", name)
            : new WgDynamicException("WgInterfaceNotFound", ErrorCategory.ObjectNotFound, $"there is no interface {name}, and no {daemon} of one in {directory}", "Bring it up, for instance with wg-quick up, or give one of the names that completion offers.", name);
    }

    private static string Starting(string name, DaemonRole? role) => role switch
    {
        DaemonRole.Server => $"Start-WgDynamicServer {name}",
        DaemonRole.Client => $"Start-WgDynamicClient {name}",
        _ => $"Start-WgDynamicServer {name} or Start-WgDynamicClient {name}",
    };
}
