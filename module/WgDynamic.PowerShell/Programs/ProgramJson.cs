using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WgDynamic.PowerShell;

/// <summary>What the programs say in JSON. A property that is not known is skipped.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(CheckLine))]
[JsonSerializable(typeof(CheckedFile))]
[JsonSerializable(typeof(QuickStatus))]
internal sealed partial class ProgramJson : JsonSerializerContext;

/// <summary>A line of <c>wg-dynamic check --json</c>.</summary>
internal sealed record CheckLine(string? Interface, string? Check, string? Status, string? Message, string? Remedy);

/// <summary>What <c>wg-dynamic-server --check-config --json</c> says.</summary>
internal sealed record CheckedFile(string File, bool Valid, bool Missing, int Errors, int Warnings, CheckedProblem[]? Problems);

/// <summary>A problem in it.</summary>
internal sealed record CheckedProblem(int Line, int Column, string? Severity, string? Message, string? Remedy);

/// <summary>What <c>wg-dynamic quick status --json</c> says.</summary>
internal sealed record QuickStatus(bool Wrapper, bool DropIn, bool Diverted, string? WgQuick, string[]? InTheWay);

/// <summary>Reads it.</summary>
internal static class ProgramOutput
{
    public static T Read<T>(string line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string program, ProgramResult result)
    {
        try
        {
            return JsonSerializer.Deserialize(line, type) ?? throw new JsonException("nothing");
        }
        catch (JsonException error)
        {
            string words = Daemons.Words(result.Errors, program);
            throw new WgDynamicException(
                "WgProgramFailed", ErrorCategory.InvalidResult, words.Length > 0 ? words : $"{program} ended with exit status {result.ExitCode} and said nothing that can be understood", $"Install module and programs of the same release; see what {program} says in a shell.", program, error);
        }
    }

    public static string[] Lines(ProgramResult result) => result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
