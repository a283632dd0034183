using System.Management.Automation;
using System.Text;
using WgDynamic.Architecture.Tests;

namespace WgDynamic.PowerShell.Tests;

/// <summary>That no way to use a cmdlet is left untested.</summary>
public sealed class CoverageTests : IDisposable
{
    private readonly Session _session = new();

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_cmdlet_is_tested_in_every_way_in_which_it_can_be_used()
    {
        Aspect[] aspects = Enum.GetValues<Aspect>();
        StringBuilder table = new($"| cmdlet | {string.Join(" | ", aspects)} |\n|---|{string.Concat(Enumerable.Repeat("---|", aspects.Length))}\n");
        List<string> holes = [];
        int tests = 0;
        foreach (CmdletInfo command in _session.Commands)
        {
            table.Append($"| {command.Name} |");
            foreach (Aspect aspect in aspects)
            {
                int count = Coverage.Cells[(command.Name, aspect)].Count();
                bool applies = Applies(command, aspect);
                if (applies && count == 0)
                    holes.Add($"{command.Name}: {aspect}");
                tests += count;
                table.Append($" {(count > 0 ? $"{count}" : applies ? "HOLE" : "–")} |");
            }

            table.Append('\n');
        }

        table.Append($"\n{_session.Commands.Count} cmdlets, {tests} tests of cells, {holes.Count} holes. – does not apply: the cmdlet takes nothing by the pipe, changes nothing, or asks nobody.\n");
        string directory = Path.Combine(Repository.Root, "artifacts", "test-results");
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "powershell-coverage.md"), table.ToString());
        Problems.AssertNone(holes);
    }

    [Fact]
    public void Tests_say_they_cover_only_cmdlets_that_there_are() =>
        Assert.Equal([], Coverage.Cells.Select(cell => cell.Key.Cmdlet).Except(_session.Commands.Select(command => command.Name)));

    private static bool Applies(CmdletInfo command, Aspect aspect)
    {
        IEnumerable<ParameterAttribute> bindings = command.Parameters.Values.SelectMany(parameter => parameter.Attributes.OfType<ParameterAttribute>());
        return aspect switch
        {
            Aspect.Pipe => bindings.Any(binding => binding.ValueFromPipeline || binding.ValueFromPipelineByPropertyName),
            Aspect.PropertyName => bindings.Any(binding => binding.ValueFromPipelineByPropertyName),
            Aspect.Wildcard or Aspect.Completion => command.Parameters.ContainsKey("Interface"),
            Aspect.WhatIf => command.Parameters.ContainsKey("WhatIf"),
            Aspect.NotFound => command.Parameters.ContainsKey("Interface") || command.Parameters.ContainsKey("Path"),
            Aspect.Cancellation => !Surface.Immediate.Contains(command.Name),
            _ => true,
        };
    }
}
