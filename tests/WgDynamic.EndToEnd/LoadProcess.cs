using System.Diagnostics;
using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>tests/WgDynamic.LoadClient in a namespace: many clients who ask without a pause.</summary>
internal sealed class LoadProcess : IAsyncDisposable
{
    private readonly Process _process;

    private LoadProcess(Process process) => _process = process;

    /// <summary>Starts it; nobody asks yet.</summary>
    /// <param name="network">Where.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<LoadProcess> StartAsync(NetworkNamespace network, IEnumerable<string> arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "WgDynamic.LoadClient");
        LoadProcess started = new(Process.Start(new ProcessStartInfo("ip", ["netns", "exec", network.Name, program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        Assert.Equal("ready", await started._process.StandardError.ReadLineAsync().WaitAsync(Backend.Patience));
        return started;
    }

    /// <summary>Has all clients ask until the server is gone.</summary>
    /// <returns>What they asked and got, in the order in which it happened.</returns>
    public async Task<IReadOnlyList<string>> AskAsync()
    {
        await _process.StandardInput.WriteLineAsync("go");
        await _process.StandardInput.FlushAsync();
        List<string> lines = [];
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "stopped")
                return lines;
            lines.Add(line);
        }

        throw new InvalidOperationException($"the clients have failed: {await _process.StandardError.ReadToEndAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
