using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace WgDynamic.PowerShell.Tests;

/// <summary>A PowerShell session with the module imported.</summary>
internal sealed class Session : IDisposable
{
    private readonly CapturingHost _host = new();
    private readonly Runspace _runspace;

    public Session()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule(Module.Manifest);
        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.Open();
        Run("$PSStyle.OutputRendering = 'PlainText'; $WarningPreference = 'Continue'").Succeeded();
    }

    /// <summary>The commands that the module exports, by name.</summary>
    public IReadOnlyList<CmdletInfo> Commands =>
        [.. Run($"Get-Command -Module {Module.Name} -CommandType Cmdlet").Succeeded().Select(item => (CmdletInfo)item.BaseObject).OrderBy(command => command.Name, StringComparer.Ordinal)];

    /// <summary>Sets a variable.</summary>
    public object? this[string variable]
    {
        set => _runspace.SessionStateProxy.SetVariable(variable, value);
    }

    /// <summary>Runs a script to its end.</summary>
    public Result Run(string script)
    {
        _host.Clear();
        using System.Management.Automation.PowerShell shell = Create(script);
        Collection<PSObject> output = [];
        ErrorRecord? terminating = null;
        try
        {
            output = shell.Invoke();
        }
        catch (RuntimeException e)
        {
            terminating = e.ErrorRecord;
        }

        return new Result(script, output, [.. shell.Streams.Error], terminating, [.. shell.Streams.Warning.Select(warning => warning.Message)], _host.Shown);
    }

    /// <summary>What a script gives, as a terminal of 80 columns shows it.</summary>
    public string View(string script) =>
        string.Join('\n', Run($"& {{ {script} }} | Out-String -Width 80 -Stream").Succeeded().Select(line => line.ToString().TrimEnd())).Trim('\n');

    /// <summary>What may stand at the end of a line.</summary>
    public IReadOnlyList<CompletionResult> Complete(string line)
    {
        using System.Management.Automation.PowerShell shell = Create("");
        shell.Commands.Clear();
        return CommandCompletion.CompleteInput(line, line.Length, [], shell).CompletionMatches;
    }

    /// <summary>Starts a script, to be stopped.</summary>
    /// <param name="script">The script.</param>
    /// <param name="output">Where its objects come, as they come.</param>
    /// <param name="running">To wait for its end.</param>
    public System.Management.Automation.PowerShell Start(string script, PSDataCollection<PSObject> output, out IAsyncResult running)
    {
        System.Management.Automation.PowerShell shell = Create(script);
        running = shell.BeginInvoke<PSObject, PSObject>(null, output);
        return shell;
    }

    /// <inheritdoc/>
    public void Dispose() => _runspace.Dispose();

    private System.Management.Automation.PowerShell Create(string script)
    {
        System.Management.Automation.PowerShell shell = System.Management.Automation.PowerShell.Create();
        shell.Runspace = _runspace;
        return shell.AddScript(script);
    }
}

/// <summary>What came of a script.</summary>
/// <param name="Script">The script.</param>
/// <param name="Output">Its objects.</param>
/// <param name="Errors">Its errors that ended nothing.</param>
/// <param name="Terminating">The error that ended it.</param>
/// <param name="Warnings">Its warnings.</param>
/// <param name="Shown">What the host was told to show, "What if:" among it.</param>
internal sealed record Result(string Script, IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors, ErrorRecord? Terminating, IReadOnlyList<string> Warnings, string Shown)
{
    /// <summary>All errors.</summary>
    public IReadOnlyList<ErrorRecord> AllErrors => Terminating is null ? Errors : [.. Errors, Terminating];

    /// <summary>Its objects, when there was no error.</summary>
    public IReadOnlyList<PSObject> Succeeded()
    {
        Assert.True(AllErrors.Count == 0, $"{Script}\n{string.Join('\n', AllErrors.Select(error => $"{error.FullyQualifiedErrorId}: {error}\n{error.ErrorDetails?.RecommendedAction}"))}");
        return Output;
    }

    /// <summary>Its one object, when there was no error.</summary>
    public PSObject Single() => Assert.Single(Succeeded());

    /// <summary>A property of its objects, as text.</summary>
    public string[] Texts(string property) => [.. Succeeded().Select(item => $"{item.Properties[property]?.Value ?? throw new InvalidOperationException($"no {property} of {item}")}")];

    /// <summary>Its one error, whose identifier is so and which says what to do.</summary>
    /// <param name="identifier">The stable first part: the cmdlet's class comes behind it.</param>
    public ErrorRecord FailedWith(string identifier)
    {
        Assert.True(AllErrors.Count > 0, $"{Script}\nhas no error, but gives {Output.Count} objects");
        ErrorRecord error = Assert.Single(AllErrors);
        Assert.StartsWith($"{identifier},WgDynamic.PowerShell.", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(string.IsNullOrWhiteSpace(error.ErrorDetails?.RecommendedAction), $"{error.FullyQualifiedErrorId}: {error}: no remedy");
        return error;
    }
}
