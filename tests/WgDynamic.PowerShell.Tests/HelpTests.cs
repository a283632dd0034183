using System.Management.Automation;

namespace WgDynamic.PowerShell.Tests;

/// <summary>That Get-Help has something to say of everything.</summary>
public sealed class HelpTests : IDisposable
{
    private static readonly HashSet<string> _common = [.. Cmdlet.CommonParameters, .. Cmdlet.OptionalCommonParameters];

    private readonly Session _session = new();

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_cmdlet_has_a_synopsis_a_description_and_examples_with_a_remark()
    {
        List<string> missing = [];
        foreach (CmdletInfo command in _session.Commands)
        {
            PSObject help = _session.Run($"Get-Help {command.Name} -Full").Single();
            if (!Text(help, "Synopsis").Contains(' ') || Text(help, "Synopsis").TrimStart().StartsWith(command.Name, StringComparison.Ordinal))
                missing.Add($"{command.Name}: synopsis");
            if (_session.Run($"(Get-Help {command.Name} -Full).Description.Text").Output.All(line => line is null || string.IsNullOrWhiteSpace(line.ToString())))
                missing.Add($"{command.Name}: description");
            IReadOnlyList<PSObject> examples = _session.Run($"(Get-Help {command.Name} -Full).Examples.Example").Output;
            if (!examples.Any(example => example is not null))
                missing.Add($"{command.Name}: examples");
            if (_session.Run($"(Get-Help {command.Name} -Full).Examples.Example | Where-Object {{ -not ($_.Remarks.Text -join '').Trim() }}").Output.Count > 0)
                missing.Add($"{command.Name}: an example's remark");
            if (_session.Run($"(Get-Help {command.Name} -Full).returnValues.returnValue").Output.Count == 0 && command.OutputType.Count > 0)
                missing.Add($"{command.Name}: outputs");
        }

        Problems.AssertNone(missing);
    }

    [Fact]
    public void Every_parameter_is_described_and_no_other_is()
    {
        List<string> wrong = [];
        foreach (CmdletInfo command in _session.Commands)
        {
            string[] has = [.. command.Parameters.Keys.Except(_common).Except(["WhatIf", "Confirm"]).Order(StringComparer.Ordinal)];
            PSObject[] parameters = [.. _session.Run($"(Get-Help {command.Name} -Full).Parameters.Parameter").Output.Where(parameter => parameter is not null)];
            string[] described = [.. parameters.Where(parameter => DescriptionOf(parameter).Length > 10).Select(parameter => Text(parameter, "Name"))];
            wrong.AddRange(has.Except(described).Select(name => $"{command.Name} -{name}: not described"));
            wrong.AddRange(described.Except(has).Except(["WhatIf", "Confirm"]).Select(name => $"{command.Name} -{name}: described, and not there"));
        }

        Problems.AssertNone(wrong);
    }

    [Fact]
    public void The_syntax_in_the_help_has_every_parameter()
    {
        List<string> wrong = [];
        foreach (CmdletInfo command in _session.Commands)
        {
            string syntax = string.Concat(_session.Run($"(Get-Help {command.Name} -Full).Syntax | Out-String -Width 4000").Output);
            wrong.AddRange(command.Parameters.Keys.Except(_common).Where(name => !syntax.Contains($"-{name}", StringComparison.Ordinal)).Select(name => $"{command.Name} -{name}"));
        }

        Problems.AssertNone(wrong);
    }

    [Fact]
    public void About_WgDynamic_names_every_cmdlet()
    {
        string about = string.Concat(_session.Run("Get-Help about_WgDynamic | Out-String -Width 200").Succeeded());
        Assert.Equal([], _session.Commands.Select(command => command.Name).Where(name => !about.Contains(name, StringComparison.Ordinal)));
    }

    private static string Text(PSObject item, string property) => $"{item.Properties[property]?.Value}";

    private static string DescriptionOf(PSObject parameter) =>
        parameter.Properties["Description"]?.Value is not { } description ? ""
        : string.Concat(LanguagePrimitives.ConvertTo<object[]>(description).Select(part => Text(PSObject.AsPSObject(part), "Text"))).Trim();
}
