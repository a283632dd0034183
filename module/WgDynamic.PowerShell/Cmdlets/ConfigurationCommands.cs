using System.Management.Automation;

namespace WgDynamic.PowerShell;

/// <summary>A cmdlet that has the server read a configuration file. What it means is the server's business alone.</summary>
public abstract class WgConfigurationCmdlet : WgCmdlet
{
    internal const string DefaultDirectory = "/etc/wg-dynamic";
    private const string Program = "wg-dynamic-server";

    /// <summary>The files of these interfaces: /etc/wg-dynamic/INTERFACE.conf, with wildcards if you like.</summary>
    [Parameter(Position = 0, ParameterSetName = "Interface")]
    [Alias("InterfaceName", "InterfaceAlias")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Interface { get; set; }

    /// <summary>Files, with wildcards if you like.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    /// <summary>Files, literally: nothing in the name is a wildcard.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName", "ConfigurationPath")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    internal abstract void Give(WgDynamicConfiguration file);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string literal in LiteralPath ?? [])
            ForItem(literal, () => Give(Check(PathOf(literal), null)));
        foreach (string path in Path ?? [])
            ForItem(path, () => ByPath(path));
        if (ParameterSetName != "Interface")
            return;
        foreach (string name in Interface ?? ["*"])
        {
            if (!Names.IsWildcard(name))
            {
                ForItem(name, () => Give(Check(DefaultPathOf(name), name)));
                continue;
            }

            foreach (string file in Existing().Where(file => Interfaces.Fits(name, System.IO.Path.GetFileNameWithoutExtension(file))))
                ForItem(file, () => Give(Check(file, System.IO.Path.GetFileNameWithoutExtension(file))));
        }
    }

    internal static string DefaultPathOf(string name) => InterfaceName.TryParse(name, out _)
        ? System.IO.Path.Combine(DefaultDirectory, name + ".conf")
        : throw Interfaces.Missing(name, null, DefaultDirectory);

