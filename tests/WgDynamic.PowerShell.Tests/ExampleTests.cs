using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using WgDynamic.Architecture.Tests;

namespace WgDynamic.PowerShell.Tests;

/// <summary>That whatever PowerShell we write somewhere is PowerShell: parsed, and bound against the module, so that none rots.</summary>
public sealed partial class ExampleTests : IDisposable
{
    private readonly Session _session = new();

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_example_of_the_help_can_be_run()
    {
        List<string> wrong = [];
        int examples = 0;
        foreach (CmdletInfo command in _session.Commands)
        {
            foreach (PSObject code in _session.Run($"(Get-Help {command.Name} -Full).Examples.Example.Code").Output.Where(code => code is not null))
            {
                examples++;
                string text = Prompt().Replace($"{code}", "");
                if (!text.Contains(command.Name, StringComparison.OrdinalIgnoreCase))
                    wrong.Add($"{command.Name}: an example that does not use it: {text}");
                wrong.AddRange(ProblemsOf(text).Select(problem => $"{command.Name}: {problem}"));
            }
        }

        Problems.AssertNone(wrong);
        Assert.True(examples >= _session.Commands.Count, $"{examples} examples");
    }

    [Fact]
    public void Every_script_can_be_run()
    {
        string[] scripts = [.. Repository.Files(".", "*.ps1"), .. Repository.Files(".", "*.psm1")];
        Assert.Contains("pester/Invoke-WgDynamicChecks.ps1", scripts);
        Problems.AssertNone(scripts.SelectMany(script => ProblemsOf(Repository.Read(script)).Select(problem => $"{script}: {problem}")));
    }

    [Fact]
    public void Every_example_in_the_help_of_a_script_can_be_run()
    {
        string[] scripts = [.. Repository.Files("pester", "Invoke-*.ps1")];
        Assert.NotEmpty(scripts);
        Assert.All(scripts, script =>
        {
            CommentHelpInfo help = Parser.ParseInput(Repository.Read(script), out _, out _).GetHelpContent();
            Assert.NotEmpty(help.Examples);
            Assert.All(help.Examples, example => Problems.AssertNone(ProblemsOf(example.Split("\n\n")[0])));
        });
    }

    [Fact]
    public void Every_line_of_PowerShell_in_the_documents_can_be_run()
    {
        List<string> wrong = [];
        int found = 0;
        foreach (string document in Repository.Files(".", "*.md"))
        {
            foreach (string code in CodeOf(Repository.Read(document)))
            {
                found++;
                wrong.AddRange(ProblemsOf(code).Select(problem => $"{document}: {problem}"));
            }
        }

        Problems.AssertNone(wrong);
        Assert.True(found > 0, "no document has any");
    }

    [Fact]
    public void A_rotten_example_is_found()
    {
        Assert.NotEmpty(ProblemsOf("Get-WgLeese wg0"));
        Assert.NotEmpty(ProblemsOf("Get-WgLease wg0 -NoSuchParameter 1"));
        Assert.NotEmpty(ProblemsOf("Get-WgLease wg0 | Where-Object { Get-WgPool -Nonsense }"));
        Assert.NotEmpty(ProblemsOf("Get-WgLease wg0 |"));
        Assert.NotEmpty(ProblemsOf("Get-WgLease | Sort-Object -Descendingly IPAddress"));
        Assert.NotEmpty(ProblemsOf("Get-WgLease wg0 | Where-Object NoSuchProperty"));
        Assert.Empty(ProblemsOf("Get-WgLease wg0 -State Active | Where-Object Expired | Sort-Object IPAddress -Descending"));
    }

    // Blocks that say they are PowerShell, and lines behind PowerShell's prompt in blocks that say nothing.
    private static IEnumerable<string> CodeOf(string markdown)
    {
        foreach (Match block in PowerShellBlock().Matches(markdown))
            yield return Prompt().IsMatch(block.Groups["code"].Value) ? string.Join('\n', PromptLine().Matches(block.Groups["code"].Value).Select(line => line.Groups["code"].Value)) : block.Groups["code"].Value;
        foreach (Match line in IndentedPromptLine().Matches(markdown))
            yield return line.Groups["code"].Value;
    }

    private IEnumerable<string> ProblemsOf(string code)
    {
        ScriptBlockAst script = Parser.ParseInput(code, out _, out ParseError[] errors);
        if (errors.Length > 0)
            return errors.Select(error => $"{error.Message} in: {code}");
        HashSet<string> functions = [.. script.FindAll(ast => ast is FunctionDefinitionAst, true).Select(ast => ((FunctionDefinitionAst)ast).Name)];
        return script.FindAll(ast => ast is CommandAst, true).Cast<CommandAst>().SelectMany(command => ProblemsOf(command, functions));
    }

