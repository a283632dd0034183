using System.CommandLine;
using Microsoft.Extensions.Time.Testing;
using WgDynamic.Daemon;

namespace WgDynamic.Tool.Tests;

/// <summary>The tool, run in this process at a terminal of the test's.</summary>
internal sealed class ToolRun : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 4, 3, 12, 0, TimeSpan.Zero);

    /// <summary>The runtime directory that each command is given.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("wgd").FullName;

    /// <summary>Who reads the output.</summary>
    public Screen Screen { get; init; } = Screen.None;

    /// <summary>What it wrote, of the last run.</summary>
    public string Output { get; private set; } = "";

    /// <summary>What it complained about.</summary>
    public string Error { get; private set; } = "";

    /// <summary>Runs it.</summary>
    /// <param name="line">The arguments, with a space between them.</param>
    /// <returns>The exit code, as Program gives it.</returns>
    public Task<int> RunAsync(string line) => RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Runs it.</summary>
    public async Task<int> RunAsync(params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        Terminal terminal = new() { Output = output, Error = error, Screen = Screen, Clock = new FakeTimeProvider(Now) };
        RootCommand root = ToolCommand.Create(terminal);
        DaemonOptions.Prepare(root);
        ParseResult parsed = root.Parse([.. arguments, .. arguments.Length > 0 ? ["--runtime-directory", Folder] : Array.Empty<string>()]);
        int code = 1;
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError wrong in parsed.Errors)
                await error.WriteLineAsync(wrong.Message);
        }
        else
        {
            try
            {
                code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);
            }
            catch (ToolException exception)
            {
                await error.WriteLineAsync($"wg-dynamic: {exception.Message}");
            }
        }

        (Output, Error) = (output.ToString(), error.ToString());
        return code;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
