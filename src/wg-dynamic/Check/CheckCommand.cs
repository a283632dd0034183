using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WgDynamic.Control;
using WgDynamic.Daemon;

namespace WgDynamic.Tool;

/// <summary><c>wg-dynamic check</c>: what is wrong with an interface for wg-dynamic, and what to do about it.</summary>
internal sealed class CheckCommand : Command
{
    private const string Server = "server";
    private const string Client = "client";

    private readonly Argument<InterfaceName> _interface = DaemonOptions.Interface("The WireGuard interface");
    private readonly Option<string?> _role = new("--role") { Description = "As what to check it: server or client; found out if it is not said", HelpName = "ROLE" };
    private readonly Option<bool> _json = new("--json") { Description = "For programs: a line of JSON for each check" };
    private readonly Option<string> _runtimeDirectory = DaemonOptions.RuntimeDirectory();
    private readonly Terminal _terminal;

    /// <summary>Describes it.</summary>
    /// <param name="terminal">Where to write.</param>
    public CheckCommand(Terminal terminal)
        : base("check", "Find what is wrong with an interface for wg-dynamic, and say what to do about it")
    {
        _terminal = terminal;
        _role.CompletionSources.Add(Server, Client);
        _role.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } role and not (Server or Client))
                result.AddError($"'{role}' is no role: {Server} or {Client}");
        });
        Add(_interface);
        Add(_role);
        Add(_json);
        Add(_runtimeDirectory);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        InterfaceName name = result.GetRequiredValue(_interface);
        DaemonRole? role = result.GetValue(_role) switch { Server => DaemonRole.Server, Client => DaemonRole.Client, _ => null };
        (CheckFacts facts, string? why) = await new CheckProbe(name, result.GetRequiredValue(_runtimeDirectory), _terminal.Clock).LookAsync(role, cancellationToken);
        Findings findings = new();
        if (why is null)
        {
            _ = CommonChecks.CheckInterface(facts, findings);
            findings.Fail("role", $"it is not to be seen whether {name} is a server's or a client's", $"say it: wg-dynamic check {name} --role server, or --role client");
        }
        else
        {
            findings.Pass("role", $"checked as a {(facts.Role == DaemonRole.Server ? Server : Client)}'s: {why}");
            if (facts.Role == DaemonRole.Server)
                ServerChecks.Run(facts, findings);
            else
                ClientChecks.Run(facts, findings);
        }

        foreach (Finding finding in findings.All)
            await _terminal.Output.WriteLineAsync(result.GetValue(_json) ? Json(name, finding) : Text(finding));
        await _terminal.Output.FlushAsync(cancellationToken);
        return findings.All.Any(finding => finding.Status == CheckStatus.Fail) ? DaemonHost.Failure : 0;
    }

    // Some of it is a daemon's words, which are to stay on their line.
    private static string Text(Finding finding)
    {
        string text = $"{(finding.Status == CheckStatus.Pass ? "pass" : finding.Status == CheckStatus.Warn ? "WARN" : "FAIL")}  {finding.Check}: {finding.Message}{(finding.Remedy is { } remedy ? $"; {remedy}" : "")}";
        return string.Create(text.Length, text, static (line, source) =>
        {
            for (int i = 0; i < line.Length; i++)
                line[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }

    internal static string Json(InterfaceName name, Finding finding)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("interface", name.ToString());
            writer.WriteString("check", finding.Check);
            writer.WriteString("status", Enum.GetName(finding.Status));
            writer.WriteString("message", finding.Message);
            writer.WriteString("remedy", finding.Remedy);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
