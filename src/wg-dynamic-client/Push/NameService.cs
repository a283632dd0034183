namespace WgDynamic.Client;

/// <summary>Who is told about DNS servers on this machine.</summary>
/// <param name="Tool">The program.</param>
/// <param name="Record">What the program calls this interface's servers: with resolvconf(8) the interface behind a tag such as <c>tun.</c>.</param>
internal readonly record struct NameService(NameTool Tool, string Record);

/// <summary>A program that manages DNS servers by interface.</summary>
internal enum NameTool
{
    /// <summary>resolvconf(8): openresolv's, Debian's, or that of systemd.</summary>
    Resolvconf,

    /// <summary>resolvectl(1), for systemd-resolved.</summary>
    Resolvectl,
}
