using System.Management.Automation;

namespace WgDynamic.PowerShell.Tests;

/// <summary>The module's folder and manifest, as a gallery or a package would get them.</summary>
public sealed class ModuleTests : IDisposable
{
    private readonly Session _session = new();

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    [Fact]
    public void The_manifest_is_valid_and_says_what_a_gallery_wants_to_know()
    {
        PSModuleInfo module = (PSModuleInfo)_session.Run($"Test-ModuleManifest '{Module.Manifest}'").Single().BaseObject;
        Assert.Equal(Module.Name, module.Name);
        Assert.Equal(Path.GetFileName(Module.Folder), module.Version.ToString());
        Assert.Equal(["Core"], module.CompatiblePSEditions);
        Assert.Equal(new Version(7, 6), module.PowerShellVersion);
        Assert.All([module.Author, module.Copyright, module.Description, module.ReleaseNotes], text => Assert.False(string.IsNullOrWhiteSpace(text)));
        Assert.Contains("WireGuard", module.Tags, StringComparer.OrdinalIgnoreCase);
        Assert.Contains("Linux", module.Tags, StringComparer.OrdinalIgnoreCase);
        Assert.All(module.Tags, tag => Assert.DoesNotContain(' ', tag));
        Assert.NotEqual(Guid.Empty, module.Guid);
    }

    [Fact]
    public void The_folder_holds_our_assemblies_and_no_others()
    {
        string[] files = [.. Directory.GetFiles(Module.Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Module.Folder, file))];
        Assert.All(files.Where(file => file.EndsWith(".dll", StringComparison.Ordinal)), file => Assert.StartsWith("WgDynamic.", file, StringComparison.Ordinal));
        Assert.Contains("WgDynamic.PowerShell.dll", files);
        Assert.DoesNotContain(files, file => Path.GetExtension(file) is ".pdb" or ".so" or ".psm1" or ".ps1" || file.EndsWith(".deps.json", StringComparison.Ordinal));
        Assert.Contains(files, file => Path.GetFileName(file).StartsWith("LICENSE", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(Path.Combine("en-US", "about_WgDynamic.help.txt"), files);
    }

    [Fact]
    public void What_is_exported_is_said_name_by_name_so_that_PowerShell_finds_it_without_importing()
    {
        PSModuleInfo module = (PSModuleInfo)_session.Run($"Import-PowerShellDataFile '{Module.Manifest}' | Out-Null; Get-Module {Module.Name}").Single().BaseObject;
        string[] listed = [.. ((object[])_session.Run($"(Import-PowerShellDataFile '{Module.Manifest}').CmdletsToExport").Succeeded().Select(item => item.BaseObject).ToArray()).Select(item => $"{item}")];
        Assert.DoesNotContain(listed, name => name.Contains('*'));
        Assert.Equal(module.ExportedCmdlets.Keys.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.Empty(module.ExportedAliases);
        Assert.Empty(module.ExportedFunctions);
        Assert.Empty(module.ExportedVariables);
    }

    [Fact]
    public void Its_verbs_are_approved_and_its_nouns_say_what_is_a_thing_of_the_network_and_what_of_the_daemons()
    {
        HashSet<string> approved = [.. _session.Run("(Get-Verb).Verb").Succeeded().Select(verb => $"{verb}")];
        Assert.All(_session.Commands, command =>
        {
            Assert.Contains(command.Verb, approved);
            Assert.StartsWith("Wg", command.Noun, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void It_has_the_cmdlets_that_were_promised() =>
        Assert.Equal(Surface.Cmdlets.Keys.Order(StringComparer.Ordinal), _session.Commands.Select(command => command.Name));
}
