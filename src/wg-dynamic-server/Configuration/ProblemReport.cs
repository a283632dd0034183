using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WgDynamic.Server;

/// <summary>Shows what is wrong with a configuration file.</summary>
internal static class ProblemReport
{
    /// <summary>One problem on a line, for a person.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">The problem.</param>
    /// <returns><c>/etc/wg-dynamic/wg0.conf:12: error: what is wrong; what to do</c></returns>
    public static string Line(string path, ConfigurationProblem problem) =>
        $"{path}{(problem.Line > 0 ? $":{problem.Line}" : "")}: {Text(problem.Severity)}: {problem.Message}; {problem.Remedy}";

    /// <summary>All problems, a line each, and how many they are.</summary>
    /// <param name="path">The file.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="output">Takes the lines.</param>
    public static void WriteText(string path, ConfigurationResult result, TextWriter output)
    {
        foreach (ConfigurationProblem problem in result.Problems)
            output.WriteLine(Line(path, problem));
        if (result.LeftOut > 0)
            output.WriteLine($"and {result.LeftOut} more");
        if (result.IsMissing)
            output.WriteLine($"{path}: there is no such file; the defaults apply");
        else if (result.Errors + result.Warnings == 0)
            output.WriteLine($"{path}: no problems");
        else
            output.WriteLine(string.Join(", ", new[] { Count(result.Errors, "error"), Count(result.Warnings, "warning") }.OfType<string>()));
    }

    /// <summary>
    /// The same for programs, on one line: <c>{"file":…, "valid":true, "missing":false, "errors":0, "warnings":1,
    /// "problems":[{"line":12, "column":1, "severity":"warning", "message":…, "remedy":…}]}</c>. Line and column are 0
    /// for the file as a whole; there may be fewer problems than are counted.
    /// </summary>
    /// <inheritdoc cref="WriteText"/>
    public static void WriteJson(string path, ConfigurationResult result, TextWriter output)
    {
        ReportedFile file = new(
            path,
            result.Configuration is not null,
            result.IsMissing,
            result.Errors,
            result.Warnings,
            [.. result.Problems.Select(problem => new ReportedProblem(problem.Line, problem.Column, Text(problem.Severity), problem.Message, problem.Remedy))]);
        // Relaxed: not for the middle of a web page, and people read it too.
        ReportContext context = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, PropertyNamingPolicy = JsonNamingPolicy.CamelCase });
        output.WriteLine(JsonSerializer.Serialize(file, context.ReportedFile));
    }

    private static string Text(ProblemSeverity severity) => severity == ProblemSeverity.Error ? "error" : "warning";

    private static string? Count(int count, string what) => count switch { 0 => null, 1 => $"1 {what}", _ => $"{count} {what}s" };
}

internal sealed record ReportedFile(string File, bool Valid, bool Missing, int Errors, int Warnings, ReportedProblem[] Problems);

internal sealed record ReportedProblem(int Line, int Column, string Severity, string Message, string Remedy);

[JsonSerializable(typeof(ReportedFile))]
internal sealed partial class ReportContext : JsonSerializerContext;
