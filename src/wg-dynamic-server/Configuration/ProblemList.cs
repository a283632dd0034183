using System.Collections.Immutable;

namespace WgDynamic.Server;

/// <summary>
/// Collects the problems of a file, so that all are listed in one go. Bounded: what is no configuration at all has a
/// problem in every line, and nobody reads them. Errors push warnings out.
/// </summary>
internal sealed class ProblemList
{
    /// <summary>The most problems that are kept.</summary>
    public const int Max = 100;

    private readonly List<ConfigurationProblem> _errors = [];
    private readonly List<ConfigurationProblem> _warnings = [];

    /// <summary>How many errors there were, kept or not.</summary>
    public int Errors { get; private set; }

    /// <summary>How many warnings there were, kept or not.</summary>
    public int Warnings { get; private set; }

    /// <summary>Whether the next error would be counted only: not worth a search for its remedy.</summary>
    public bool IsFull => Errors >= Max;

    /// <summary>Adds what keeps the file from being used.</summary>
    /// <param name="place">Where.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="remedy">What to do.</param>
    public void Error(Word place, string message, string remedy)
    {
        if (Errors++ < Max)
            _errors.Add(new ConfigurationProblem(place.Line, place.Column, ProblemSeverity.Error, message, remedy));
    }

    /// <summary>Adds what is probably not meant.</summary>
    /// <inheritdoc cref="Error"/>
    public void Warning(Word place, string message, string remedy)
    {
        if (Warnings++ < Max)
            _warnings.Add(new ConfigurationProblem(place.Line, place.Column, ProblemSeverity.Warning, message, remedy));
    }

    /// <summary>The problems that were kept, in the order of the file.</summary>
    public ImmutableArray<ConfigurationProblem> InOrder() =>
        [.. _errors.Concat(_warnings.Take(Max - _errors.Count)).OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];
}