    private static IEnumerable<string> Existing()
    {
        try
        {
            return [.. Directory.EnumerateFiles(DefaultDirectory, "*.conf").Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private void ByPath(string path)
    {
        System.Collections.ObjectModel.Collection<string> files;
        try
        {
            files = GetResolvedProviderPathFromPSPath(path, out ProviderInfo _);
        }
        catch (ItemNotFoundException error)
        {
            throw new WgDynamicException("WgFileNotFound", ErrorCategory.ObjectNotFound, $"there is no {path}", "Name a file that is there, or make one with New-WgDynamicConfiguration.", path, error);
        }

        foreach (string file in files)
            ForItem(file, () => Give(Check(file, null)));
    }

    private WgDynamicConfiguration Check(string path, string? name)
    {
        // The interface is only what messages name it by.
        string named = name ?? (System.IO.Path.GetFileNameWithoutExtension(path) is var stem && InterfaceName.TryParse(stem, out _) ? stem : "wg0");
        if (name is null && !File.Exists(path))
            throw new WgDynamicException("WgFileNotFound", ErrorCategory.ObjectNotFound, $"there is no {path}", "Name a file that is there, or make one with New-WgDynamicConfiguration.", path);
        string[] file = name is null ? ["--config", path] : [];
        ProgramResult result = ExternalProgram.Run(this, ExternalProgram.Find(Program), ["--check-config", "--json", .. file, named]);
        return new WgDynamicConfiguration(ProgramOutput.Read(ProgramOutput.Lines(result).LastOrDefault() ?? "", ProgramJson.Default.CheckedFile, Program, result), name);
    }
}

/// <summary>Gets the configuration files of servers, with their problems.</summary>
/// <remarks>The files are read as the server reads them, and nothing else is done. Without -Interface, -Path or -LiteralPath: those in /etc/wg-dynamic.</remarks>
/// <example>
/// <code>Get-WgDynamicConfiguration | Where-Object { -not $_.Valid }</code>
/// Files that no server could start with.
/// </example>
/// <example>
/// <code>(Get-WgDynamicConfiguration -Path ./wg0.conf).Problems</code>
/// What is wrong with a file?
/// </example>
[Cmdlet(VerbsCommon.Get, "WgDynamicConfiguration", DefaultParameterSetName = "Interface")]
[OutputType(typeof(WgDynamicConfiguration))]
public sealed class GetWgDynamicConfigurationCommand : WgConfigurationCmdlet
{
    internal override void Give(WgDynamicConfiguration file) => WriteObject(file);
}

/// <summary>Says whether a server could start with a configuration file.</summary>
/// <remarks>
/// Gives True or False; with -Detailed, every problem with file, line and remedy, warnings too, and nothing for a file without any. No file at all is
/// fine for an interface, since a server does without; a file that is named by -Path or -LiteralPath must be there.
/// </remarks>
/// <example>
/// <code>Test-WgDynamicConfiguration -Interface wg0 -Detailed</code>
/// Every problem of /etc/wg-dynamic/wg0.conf.
/// </example>
/// <example>
/// <code>if (Test-WgDynamicConfiguration -Path ./wg0.conf) { Copy-Item ./wg0.conf /etc/wg-dynamic/; Update-WgDynamicServer -Interface wg0 }</code>
/// Puts a file in place only if it is right.
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "WgDynamicConfiguration", DefaultParameterSetName = "Interface")]
[OutputType(typeof(bool), typeof(WgConfigurationProblem))]
public sealed class TestWgDynamicConfigurationCommand : WgConfigurationCmdlet
{
    /// <summary>Gives every problem instead of True or False.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    internal override void Give(WgDynamicConfiguration file)
    {
        if (Detailed)
            WriteObject(file.Rows, enumerateCollection: true);
        else
            WriteObject(file.Valid);
    }
}

/// <summary>Writes a configuration file for a server to start from.</summary>
/// <remarks>
/// The file has every key that there is, with its default and what it is for, all of them commented out: as it is, it changes nothing. With
/// -LeaseDuration and -Prefix, those are set. It is written beside the file and put in its place at the end; a file that exists is kept, unless -Force is given.
/// </remarks>
/// <example>
/// <code>New-WgDynamicConfiguration -Interface wg0 -Prefix 10.66.0.0/24, fd66::/64 -LeaseDuration 12h</code>
/// Writes /etc/wg-dynamic/wg0.conf with two pools.
/// </example>
/// <example>
/// <code>New-WgDynamicConfiguration -Path ./wg0.conf -Force</code>
/// Writes the reference file, over one that may be there.
/// </example>
[Cmdlet(VerbsCommon.New, "WgDynamicConfiguration", SupportsShouldProcess = true, DefaultParameterSetName = "Interface")]
[OutputType(typeof(FileInfo))]
public sealed class NewWgDynamicConfigurationCommand : WgCmdlet
{
    /// <summary>The interface: the file is /etc/wg-dynamic/INTERFACE.conf.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Interface")]
    [Alias("InterfaceName", "InterfaceAlias")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Interface { get; set; }

    /// <summary>The file to write, wherever you like.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The pools: prefixes such as 10.66.0.0/24, or ranges such as 10.66.0.10-10.66.0.99.</summary>
    [Parameter]
    public string[]? Prefix { get; set; }

    /// <summary>How long leases last: seconds, or a time such as 12h.</summary>
    [Parameter]
    [Duration]
    [ValidateSeconds(1, Durations.Longest)]
    public TimeSpan? LeaseDuration { get; set; }

    /// <summary>Replaces a file that exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem((object?)Path ?? Interface, () =>
    {
        string path = Path is null ? WgConfigurationCmdlet.DefaultPathOf(Interface!) : PathOf(Path);
        string text = ConfigurationTemplate.Text([.. (Prefix ?? []).Select(Read.Range)], LeaseDuration);
        Files.RefuseExisting(path, Force);
        if (!ShouldProcess(path, "Write a configuration file"))
            return;
        // The group of the server's user may be given it; nobody else need know whose addresses are whose.
        Files.Replace(path, Force, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        WriteFile(path);
    });
}

/// <summary>The shipped reference file, with some of its keys set.</summary>
internal static class ConfigurationTemplate
{
    public static string Text(IReadOnlyList<IpRange> pools, TimeSpan? leaseTime)
    {
        using Stream stream = typeof(ConfigurationTemplate).Assembly.GetManifestResourceStream("wg-dynamic.conf")!;
        using StreamReader reader = new(stream);
        List<string> lines = [.. reader.ReadToEnd().TrimEnd('\n').Split('\n')];
        if (leaseTime is { } time)
            lines[Find(lines, "#LeaseTime = ", 0)] = $"LeaseTime = {(long)time.TotalSeconds}";
        if (pools.Count > 0)
            lines.InsertRange(Find(lines, "#[Pool]", 0), pools.SelectMany(pool => (string[])["[Pool]", $"Range = {pool}", ""]));
        return string.Join('\n', lines) + "\n";
    }

    private static int Find(List<string> lines, string start, int from) => lines.FindIndex(from, line => line.StartsWith(start, StringComparison.Ordinal));
}
