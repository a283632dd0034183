namespace WgDynamic.PowerShell;

/// <summary>A configuration file of a server.</summary>
public sealed class WgDynamicConfiguration
{
    internal WgDynamicConfiguration(CheckedFile file, string? interfaceName)
    {
        Interface = interfaceName;
        Path = file.File;
        Exists = !file.Missing && System.IO.File.Exists(file.File);
        Valid = file.Valid;
        Errors = file.Errors;
        Warnings = file.Warnings;
        Rows = [.. (file.Problems ?? []).Select(problem => new WgConfigurationProblem(file.File, problem))];
        Problems = [.. Rows.Select(row => $"{row}")];
    }

    /// <summary>The interface that it is for; nothing for a file that was named by its path.</summary>
    public string? Interface { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether it is there; a server does without.</summary>
    public bool Exists { get; }

    /// <summary>Whether a server could start with it.</summary>
    public bool Valid { get; }

    /// <summary>How many errors it has.</summary>
    public int Errors { get; }

    /// <summary>How many warnings.</summary>
    public int Warnings { get; }

    /// <summary>Which, a line each; Test-WgDynamicConfiguration -Detailed gives them as objects.</summary>
    public string[] Problems { get; }

    internal WgConfigurationProblem[] Rows { get; }

    /// <inheritdoc/>
    public override string ToString() => Path;
}

/// <summary>A problem of a configuration file.</summary>
public sealed class WgConfigurationProblem
{
    internal WgConfigurationProblem(string path, CheckedProblem problem)
    {
        File = path;
        Line = problem.Line;
        Column = problem.Column;
        Severity = string.Equals(problem.Severity, "warning", StringComparison.OrdinalIgnoreCase) ? "Warning" : "Error";
        Message = problem.Message ?? "";
        Remedy = problem.Remedy;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The line, from 1; 0 for the file as a whole.</summary>
    public int Line { get; }

    /// <summary>The character in the line, from 1; 0 for the file as a whole.</summary>
    public int Column { get; }

    /// <summary>Error: no server can start with it. Warning: it hardly does what is meant.</summary>
    public string Severity { get; }

    /// <summary>What is wrong.</summary>
    public string Message { get; }

    /// <summary>What to do about it.</summary>
    public string? Remedy { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{File}{(Line > 0 ? $":{Line}" : "")}: {Message}{(Remedy is null ? "" : $"; {Remedy}")}";
}
