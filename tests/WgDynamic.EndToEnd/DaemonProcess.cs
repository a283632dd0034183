using System.Diagnostics;
using System.Text.RegularExpressions;
using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>One of our daemons, running in a namespace, and what it says.</summary>
internal sealed class DaemonProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly Task _reading;
    private TaskCompletionSource _changed = NewSignal();

    private DaemonProcess(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>Everything that it has written to standard error so far.</summary>
    public string Log
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Starts a program of ours.</summary>
    /// <param name="network">Where.</param>
    /// <param name="program">wg-dynamic-server or wg-dynamic-client.</param>
    /// <param name="arguments">Its arguments.</param>
    public static DaemonProcess Start(NetworkNamespace network, string program, params string[] arguments) =>
        StartThrough(network, [], program, arguments);

    /// <summary>Starts a program of ours by another that ends up being it (exec(3)), such as unshare(1).</summary>
    /// <param name="network">Where.</param>
    /// <param name="through">The other program and its arguments.</param>
    /// <param name="program">wg-dynamic-server or wg-dynamic-client, or the path of a test's own.</param>
    /// <param name="arguments">Its arguments.</param>
    public static DaemonProcess StartThrough(NetworkNamespace network, IReadOnlyList<string> through, string program, params string[] arguments) =>
        new(Process.Start(new ProcessStartInfo("ip", ["netns", "exec", network.Name, .. through, Path.Combine(Backend.PublishDirectory, program), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);

    /// <summary>Waits until it has written a line that matches, at any time since <paramref name="from"/>.</summary>
    /// <param name="pattern">A regular expression.</param>
    /// <param name="times">In how many lines.</param>
    /// <param name="from">How many lines to pass over: <see cref="Mark"/> before what should cause the line.</param>
    public async Task<string> WaitForLineAsync(string pattern, int times = 1, int from = 0)
    {
        using CancellationTokenSource patience = new(Backend.Patience);
        while (true)
        {
            Task changed;
            lock (_lines)
            {
                string[] matches = [.. _lines.Skip(from).Where(line => Regex.IsMatch(line, pattern))];
                if (matches.Length >= times)
                    return matches[times - 1];
                changed = _changed.Task;
            }

            if (_reading.IsCompleted)
                Assert.Fail($"ended without a line like '{pattern}':\n{Log}");
            try
            {
                await Task.WhenAny(changed, _reading).WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"no line like '{pattern}':\n{Log}");
            }
        }
    }

    /// <summary>How many lines it has written.</summary>
    public int Mark()
    {
        lock (_lines)
            return _lines.Count;
    }

    /// <summary>Sends a signal.</summary>
    /// <param name="signal">Such as TERM or KILL.</param>
    public Task SignalAsync(string signal) => Command.RunAsync("kill", $"-{signal}", $"{_process.Id}");

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        using CancellationTokenSource patience = new(Backend.Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"does not end:\n{Log}");
        }

        await _reading;
        return _process.ExitCode;
    }

    public async Task<int> StopAsync(string signal = "TERM")
    {
        await SignalAsync(signal);
        return await WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
                _changed.SetResult();
                _changed = NewSignal();
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