    private IEnumerable<string> ProblemsOf(CommandAst command, HashSet<string> functions)
    {
        if (command.GetCommandName() is not { } name || functions.Contains(name) || Elsewhere().IsMatch(name))
            yield break;
        CommandInfo? info = _session.Run($"Get-Command -Name '{name}' -CommandType Cmdlet, Function, Alias -ErrorAction Ignore").Output is [{ } only, ..] ? (CommandInfo)only.BaseObject : null;
        if (info is AliasInfo alias)
            info = alias.ResolvedCommand;
        if (info is null)
        {
            yield return $"no command {name} in: {command}";
            yield break;
        }

        foreach (string parameter in command.CommandElements.OfType<CommandParameterAst>().Select(element => element.ParameterName))
        {
            if (!info.Parameters.Keys.Any(known => known.StartsWith(parameter, StringComparison.OrdinalIgnoreCase))
                && !info.Parameters.Values.Any(known => known.Aliases.Contains(parameter, StringComparer.OrdinalIgnoreCase)))
                yield return $"{name} has no -{parameter} in: {command}";
        }

        if (command.CommandElements.Any(element => element is VariableExpressionAst { Splatted: true }))
            yield break;
        // Binding by parameter set, position and conversion, as far as it can be done without running.
        StaticBindingResult binding = StaticParameterBinder.BindCommand(command, resolve: true);
        foreach (StaticBindingError error in binding.BindingExceptions.Values)
            yield return $"{error.BindingException.Message} in: {command}";
        foreach (string problem in PropertyProblems(command, binding))
            yield return problem;
    }

    // Where-Object State, Sort-Object IPAddress, Select-Object …: a property that is not there yields silence, not an error.
    private IEnumerable<string> PropertyProblems(CommandAst command, StaticBindingResult binding)
    {
        if (command.GetCommandName() is not ("Where-Object" or "Sort-Object" or "Select-Object" or "Group-Object" or "where" or "sort" or "select" or "group" or "?")
            || command.Parent is not PipelineAst { PipelineElements: [CommandAst first, ..] pipeline }
            || pipeline.IndexOf(command) is not (1 or 2)
            || first.GetCommandName() is not { } source
            || _session.Run($"(Get-Command '{source}' -Module {Module.Name} -ErrorAction Ignore).OutputType.Type").Output is not { Count: > 0 } types
            || types.Any(type => type?.BaseObject is not Type))
            yield break;
        // Behind another of these, its output is the same but for Group-Object and Select-Object.
        if (pipeline.IndexOf(command) == 2 && ((pipeline[1] as CommandAst)?.GetCommandName() is not ("Where-Object" or "Sort-Object" or "where" or "sort" or "?")))
            yield break;
        HashSet<string> known = [.. types.SelectMany(type => _session.Run($"(Get-TypeData '{((Type)type.BaseObject).FullName}').Members.Keys").Output.Select(member => $"{member}").Concat(((Type)type.BaseObject).GetProperties().Select(property => property.Name)))];
        if (!binding.BoundParameters.TryGetValue("Property", out ParameterBindingResult? bound))
            yield break;
        IEnumerable<Ast> values = bound.Value is ArrayLiteralAst list ? list.Elements : [bound.Value];
        foreach (string property in values.OfType<StringConstantExpressionAst>().Select(value => value.Value))
        {
            if (!property.Contains('*') && !known.Contains(property, StringComparer.OrdinalIgnoreCase))
                yield return $"{source} gives nothing with a property {property} in: {command.Parent}";
        }
    }

    [GeneratedRegex(@"^\s*PS[^>\n]*> ?", RegexOptions.Multiline)]
    private static partial Regex Prompt();

    [GeneratedRegex(@"^PS[^>\n]*> ?(?<code>.*)$", RegexOptions.Multiline)]
    private static partial Regex PromptLine();

    [GeneratedRegex(@"^    PS[^>\n]*> ?(?<code>.*)$", RegexOptions.Multiline)]
    private static partial Regex IndentedPromptLine();

    [GeneratedRegex(@"^```(powershell|pwsh|ps1)\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex PowerShellBlock();

    // Programs, scripts by their path, and what Pester and pwsh bring beside the engine.
    [GeneratedRegex(@"^(wg|ip|ps|bash|dd|kill|sudo|pwsh|systemctl|systemd-.*|timedatectl|wg-dynamic.*|wg-quick|.*/.*|Start-ThreadJob|Describe|Context|It|Before.*|After.*|Should|Set-ItResult|New-Pester.*|Invoke-Pester|Set-PSResource.*|Install-PSResource)$", RegexOptions.IgnoreCase)]
    private static partial Regex Elsewhere();
}
