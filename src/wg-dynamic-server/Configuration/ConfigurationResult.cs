using System.Collections.Immutable;

namespace WgDynamic.Server;

/// <summary>What became of a configuration file.</summary>
/// <param name="Configuration">The configuration; null if there is any error.</param>
/// <param name="Problems">The problems, in the order of the file; bounded.</param>
/// <param name="Errors">How many errors there are in all.</param>
/// <param name="Warnings">How many warnings there are in all.</param>
internal sealed record ConfigurationResult(ServerConfiguration? Configuration, ImmutableArray<ConfigurationProblem> Problems, int Errors, int Warnings)
{
    /// <summary>How many problems are counted, but not among <see cref="Problems"/>.</summary>
    public int LeftOut => Errors + Warnings - Problems.Length;

    /// <summary>Whether there is no file, which is no problem: the configuration is the default one.</summary>
    public bool IsMissing { get; init; }

    /// <summary>That the file as a whole is none.</summary>
    public static ConfigurationResult Failed(string message, string remedy) =>
        new(null, [new ConfigurationProblem(0, 0, ProblemSeverity.Error, message, remedy)], 1, 0);
}
