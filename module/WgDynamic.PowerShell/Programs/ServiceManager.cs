using System.Text;

namespace WgDynamic.PowerShell;

/// <summary>systemd, where it runs.</summary>
internal static class ServiceManager
{
    public static bool IsRunning => Directory.Exists("/run/systemd/system") && ExternalProgram.TryFind("systemctl", out _);

    public static string UnitOf(string program, string name) => $"{program}@{Escape(name)}.service";

    public static bool Knows(WgCmdlet cmdlet, string unit) => IsRunning && Control(cmdlet, "cat", unit).ExitCode == 0;

    public static bool IsActive(WgCmdlet cmdlet, string unit) => IsRunning && Control(cmdlet, "is-active", "--quiet", unit).ExitCode == 0;

    public static ProgramResult Control(WgCmdlet cmdlet, params string[] arguments) => ExternalProgram.Run(cmdlet, ExternalProgram.Find("systemctl"), arguments);

    // What the unit itself said when it failed: systemctl only says where to look.
    public static string LastWords(WgCmdlet cmdlet, string unit)
    {
        if (!ExternalProgram.TryFind("journalctl", out string journalctl))
            return "";
        ProgramResult result = ExternalProgram.Run(cmdlet, journalctl, ["--unit", unit, "--lines", "5", "--output", "cat", "--no-pager", "--quiet", "--identifier", unit.Split('@')[0]]);
        return result.ExitCode == 0 ? result.Output.Trim() : "";
    }

    // systemd-escape(1): what is no letter, digit, colon, underscore or inner dot becomes \xHH.
    internal static string Escape(string name)
    {
        StringBuilder escaped = new();
        foreach (byte character in Encoding.UTF8.GetBytes(name))
        {
            if (char.IsAsciiLetterOrDigit((char)character) || character is (byte)':' or (byte)'_' || (character == (byte)'.' && escaped.Length > 0))
                _ = escaped.Append((char)character);
            else
                _ = escaped.Append(null, $"\\x{character:x2}");
        }

        return escaped.ToString();
    }
}
