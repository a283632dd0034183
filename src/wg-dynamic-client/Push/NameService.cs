namespace WgDynamic.Client;

/// <summary>Who is told about DNS servers on this machine.</summary>
/// <param name="Tool">The program.</param>
/// <param name="Record">What the program calls this interface's servers: with resolvconf(8) the interface behind a tag such as <c>tun.</c>.</param>
internal readonly record struct NameService(NameTool Tool, string Record)
{
    /// <summary>What stands before the interface in a record of resolvconf(8): letters, digits and hyphens, and no option.</summary>
    /// <param name="tag">The tag, without its dot.</param>
    public static bool IsTag(ReadOnlySpan<char> tag)
    {
        foreach (char c in tag)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                return false;
        }

        return tag.Length > 0 && tag[0] != '-';
    }

    /// <summary>Whether a record is that of an interface, and no option to a program.</summary>
    /// <param name="record">The record.</param>
    /// <param name="interfaceName">The interface.</param>
    public static bool IsRecordOf(string record, InterfaceName interfaceName)
    {
        string name = interfaceName.ToString();
        return name[0] != '-' && record.EndsWith(name, StringComparison.Ordinal)
            && record.AsSpan(0, record.Length - name.Length) is var before && (before.Length == 0 || (before[^1] == '.' && IsTag(before[..^1])));
    }
}

/// <summary>A program that manages DNS servers by interface.</summary>
internal enum NameTool
{
    /// <summary>resolvconf(8): openresolv's, Debian's, or that of systemd.</summary>
    Resolvconf,

    /// <summary>resolvectl(1), for systemd-resolved.</summary>
    Resolvectl,
}
