namespace WgDynamic.Server;

/// <summary>Whether the server can start in spite of it.</summary>
internal enum ProblemSeverity
{
    /// <summary>It can, but somebody should look.</summary>
    Warning,

    /// <summary>It cannot: nothing of the file is used.</summary>
    Error,
}

/// <summary>What is wrong with a configuration file, for a person to read; safe to print, and without secrets.</summary>
/// <param name="Line">The line, from 1; 0 for the file as a whole.</param>
/// <param name="Column">The character in the line, from 1; 0 for the file as a whole.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">What is wrong, without a full stop.</param>
/// <param name="Remedy">What to do, as an order, without a full stop.</param>
internal readonly record struct ConfigurationProblem(int Line, int Column, ProblemSeverity Severity, string Message, string Remedy);
