using System.Management.Automation;
using System.Text.RegularExpressions;

namespace WgDynamic.PowerShell;

/// <summary>A cmdlet that deals with wg-quick's understanding of <c>auto</c>.</summary>
public abstract partial class WgQuickHookCmdlet : WgCmdlet
{
    internal const string Program = "wg-dynamic";

    /// <summary>Where wg-quick's configuration files lie. Without it: /etc/wireguard.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string ConfigurationDirectory { get; set; } = "/etc/wireguard";

    internal IEnumerable<WgQuickHook> Hooks(string[]? interfaces)
    {
        QuickStatus status = Status();
        string directory = PathOf(ConfigurationDirectory);
        List<string> names = [.. Files(directory).Select(file => Path.GetFileNameWithoutExtension(file)!)];
        foreach (string name in interfaces ?? [])
        {
            if (!Names.IsWildcard(name) && !names.Contains(name))
                WriteError(new WgDynamicException("WgInterfaceNotFound", ErrorCategory.ObjectNotFound, $"there is no {Path.Combine(directory, name + ".conf")}", "Name an interface that has a configuration file of wg-quick, or their directory with -ConfigurationDirectory.", name).ToRecord(name));
        }

        List<string> wanted = interfaces is null ? names : [.. names.Where(name => interfaces.Any(pattern => Interfaces.Fits(pattern, name)))];
        bool needsDropIn = ServiceManager.IsRunning;
        if (wanted.Count == 0 && interfaces is null)
            return [new WgQuickHook(status, null, null, false, needsDropIn)];
        return wanted.Select(name => Path.Combine(directory, name + ".conf") is var path ? new WgQuickHook(status, name, path, UsesAuto(path), needsDropIn) : null!);
    }

    internal void Drive(string verb, bool force)
    {
        string[] inTheWay = Status().InTheWay ?? [];
        if (inTheWay.Length > 0 && !force)
            throw new WgDynamicException("WgHookConflict", ErrorCategory.ResourceExists, $"{string.Join(" and ", inTheWay)} is there and not from wg-dynamic", "Move it away, or have that done with -Force.", inTheWay[0]);
        foreach (string path in inTheWay)
            MoveAway(path);
        ProgramResult result = ExternalProgram.Run(this, ExternalProgram.Find(Program), ["quick", verb]);
        string words = Daemons.Words(result.Errors, Program);
        if (result.ExitCode != 0)
        {
            throw new WgDynamicException(
                "WgProgramFailed",
                words.Contains("root", StringComparison.Ordinal) ? ErrorCategory.PermissionDenied : ErrorCategory.InvalidResult,
                words.Length > 0 ? words : $"wg-dynamic quick {verb} ended with exit status {result.ExitCode}",
                "Correct what it says; run PowerShell as root.",
                verb);
        }

        foreach (string line in words.Split('\n').Where(line => line.Length > 0))
            WriteVerbose(line);
        if (ServiceManager.IsRunning)
            _ = ServiceManager.Control(this, "daemon-reload");
    }

    private QuickStatus Status()
    {
        ProgramResult result = ExternalProgram.Run(this, ExternalProgram.Find(Program), ["quick", "status", "--json"]);
        return ProgramOutput.Read(ProgramOutput.Lines(result).LastOrDefault() ?? "", ProgramJson.Default.QuickStatus, Program, result);
    }

    private void MoveAway(string path)
    {
        try
        {
            File.Move(path, path + ".old", overwrite: true);
            WriteWarning($"{path} was moved to {path}.old.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WgDynamicException("WgHookConflict", ErrorCategory.PermissionDenied, $"{path} is in the way and cannot be moved: {error.Message}", "Run PowerShell as root.", path, error);
        }
    }

    internal static IEnumerable<string> Files(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFiles(directory, "*.conf").Where(file => InterfaceName.TryParse(Path.GetFileNameWithoutExtension(file), out _)).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (UnauthorizedAccessException error)
        {
            throw new WgDynamicException("WgFileFailed", ErrorCategory.PermissionDenied, error.Message, "Run PowerShell as root.", directory, error);
        }
    }

    private static bool UsesAuto(string path)
    {
        try
        {
            return File.ReadLines(path).Any(line => AutoAddress().IsMatch(line));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WgDynamicException("WgFileFailed", ErrorCategory.PermissionDenied, error.Message, "Run PowerShell as root.", path, error);
        }
    }

    [GeneratedRegex(@"^\s*Address\s*=[^#]*(?<=[=,\s])auto\s*(,|#|$)", RegexOptions.IgnoreCase)]
    private static partial Regex AutoAddress();
}

/// <summary>A cmdlet that asks about wg-quick's understanding of <c>auto</c>.</summary>
public abstract class WgQuickHookQuery : WgQuickHookCmdlet
{
    /// <summary>Only the configuration files of these interfaces, with wildcards if you like.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("InterfaceName", "InterfaceAlias")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    public string[]? Interface { get; set; }
}

/// <summary>Gets whether wg-quick understands <c>auto</c>, and which of its files say it.</summary>
/// <remarks>Gives an object for each configuration file of wg-quick; one without an interface if there is none.</remarks>
/// <example>
/// <code>Get-WgQuickHook | Where-Object { $_.UsesAuto -and -not $_.Registered }</code>
/// Files that wg-quick would fail with.
/// </example>
[Cmdlet(VerbsCommon.Get, "WgQuickHook")]
[OutputType(typeof(WgQuickHook))]
public sealed class GetWgQuickHookCommand : WgQuickHookQuery
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(Interface, () =>
    {
        foreach (WgQuickHook hook in Hooks(Interface))
            WriteObject(hook);
    });
}

