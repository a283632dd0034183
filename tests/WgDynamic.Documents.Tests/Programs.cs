using System.CommandLine;
using WgDynamic.Client;
using WgDynamic.Daemon;
using WgDynamic.Server;
using WgDynamic.Tool;

namespace WgDynamic.Documents.Tests;

/// <summary>The command lines of the three programs, as the programs themselves read them; they do nothing.</summary>
internal static class Programs
{
    public static readonly IReadOnlyList<string> Names = ["wg-dynamic", "wg-dynamic-client", "wg-dynamic-server"];

    /// <summary>A program's command.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static RootCommand Command(string name)
    {
        RootCommand command = name switch
        {
            "wg-dynamic" => ToolCommand.Create(Terminal.Standard(TimeProvider.System)),
            "wg-dynamic-client" => new ClientCommand((_, _) => Task.FromResult(0)).Root,
            "wg-dynamic-server" => new ServerCommand((_, _) => Task.FromResult(0)).Root,
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
        DaemonOptions.Prepare(command);
        return command;
    }

    /// <summary>What a program writes when it is asked for its help, or by a shell.</summary>
    public static string Output(string name, params string[] arguments)
    {
        StringWriter output = new() { NewLine = "\n" };
        Assert.Equal(0, Command(name).Parse(arguments).Invoke(new InvocationConfiguration { Output = output }));
        return output.ToString();
    }

    /// <summary>What is wrong with a command line of one of them; nothing where it is another program's.</summary>
    /// <param name="words">The program and its arguments.</param>
    public static IEnumerable<string> Errors(string[] words)
    {
        string name = Path.GetFileName(words[0]);
        if (!Names.Contains(name))
            return [];
        // A unit's %i, a hook's.
        string[] arguments = [.. words[1..].Select(word => word.Replace("%i", "wg0", StringComparison.OrdinalIgnoreCase))];
        return Command(name).Parse(arguments).Errors.Select(error => $"{string.Join(' ', words)}: {error.Message}");
    }
}