/// <summary>Says whether wg-quick does what its files say.</summary>
/// <remarks>
/// Gives True if wg-quick understands <c>auto</c>. With -Interface, False only for a file that says <c>auto</c> while wg-quick does not understand it.
/// </remarks>
/// <example>
/// <code>Test-WgQuickHook</code>
/// Does wg-quick understand auto?
/// </example>
/// <example>
/// <code>Test-WgQuickHook -Interface wg0</code>
/// Would wg-quick up wg0 do what /etc/wireguard/wg0.conf says?
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "WgQuickHook")]
[OutputType(typeof(bool))]
public sealed class TestWgQuickHookCommand : WgQuickHookQuery
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(Interface, () =>
    {
        if (Interface is null)
        {
            WriteObject(Hooks(null).First().Registered);
            return;
        }

        foreach (WgQuickHook hook in Hooks(Interface))
            WriteObject(hook.Registered || !hook.UsesAuto);
    });
}

/// <summary>Has wg-quick understand <c>auto</c>.</summary>
/// <remarks>
/// With <c>Address = fe80::abcd/128, auto</c> in its file, wg-quick then starts a client for the interface. Does what wg-dynamic quick install does: a
/// wrapper in /usr/local/bin, and a drop-in for wg-quick@.service. Something of somebody else's in their place is the error WgHookConflict; with
/// -Force it is moved away. Where the Debian package has done it, there is nothing to do.
/// </remarks>
/// <example>
/// <code>Register-WgQuickHook -Verbose</code>
/// Installs it, and says what is written.
/// </example>
[Cmdlet(VerbsLifecycle.Register, "WgQuickHook", SupportsShouldProcess = true)]
[OutputType(typeof(WgQuickHook))]
public sealed class RegisterWgQuickHookCommand : WgQuickHookCmdlet
{
    /// <summary>Moves away what is in the place of the wrapper or the drop-in, to a name with .old behind it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Gives what is registered then, and which files say <c>auto</c>. Without it nothing is given.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem("wg-quick", () =>
    {
        if (!ShouldProcess("wg-quick", "Have it understand auto"))
            return;
        Drive("install", Force);
        foreach (WgQuickHook hook in PassThru ? Hooks(null) : [])
            WriteObject(hook);
    });
}

/// <summary>Has wg-quick be as the distribution made it.</summary>
/// <remarks>Takes back what Register-WgQuickHook did. Files that say <c>auto</c> fail from then on. What the Debian package put in place goes with the package.</remarks>
/// <example>
/// <code>Unregister-WgQuickHook -WhatIf</code>
/// Says what it would do.
/// </example>
[Cmdlet(VerbsLifecycle.Unregister, "WgQuickHook", SupportsShouldProcess = true)]
[OutputType(typeof(WgQuickHook))]
public sealed class UnregisterWgQuickHookCommand : WgQuickHookCmdlet
{
    /// <summary>Also while files say <c>auto</c>, which wg-quick will fail with then.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Gives what is registered then, and which files say <c>auto</c>. Without it nothing is given.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem("wg-quick", () =>
    {
        string[] needing = Force ? [] : [.. Hooks(null).Where(hook => hook.UsesAuto && !hook.Diverted).Select(hook => hook.Interface!)];
        if (needing.Length > 0)
            throw new WgDynamicException("WgHookConflict", ErrorCategory.ResourceBusy, $"the files of {string.Join(", ", needing)} say auto, and wg-quick would fail with them", "Take auto out of them first, or use -Force.", needing);
        if (!ShouldProcess("wg-quick", "Have it be as the distribution made it"))
            return;
        Drive("uninstall", Force);
        foreach (WgQuickHook hook in PassThru ? Hooks(null) : [])
            WriteObject(hook);
    });
}
